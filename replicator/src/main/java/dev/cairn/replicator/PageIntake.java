package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ProvidedObject;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Brings spooled pages and snapshots into the store, a window at a time: fetches the chunks that lack, opens every record
 * and recomputes every id, commits chunks, then pages. Nothing is committed that was not verified.
 *
 * <p>Memory: a window of at most {@value #WINDOW_BYTES} bytes of page records (or one record), the ids of its chunks, and
 * {@value #COMMITS_MAX} + 1 commits of about {@value #COMMIT_BYTES} bytes. Not thread-safe.
 */
final class PageIntake {

    private static final int WINDOW_BYTES = 8 << 20;
    private static final int WINDOW_IDS = 4096;
    private static final int COMMIT_BYTES = 8 << 20;
    private static final int COMMITS_MAX = 2;

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
        while (lacking.isEmpty()) {
            if (!commitPages()) {
                refuseAllDamaged();
                pagesRefused.run();
                return;
            }
            window = read();
            if (window.isEmpty()) {
                finished.run();
                return;
            }
        }
        fetch();
    }

    private List<Spooled> read() {
        List<Spooled> next = new ArrayList<>();
        long bytes = 0;
        try {
            while (bytes < WINDOW_BYTES && lacking.size() < WINDOW_IDS) {
                PageSpool.Entry entry = spool.next();
                if (entry == null) {
                    break;
                }
                SealedRecord record = SealedRecord.parse(entry.record(), "a record of the remote");
                next.add(new Spooled(record, entry.due()));
                bytes += entry.record().length;
                lacking.addAll(store.missing(chunksOf(record, entry.due())));
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        }
        return next;
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
        Set<ObjectId> ids = new LinkedHashSet<>(
                lacking.stream().limit(Math.min(limits.ids(), WINDOW_IDS)).toList());
        Set<ObjectId> outstanding = new LinkedHashSet<>(ids);
        exchange.send(new Request.Fetch(List.copyOf(ids), refusals.list()), new Exchange.Continuation() {
            @Override
            public void answered(Response response) {
                switch (response) {
                    case Response.FetchedRecord fetched -> receive(fetched.record(), ids, outstanding);
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
        advance();
    }

    private void receive(byte[] bytes, Set<ObjectId> asked, Set<ObjectId> outstanding) {
        SealedRecord record;
        try {
            record = SealedRecord.parse(bytes, "a record of the remote");
            List<ProvidedObject> provided = record.header().provided();
            if (provided.stream().noneMatch(object -> asked.contains(object.id()))) {
                throw new RemoteException.PeerMisbehaved("a record that was not asked for", null);
            }
            int wanted = 0;
            for (ProvidedObject object : provided) {
                wanted += outstanding.remove(object.id()) ? 1 : 0;
            }
            counts.received(record);
            counts.excess(bytes.length, wanted, provided.size());
            if (wanted == 0) {
                return; // Sent for the sake of something that another record brought too.
            }
            if (record.header().kind().provides() != ObjectType.CHUNK) {
                throw new CorruptDataException(
                        "a record of the remote",
                        "chunks",
                        "a record of " + record.header().kind());
            }
            replica.sealer().open(record, "a record of the remote").verify();
            provided.forEach(object -> lacking.remove(object.id()));
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            // Its objects are still lacking: they are asked for again, of another provider.
            refusals.add(bytes, e);
            return;
        }
        stage(record);
    }

    private void stage(SealedRecord record) {
        verified.add(record);
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
            SealedRecord record = SealedRecord.parse(entry.record(), "a record of the remote");
            OpenedRecord opened = replica.sealer().open(record, "a record of the remote");
            for (int ordinal : entry.due()) {
                opened.object(ordinal);
            }
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
        OpenedRecord opened = replica.sealer().open(record, "a record of the remote");
        for (int ordinal : ordinals) {
            check(record, provided.get(ordinal).id(), opened, ordinal);
        }
        boolean whole = due.size() == provided.size()
                || provided.stream().allMatch(object -> due.contains(object.id()) || store.has(object.id()));
        if (!whole) {
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
