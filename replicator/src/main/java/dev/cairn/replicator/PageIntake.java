package dev.cairn.replicator;

import dev.cairn.cas.Admission;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Brings spooled pages and snapshots into the store, a window at a time: fetches the chunks that lack, opens every record
 * and recomputes every id, commits chunks, then pages. Nothing is committed that was not verified.
 *
 * <p><b>Deltas.</b> What a delta builds on is nearly always here, from the last pull or from an earlier window. Where it is
 * not, it is fetched: chunks are kept like any others; pages only serve to open what builds on them, which is then sealed
 * anew, since a page may be kept only together with all that it reaches.
 *
 * <p>Memory: a window of at most {@value #WINDOW_BYTES} bytes of page records (or one record), the ids of its chunks, and
 * {@value #COMMITS_MAX} + 1 commits of about {@value #COMMIT_BYTES} bytes. Not thread-safe.
 */
final class PageIntake {

    private static final int WINDOW_BYTES = 8 << 20;
    private static final int WINDOW_IDS = 4096;
    private static final int COMMIT_BYTES = 8 << 20;
    private static final int COMMITS_MAX = 2;
    private static final int WINDOW_RECORDS = 1024;

    /** The most ids that the headers of a window may refer to by their places. */
    private static final int WINDOW_IDS_REFERRED = 2 << 20;

    /** How often pages may turn out to build on further pages: deltas are not deeper. */
    private static final int ROUNDS_MAX = Admission.DEPTH_MAX + 2;

    /** The most bytes of deltas that wait for their bases; others are fetched again. */
    private static final int WAITING_BYTES_MAX = 8 << 20;

    /** The most chunks that may lack at once: those of a window, and what they build on. */
    private static final int LACKING_MAX = 1 << 20;

    private static final String WHERE = "a record of the remote";

    private final Replica replica;
    private final ObjectStore store;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final TransferCounts counts;
    private final PageSpool spool;
    private final Set<ObjectId> snapshotsWanted;
    private final Refusals refusals;
    private final Runnable finished;
    private final Runnable pagesRefused;

    private final Deque<CompletableFuture<?>> commits = new ArrayDeque<>();
    private final List<SealedRecord> verified = new ArrayList<>();
    private long verifiedBytes;
    private List<Spooled> window = List.of();
    private Set<ObjectId> lacking = new LinkedHashSet<>();

    /** Pages of the window by what their headers say, and pages that only serve to open others. */
    private final Map<ObjectId, ProvidedObject> windowPages = new HashMap<>();

    private final Map<ObjectId, PlainObject> helpers = new HashMap<>();
    private final Set<ObjectId> helpersLacking = new LinkedHashSet<>();
    private List<PageSpool.Entry> unread = new ArrayList<>();
    private int rounds;

    /** What is verified and not committed yet. */
    private final Set<ObjectId> staged = new HashSet<>();

    private final List<SealedRecord> waiting = new ArrayList<>();
    private long waitingBytes;

    private record Spooled(SealedRecord record, int[] due) {}

    /**
     * @param finished called once, when all that was spooled is in the store
     * @param pagesRefused called once instead, when pages were refused; what was right before the first of them is stored
     */
    PageIntake(
            Replica replica,
            ProtocolLimits limits,
            Exchange exchange,
            TransferCounts counts,
            PageSpool spool,
            Set<ObjectId> snapshotsWanted,
            Refusals refusals,
            Runnable finished,
            Runnable pagesRefused) {
        this.replica = replica;
        this.store = replica.store();
        this.limits = limits;
        this.exchange = exchange;
        this.counts = counts;
        this.spool = spool;
        this.snapshotsWanted = snapshotsWanted;
        this.refusals = refusals;
        this.finished = finished;
        this.pagesRefused = pagesRefused;
    }

    /** Begins with the first spooled record. */
    void start() {
        spool.rewind();
        advance();
    }

    private void advance() {
        while (lacking.isEmpty() && helpersLacking.isEmpty()) {
            if (unread.isEmpty() && !commitPages()) {
                refuseAllDamaged();
                pagesRefused.run();
                return;
            }
            if (unread.isEmpty()) {
                unread = read();
                if (unread.isEmpty()) {
                    finished.run();
                    return;
                }
            }
            parse();
        }
        fetch();
    }

    private List<PageSpool.Entry> read() {
        List<PageSpool.Entry> next = new ArrayList<>();
        long bytes = 0;
        try {
            while (bytes < WINDOW_BYTES && next.size() < WINDOW_RECORDS) {
                PageSpool.Entry entry = spool.next();
                if (entry == null) {
                    break;
                }
                next.add(entry);
                bytes += entry.record().length;
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        }
        helpers.clear();
        rounds = 0;
        return next;
    }

    /** Parses the window, if the pages are there that it refers to; else they are fetched first. */
    private void parse() {
        if (rounds++ > ROUNDS_MAX) {
            throw new RemoteException.PeerMisbehaved("pages that build on pages without an end", null);
        }
        windowPages.clear();
        List<Spooled> next = new ArrayList<>();
        long referred = 0;
        for (PageSpool.Entry entry : unread) {
            try {
                SealedRecord record = SealedRecord.parse(entry.record(), WHERE, this::children);
                referred += record.header().idsReferred();
                if (referred > WINDOW_IDS_REFERRED) {
                    throw new RemoteException.PeerMisbehaved("headers that refer to too many ids", null);
                }
                record.header().provided().forEach(page -> windowPages.put(page.id(), page));
                next.add(new Spooled(record, entry.due()));
            } catch (MissingObjectsException e) {
                helpersLacking.addAll(e.ids());
            } catch (CorruptDataException e) {
                throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
            }
        }
        if (helpersLacking.isEmpty()) {
            unread = new ArrayList<>();
            window = next;
            for (Spooled spooled : next) {
                lacking.addAll(store.missing(chunksOf(spooled.record(), spooled.due())));
            }
        }
    }

    /** The children of a page of the window, of one that helps, or of one that is stored. */
    private List<ObjectId> children(ObjectId page) {
        ProvidedObject inWindow = windowPages.get(page);
        if (inWindow != null) {
            return ChildSource.of(inWindow);
        }
        PlainObject helper = helpers.get(page);
        return helper == null
                ? store.children(page)
                : ChildSource.of(new ProvidedObject(page, helper.nodeChildren(), helper.chunkChildren()));
    }

    /** What deltas of pages build on. */
    private PlainObject base(ObjectId id, ObjectType type) {
        PlainObject helper = type == ObjectType.NODE ? helpers.get(id) : null;
        return helper == null ? replica.objects().read(id, type) : helper;
    }

    private List<ObjectId> chunksOf(SealedRecord record, int[] due) {
        List<ObjectId> chunks = new ArrayList<>();
        for (int ordinal : due) {
            ProvidedObject object = record.header().provided().get(ordinal);
            if (!store.has(object.id())) {
                chunks.addAll(object.chunkChildren());
            }
        }
        return chunks;
    }

    private void fetch() {
        Set<ObjectId> pages = new LinkedHashSet<>(helpersLacking.stream()
                .limit(Math.min(limits.ids(), WINDOW_RECORDS))
                .toList());
        Set<ObjectId> ids = pages.isEmpty()
                ? new LinkedHashSet<>(lacking.stream()
                        .limit(Math.min(limits.ids(), WINDOW_IDS))
                        .toList())
                : pages;
        Set<ObjectId> outstanding = new LinkedHashSet<>(ids);
        exchange.send(new Request.Fetch(List.copyOf(ids), refusals.list()), new Exchange.Continuation() {
            @Override
            public void answered(Response response) {
                switch (response) {
                    case Response.FetchedRecord fetched
                    when pages.isEmpty() -> receive(fetched.record(), ids, outstanding);
                    case Response.FetchedRecord fetched -> receiveHelper(fetched.record(), outstanding);
                    case Response.End end when outstanding.isEmpty() -> landed();
                    case Response.End end ->
                        throw new RemoteException.PeerMisbehaved(
                                outstanding.size() + " objects that were asked for did not come", null);
                    case Problem problem -> {
                        refusals.requireAlternative(problem);
                        throw Exchange.unexpected(problem);
                    }
                    case Response other -> throw Exchange.unexpected(other);
                }
            }

            @Override
            public void interrupted() {
                landed();
            }
        });
    }

    private void landed() {
        commitVerified();
        takeWaiting();
        commitVerified();
        advance();
    }

    /** Opens deltas whose bases have come meanwhile. */
    private void takeWaiting() {
        List<SealedRecord> held = List.copyOf(waiting);
        waiting.clear();
        waitingBytes = 0;
        held.forEach(this::take);
    }

    /** A page that something in the window builds on. */
    private void receiveHelper(byte[] bytes, Set<ObjectId> outstanding) {
        try {
            SealedRecord record = SealedRecord.parse(bytes, WHERE, this::children);
            List<ProvidedObject> provided = record.header().provided();
            counts.received(record.header().kind(), bytes.length);
            if (provided.stream().noneMatch(object -> outstanding.contains(object.id()))
                    || record.header().kind().provides() != ObjectType.NODE) {
                throw new RemoteException.PeerMisbehaved("a record that was not asked for", null);
            }
            OpenedRecord opened = replica.sealer().open(record, WHERE, this::base);
            for (int ordinal = 0; ordinal < provided.size(); ordinal++) {
                ObjectId id = provided.get(ordinal).id();
                if (outstanding.remove(id)) {
                    helpers.put(id, opened.object(ordinal));
                    helpersLacking.remove(id);
                }
            }
        } catch (MissingObjectsException e) {
            // It builds on a further page itself: that first, and then this one again.
            forget(bytes, outstanding);
            helpersLacking.addAll(e.ids());
            requireBounded();
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            forget(bytes, outstanding);
            refusals.add(bytes, e);
        }
    }

    private void requireBounded() {
        if (helpersLacking.size() > ROUNDS_MAX * WINDOW_RECORDS) {
            throw new RemoteException.PeerMisbehaved("pages that build on pages without an end", null);
        }
    }

    /** A record came that cannot be used now: what it provides is asked for again. */
    private static void forget(byte[] bytes, Set<ObjectId> outstanding) {
        if (bytes.length > 0) {
            outstanding.clear();
        }
    }

    private void receive(byte[] bytes, Set<ObjectId> asked, Set<ObjectId> outstanding) {
        SealedRecord record;
        try {
            record = SealedRecord.parse(bytes, WHERE, this::children);
        } catch (MissingObjectsException e) {
            counts.received(RecordHeader.outline(bytes, WHERE).kind(), bytes.length);
            outstanding.clear();
            helpersLacking.addAll(e.ids());
            requireBounded();
            return;
        } catch (CorruptDataException | VersionMismatchException e) {
            refusals.add(bytes, e);
            return;
        }
        List<ProvidedObject> provided = record.header().provided();
        if (provided.stream().noneMatch(object -> asked.contains(object.id()))) {
            throw new RemoteException.PeerMisbehaved("a record that was not asked for", null);
        }
        int wanted = 0;
        for (ProvidedObject object : provided) {
            wanted += outstanding.remove(object.id()) ? 1 : 0;
        }
        counts.received(record.header().kind(), bytes.length);
        counts.excess(bytes.length, wanted, provided.size());
        if (wanted > 0) { // Else it was sent for the sake of something that another record brought too.
            take(record);
        }
    }

    /** Verifies a record of chunks and stages it; a delta whose bases lack waits for them. */
    private void take(SealedRecord record) {
        List<ProvidedObject> provided = record.header().provided();
        try {
            if (record.header().kind().provides() != ObjectType.CHUNK) {
                throw new CorruptDataException(
                        WHERE, "chunks", "a record of " + record.header().kind());
            }
            if (record.header().bases().stream().anyMatch(staged::contains)) {
                commitVerified();
            }
            List<ObjectId> bases = store.missing(record.header().bases());
            if (!bases.isEmpty()) {
                await(record, bases);
                return;
            }
            OpenedRecord opened = replica.sealer().open(record, WHERE, this::base);
            opened.verify();
            provided.forEach(object -> lacking.remove(object.id()));
            boolean isKept = store.missing(record.header().pages()).isEmpty();
            stage(
                    isKept
                            ? record
                            : replica.sealer()
                                    .resealPart(
                                            opened,
                                            provided.stream()
                                                    .map(ProvidedObject::id)
                                                    .toList()));
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // Its objects are still lacking: they are asked for again, of another provider.
            refusals.add(record.bytes(), e);
        }
    }

    /** Asks for what a delta builds on, before everything else. */
    private void await(SealedRecord record, List<ObjectId> bases) {
        Set<ObjectId> first = new LinkedHashSet<>(bases);
        if (waitingBytes + record.bytes().length <= WAITING_BYTES_MAX) {
            waiting.add(record);
            waitingBytes += record.bytes().length;
            record.header().provided().forEach(object -> lacking.remove(object.id()));
        }
        first.addAll(lacking);
        if (first.size() > LACKING_MAX) {
            throw new RemoteException.PeerMisbehaved("deltas that build on deltas without an end", null);
        }
        lacking = first;
    }

    private void stage(SealedRecord record) {
        verified.add(record);
        record.header().provided().forEach(object -> staged.add(object.id()));
        verifiedBytes += record.bytes().length;
        if (verifiedBytes >= COMMIT_BYTES) {
            submitVerified();
        }
    }

    /** Commits the window; false if there is a record in it that had to be refused, before which it stops. */
    private boolean commitPages() {
        for (Spooled spooled : window) {
            if (spooled.record.header().kind() == RecordKind.SNAPSHOT) {
                // What is checked of a snapshot is its whole manifest, read from the store.
                commitVerified();
            }
            try {
                SealedRecord checked = check(spooled);
                if (checked != null) {
                    stage(checked);
                }
            } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                refusals.add(spooled.record.bytes(), e);
                commitVerified();
                return false;
            }
        }
        window = List.of();
        commitVerified();
        return true;
    }

    /** Looks at all the other pages too, so that one more comparison is enough, however many are nonsense. */
    private void refuseAllDamaged() {
        spool.rewind();
        try {
            for (PageSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                if (!refusals.contains(entry.record())) {
                    refuseIfDamaged(entry);
                }
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        }
    }

    private void refuseIfDamaged(PageSpool.Entry entry) {
        try {
            SealedRecord record = SealedRecord.parse(entry.record(), WHERE, this::children);
            OpenedRecord opened = replica.sealer().open(record, WHERE, this::base);
            for (int ordinal : entry.due()) {
                opened.object(ordinal);
            }
        } catch (MissingObjectsException e) {
            // It builds on what was not stored, since something before it was refused: it is sent again, and looked at
            // then.
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            refusals.add(entry.record(), e);
        }
    }

    /** The record, or the part of it that is due, once everything that is due is verified; null if all of it is there. */
    private @Nullable SealedRecord check(Spooled spooled) {
        SealedRecord record = spooled.record;
        List<ProvidedObject> provided = record.header().provided();
        Set<ObjectId> due = new LinkedHashSet<>();
        List<Integer> ordinals = new ArrayList<>();
        for (int ordinal : spooled.due) {
            ObjectId id = provided.get(ordinal).id();
            if (!store.has(id)) {
                due.add(id);
                ordinals.add(ordinal);
            }
        }
        if (due.isEmpty()) {
            return null;
        }
        if (record.header().bases().stream().anyMatch(staged::contains)) {
            commitVerified();
        }
        OpenedRecord opened = replica.sealer().open(record, WHERE, this::base);
        for (int ordinal : ordinals) {
            check(record, provided.get(ordinal).id(), opened, ordinal);
        }
        boolean whole = due.size() == provided.size()
                || provided.stream().allMatch(object -> due.contains(object.id()) || store.has(object.id()));
        if (!whole || !store.missing(record.header().bases()).isEmpty()) {
            return replica.sealer().resealPart(opened, due);
        }
        opened.verify();
        return record;
    }

    private void check(SealedRecord record, ObjectId id, OpenedRecord opened, int ordinal) {
        if (record.header().kind() == RecordKind.SNAPSHOT) {
            if (!snapshotsWanted.contains(id)) {
                throw new RemoteException.PeerMisbehaved("a snapshot that was not asked for: " + id, null);
            }
            replica.checks().snapshot(id, opened.object(ordinal), record);
        } else {
            replica.checks().page(id, opened.object(ordinal));
        }
    }

    private void submitVerified() {
        if (verified.isEmpty()) {
            return;
        }
        commits.add(store.submit(List.copyOf(verified)));
        verified.clear();
        verifiedBytes = 0;
        while (commits.size() > COMMITS_MAX) {
            join(commits.remove());
        }
    }

    /** Waits until all that was verified is durable. */
    private void commitVerified() {
        submitVerified();
        while (!commits.isEmpty()) {
            join(commits.remove());
        }
        staged.clear();
    }

    private static void join(CompletableFuture<?> commit) {
        try {
            commit.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MissingObjectsException missing) {
                throw new RemoteException.PeerMisbehaved("a page before what it refers to", missing);
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
