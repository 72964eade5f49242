package dev.cairn.replicator;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings spooled pages and snapshots into the store, a window at a time: fetches the chunks that lack, opens every record
 * and recomputes every id, commits chunks, then pages. Nothing is committed that was not verified.
 *
 * <p><b>Deltas.</b> What a delta builds on is nearly always here, from the last pull or from an earlier window. Where it is
 * not, it is fetched: chunks are kept like any others; pages only serve to open what builds on them, which is then sealed
 * anew, since a page may be kept only together with all that it reaches. Nothing is fetched on the word of a header before
 * it is certain that a holder of the key wrote it: whoever may append to a server can put deltas there under ids of others.
 *
 * <p>Memory: a window of at most {@value #WINDOW_BYTES} bytes of page records (or one record), the ids of its chunks, and what
 * {@link VerifiedRecords}, {@link PageBases} and {@link WaitingDeltas} hold. Not thread-safe.
 */
final class PageIntake {

    private static final int WINDOW_BYTES = 8 << 20;
    private static final int WINDOW_IDS = 4096;
    private static final int WINDOW_RECORDS = 1024;

    /** The most ids that the headers of a window may refer to by their places. */
    private static final int WINDOW_IDS_REFERRED = 2 << 20;

    /** How often pages may turn out to build on further pages: deltas are not deeper. */
    private static final int ROUNDS_MAX = Admission.DEPTH_MAX + 2;

    /** The most whole answers in a row that bring nothing: bases of bases, and their pages, are no deeper. */
    private static final int ANSWERS_IN_VAIN_MAX = 2 * ROUNDS_MAX;

    /** The most pages of a window whose bases are fetched; what builds on others waits for the next. */
    private static final int WINDOW_HELPERS = 128;

    /** The most chunks that may lack at once: those of a window, and what they build on. */
    private static final int LACKING_MAX = 1 << 20;

    /** Where records of a pull come from, for the message of an error. */
    static final String WHERE = "a record of the remote";

    private final Replica replica;
    private final ObjectStore store;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final TransferCounts counts;
    private final PageSpool spool;
    private final Set<ObjectId> snapshotsWanted;
    private final Refusals refusals;
    private final int refusedBefore;
    private final Runnable finished;
    private final Runnable pagesRefused;

    private final VerifiedRecords verified;
    private final PageBases pages;
    private final WaitingDeltas waiting = new WaitingDeltas();
    private List<Spooled> window = List.of();
    private Set<ObjectId> lacking = new LinkedHashSet<>();

    private Set<ObjectId> helpersLacking = new LinkedHashSet<>();
    private List<PageSpool.Entry> unread = new ArrayList<>();

    /** What was read with the window, and waits for the next one. */
    private List<PageSpool.Entry> later = List.of();

    /** Whether a record was refused that came after the window: it is the last. */
    private boolean isLastWindow;

    private int rounds;
    private int answersInVain;

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
        this.verified = new VerifiedRecords(store);
        this.pages = new PageBases(replica);
        this.limits = limits;
        this.exchange = exchange;
        this.counts = counts;
        this.spool = spool;
        this.snapshotsWanted = snapshotsWanted;
        this.refusals = refusals;
        this.refusedBefore = refusals.count();
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
            if (!waiting.isEmpty()) {
                throw new RemoteException.PeerMisbehaved("deltas that build on one another", null);
            }
            if (unread.isEmpty()) {
                boolean isRight = commitPages();
                unread = isRight && !(isLastWindow && later.isEmpty()) ? read() : List.of();
                if (unread.isEmpty() && isRight && !isLastWindow) {
                    finished.run();
                    return;
                }
                if (unread.isEmpty()) {
                    new DamagedPages(replica, spool, pages, refusals).refuseAll();
                    refusals.requireMoreThan(refusedBefore);
                    pagesRefused.run();
                    return;
                }
            }
            parse();
        }
        fetch();
    }

    private List<PageSpool.Entry> read() {
        pages.clear();
        rounds = 0;
        answersInVain = 0;
        if (!later.isEmpty()) {
            List<PageSpool.Entry> next = later;
            later = List.of();
            return next;
        }
        List<PageSpool.Entry> next = new ArrayList<>();
        long bytes = 0;
        try {
            while (bytes < WINDOW_BYTES && next.size() < WINDOW_RECORDS) {
                PageSpool.Entry entry = spool.next();
                if (entry == null) {
                    break;
                }
                authenticate(entry.record());
                next.add(entry);
                bytes += entry.record().length;
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // What came before is taken in; this one is found again when all that was spooled is looked at.
            isLastWindow = true;
        }
        return next;
    }

    /** Makes sure that a holder of the key wrote a record. */
    private void authenticate(byte[] record) {
        DamagedPages.authenticate(replica.sealer(), record);
    }

    /** Parses the window, if the pages are there that it refers to; else they are fetched first. */
    private void parse() {
        if (rounds++ > ROUNDS_MAX) {
            throw new RemoteException.PeerMisbehaved("pages that build on pages without an end", null);
        }
        pages.beginWindow();
        List<Spooled> next = new ArrayList<>();
        long referred = 0;
        int parsed = 0;
        for (PageSpool.Entry entry : unread) {
            if (helpersLacking.size() >= WINDOW_HELPERS && later.isEmpty()) {
                later = List.copyOf(unread.subList(parsed, unread.size()));
                break;
            }
            parsed++;
            try {
                SealedRecord record = SealedRecord.parse(entry.record(), WHERE, pages::children);
                referred += record.header().idsReferred();
                if (referred > WINDOW_IDS_REFERRED) {
                    throw new RemoteException.PeerMisbehaved("headers that refer to too many ids", null);
                }
                pages.addToWindow(record, entry.due());
                next.add(new Spooled(record, entry.due()));
            } catch (MissingObjectsException e) {
                helpersLacking.addAll(e.ids());
            } catch (CorruptDataException e) {
                throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
            }
        }
        unread = new ArrayList<>(unread.subList(0, parsed));
        if (helpersLacking.isEmpty()) {
            unread = new ArrayList<>();
            window = next;
            for (Spooled spooled : next) {
                lacking.addAll(store.missing(chunksOf(spooled.record(), spooled.due())));
            }
        }
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
        Set<ObjectId> helpers = new LinkedHashSet<>(helpersLacking.stream()
                .limit(Math.min(limits.ids(), WINDOW_RECORDS))
                .toList());
        Set<ObjectId> ids = helpers.isEmpty()
                ? new LinkedHashSet<>(lacking.stream()
                        .limit(Math.min(limits.ids(), WINDOW_IDS))
                        .toList())
                : helpers;
        Fetching fetching = new Fetching(ids);
        exchange.send(new Request.Fetch(List.copyOf(ids), refusals.list()), new Exchange.Continuation() {
            @Override
            public void answered(Response response) {
                switch (response) {
                    case Response.FetchedRecord fetched when helpers.isEmpty() -> receive(fetched.record(), fetching);
                    case Response.FetchedRecord fetched -> receiveHelper(fetched.record(), fetching);
                    case Response.End end
                    when fetching.outstanding.isEmpty() || fetching.unusable -> landed(!fetching.useful);
                    case Response.End end ->
                        throw new RemoteException.PeerMisbehaved(
                                fetching.outstanding.size() + " objects that were asked for did not come", null);
                    case Problem problem -> {
                        refusals.requireAlternative(problem);
                        throw Exchange.unexpected(problem);
                    }
                    case Response other -> throw Exchange.unexpected(other);
                }
            }

            @Override
            public void interrupted() {
                landed(false);
            }
        });
    }

    private void landed(boolean inVain) {
        answersInVain = inVain ? answersInVain + 1 : 0;
        if (answersInVain > ANSWERS_IN_VAIN_MAX) {
            throw new RemoteException.PeerMisbehaved("deltas that build on deltas without an end", null);
        }
        verified.commit();
        int before;
        do {
            before = waiting.size();
            takeWaiting();
            verified.commit();
        } while (!waiting.isEmpty() && waiting.size() < before);
        advance();
    }

    /** Opens deltas whose bases have come meanwhile. */
    private void takeWaiting() {
        waiting.takeAll().forEach(delta -> take(delta.record(), delta.wanted()));
    }

    /** A page that something in the window builds on. */
    private void receiveHelper(byte[] bytes, Fetching fetching) {
        try {
            SealedRecord record = SealedRecord.parse(bytes, WHERE, pages::children);
            List<ProvidedObject> provided = record.header().provided();
            counts.received(record.header().kind(), bytes.length);
            fetching.require(provided);
            OpenedRecord opened = replica.sealer().open(record, WHERE, pages::base);
            for (int ordinal = 0; ordinal < provided.size(); ordinal++) {
                ObjectId id = provided.get(ordinal).id();
                if (fetching.outstanding.contains(id)) {
                    pages.addHelper(id, opened.object(ordinal));
                    fetching.outstanding.remove(id);
                    fetching.useful = true;
                    helpersLacking.remove(id);
                }
            }
        } catch (MissingObjectsException e) {
            // It builds on a further page itself: that first, and then this one again.
            awaitPages(bytes, e.ids(), fetching);
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            refuse(bytes, e, fetching);
        }
    }

    private void refuse(byte[] bytes, StoreException why, Fetching fetching) {
        refusals.add(bytes, why);
        fetching.unusable = true;
        fetching.useful = true; // There are only so many refusals.
    }

    /** A record came whose header refers to pages that are not here: they are fetched first, and then it again. */
    private void awaitPages(byte[] bytes, List<ObjectId> lacked, Fetching fetching) {
        try {
            authenticate(bytes);
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            refuse(bytes, e, fetching);
            return;
        }
        fetching.unusable = true;
        Set<ObjectId> first = new LinkedHashSet<>(lacked);
        first.addAll(helpersLacking);
        if (first.size() > ROUNDS_MAX * WINDOW_RECORDS || pages.helpers() > ROUNDS_MAX * WINDOW_RECORDS) {
            throw new RemoteException.PeerMisbehaved("pages that build on pages without an end", null);
        }
        helpersLacking = first;
    }

    private void receive(byte[] bytes, Fetching fetching) {
        SealedRecord record;
        try {
            record = SealedRecord.parse(bytes, WHERE, pages::children);
        } catch (MissingObjectsException e) {
            counts.received(RecordHeader.outline(bytes, WHERE).kind(), bytes.length);
            awaitPages(bytes, e.ids(), fetching);
            return;
        } catch (CorruptDataException | VersionMismatchException e) {
            refuse(bytes, e, fetching);
            return;
        }
        List<ProvidedObject> provided = record.header().provided();
        fetching.require(provided);
        Set<ObjectId> wanted = new LinkedHashSet<>();
        for (ProvidedObject object : provided) {
            if (fetching.outstanding.remove(object.id())) {
                wanted.add(object.id());
            }
        }
        counts.received(record.header().kind(), bytes.length);
        counts.excess(bytes.length, wanted.size(), provided.size());
        if (!wanted.isEmpty()) { // Else it was sent for the sake of something that another record brought too.
            fetching.useful |= take(record, wanted);
        }
    }

    /**
     * Verifies a record of chunks and stages it; a delta whose bases lack waits for them.
     *
     * @return false if nothing of it is kept
     */
    private boolean take(SealedRecord record, Set<ObjectId> wanted) {
        RecordHeader header = record.header();
        try {
            if (header.kind().provides() != ObjectType.CHUNK) {
                throw new CorruptDataException(WHERE, "chunks", "a record of " + header.kind());
            }
            if (header.bases().stream().anyMatch(verified::isStaged)) {
                verified.commit();
            }
            List<ObjectId> bases = store.missing(header.bases());
            if (!bases.isEmpty()) {
                authenticate(record.bytes());
                return await(record, wanted, bases);
            }
            OpenedRecord opened = replica.sealer().open(record, WHERE, pages::base);
            opened.verify();
            header.provided().forEach(object -> lacking.remove(object.id()));
            boolean isKept = store.missing(header.pages()).isEmpty() && !isTooDeep(header);
            List<ObjectId> ids =
                    header.provided().stream().map(ProvidedObject::id).toList();
            verified.add(isKept ? record : replica.sealer().resealPart(opened, ids));
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // Its objects are still lacking: they are asked for again, of another provider.
            refusals.add(record.bytes(), e);
            store.missing(wanted).stream().filter(id -> !verified.isStaged(id)).forEach(lacking::add);
        }
        return true;
    }

    /** Whether this store would not take a delta, since its bases are deeper here than where it comes from. */
    private boolean isTooDeep(RecordHeader header) {
        return header.bases().stream().anyMatch(base -> store.depth(base) >= Admission.DEPTH_MAX);
    }

    /** Asks for what a delta builds on, before everything else; whether there is room for it to wait. */
    private boolean await(SealedRecord record, Set<ObjectId> wanted, List<ObjectId> bases) {
        boolean isHeld = waiting.hold(record, wanted);
        if (isHeld) {
            record.header().provided().forEach(object -> lacking.remove(object.id()));
        }
        // What is asked for already keeps its place: bases of bases stand before them.
        Set<ObjectId> first = new LinkedHashSet<>(bases);
        first.removeAll(lacking);
        first.removeIf(waiting::provides);
        first.addAll(lacking);
        if (first.size() > LACKING_MAX) {
            throw new RemoteException.PeerMisbehaved("deltas that build on deltas without an end", null);
        }
        lacking = first;
        return isHeld;
    }

    /** Commits the window; false if there is a record in it that had to be refused, before which it stops. */
    private boolean commitPages() {
        for (Spooled spooled : window) {
            if (spooled.record.header().kind() == RecordKind.SNAPSHOT) {
                // What is checked of a snapshot is its whole manifest, read from the store.
                verified.commit();
            }
            try {
                SealedRecord checked = check(spooled);
                if (checked != null) {
                    verified.add(checked);
                }
            } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
                refusals.add(spooled.record.bytes(), e);
                verified.commit();
                return false;
            }
        }
        window = List.of();
        verified.commit();
        return true;
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
        if (record.header().bases().stream().anyMatch(verified::isStaged)) {
            verified.commit();
        }
        OpenedRecord opened = replica.sealer().open(record, WHERE, pages::base);
        for (int ordinal : ordinals) {
            check(record, provided.get(ordinal).id(), opened, ordinal);
        }
        boolean whole = due.size() == provided.size()
                || provided.stream().allMatch(object -> due.contains(object.id()) || store.has(object.id()));
        if (!whole || !store.missing(record.header().bases()).isEmpty() || isTooDeep(record.header())) {
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
}
