package dev.cairn.replicator;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a push has yet to send, and its batches under way.
 *
 * <p><b>Order.</b> Chunks build on nothing: up to {@value #CHUNK_BATCHES_MAX} batches of them travel at once. Pages and
 * snapshots build on what was queued before them: they travel one batch at a time, each only once all chunks queued before
 * it are acknowledged. Deltas of chunks travel with the pages, since they build on chunks. So whatever the network does, a batch reaches the server after everything it builds on.
 * The last batch takes the move of the branch along. What fits one batch and is little goes over as one, chunks before pages.
 *
 * <p>Memory: the records of the batches under way, at most {@value #CHUNK_BATCHES_MAX} + 1 times the server's limit, and what
 * the queues name. Not thread-safe.
 */
final class Uploads {

    private static final int CHUNK_BATCHES_MAX = 4;

    /** Parts of pages at the end of a push that are worth waiting with: about a MiB. */
    private static final int LAST_PAGES_MAX = 64;

    private final ObjectStore store;
    private final Replica replica;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final TransferCounts counts;
    private final PushId push;
    private final boolean replaces;
    private final Consumer<ObjectId> alsoSent;
    private final @Nullable Finish finish;

    private final Deque<Part> chunks = new ArrayDeque<>();
    private final Deque<Part> pages = new ArrayDeque<>();
    private @Nullable Prepared carriedChunk;
    private @Nullable Prepared carriedPage;
    private final TreeSet<Long> chunksUnderWay = new TreeSet<>();
    private boolean pagesUnderWay;
    private long chunksQueued;
    private long chunksTaken;
    private long nextBatch;
    private final Set<ObjectId> gapIds = new HashSet<>();
    private boolean gap;
    private boolean deltasRefused;
    private boolean together;
    private BranchMove.@Nullable Outcome outcome;

    /**
     * The end of a branch's upload, which may travel with its last batch.
     *
     * @param onlyIf what the repository must be, where it was not asked
     */
    record Finish(Request.Move move, Request.Precondition onlyIf) {}

    /**
     * A record, or a part of one, that shall be sent.
     *
     * @param wanted those of its objects that the server lacks
     * @param whole whether it may be sent as it is
     * @param barrier how many parts of chunks were queued before it
     */
    private record Part(RecordRef ref, Set<ObjectId> wanted, Whole whole, long barrier) {}

    /** Batches close before their headers refer to more ids by their places than this. */
    private static final int IDS_REFERRED_MAX = ProtocolLimits.BATCH_IDS_REFERRED_MAX / 2;

    /** When a record goes over as it is, rather than sealed anew with fewer objects. */
    enum Whole {
        /** If at least half of its objects are wanted. */
        MOSTLY_WANTED,
        /** Always: whatever else it provides is on the server, with all it builds on. */
        ALWAYS,
        /** Never: it provides something that builds on what the server may lack. */
        NEVER
    }

    private record Prepared(SealedRecord record, Request.Upload upload) {}

    /**
     * @param replaces whether what is sent takes the place of what the server has
     * @param alsoSent told of chunks that nobody asked for and that go over with those wanted
     * @param finish what shall be done when all is there; null if that takes requests of its own
     */
    Uploads(
            Replica replica,
            ProtocolLimits limits,
            Exchange exchange,
            TransferCounts counts,
            PushId push,
            boolean replaces,
            Consumer<ObjectId> alsoSent,
            @Nullable Finish finish) {
        this.replaces = replaces;
        this.finish = finish;
        this.replica = replica;
        this.store = replica.store();
        this.limits = limits;
        this.exchange = exchange;
        this.counts = counts;
        this.push = push;
        this.alsoSent = alsoSent;
    }

    /** Queues chunks that stand in one record. */
    void queueChunks(RecordRef ref, List<ObjectId> wanted) {
        chunks.add(new Part(ref, new HashSet<>(wanted), Whole.MOSTLY_WANTED, 0));
        chunksQueued++;
    }

    /**
     * Queues chunks that a delta provides, behind all that was queued before.
     *
     * @param mayBeWhole whether the server has what it builds on by then; if not, the chunks go over as a run
     */
    void queueDelta(RecordRef ref, Set<ObjectId> wanted, boolean mayBeWhole) {
        pages.add(new Part(ref, new HashSet<>(wanted), mayBeWhole ? Whole.ALWAYS : Whole.NEVER, chunksQueued));
    }

    /** Queues pages or a snapshot that stand in one record, behind all that was queued before. */
    void queuePages(RecordRef ref, Set<ObjectId> wanted, boolean mayBeWhole) {
        pages.add(new Part(ref, wanted, mayBeWhole ? Whole.ALWAYS : Whole.NEVER, chunksQueued));
    }

    /** Whether so little is queued that more should be looked for. */
    boolean isShort() {
        return chunks.size() < 256 && pages.size() < 4096;
    }

    /** Whether everything that was queued is acknowledged. */
    boolean isIdle() {
        return isNothingQueued() && isQuiet();
    }

    /** Whether no batch is under way. */
    boolean isQuiet() {
        return chunksUnderWay.isEmpty() && !pagesUnderWay;
    }

    /** What the server then named: at most what the problems of a few batches hold. */
    Set<ObjectId> gapIds() {
        return gapIds;
    }

    /** Whether the server took offence at a batch with deltas: it may read their headers otherwise, or keep other depths. */
    boolean hasDeltasRefused() {
        return deltasRefused;
    }

    /** Whether the server lacked something that a batch builds on. Nothing more is sent then. */
    boolean hasGap() {
        return gap;
    }

    /** What became of the move; null if it did not travel with a batch, or the server passed it over. */
    BranchMove.@Nullable Outcome outcome() {
        return outcome;
    }

    /** So little is to be sent that one batch takes it all, the pages behind the chunks that they name. */
    void together() {
        together = true;
    }

    /**
     * Sends as many batches as may travel now.
     *
     * @param isAll whether nothing more will be queued
     */
    void pump(boolean isAll, Runnable acknowledged) {
        if (together && isAll && !gap && !(chunks.isEmpty() && pages.isEmpty())) {
            sendTogether(acknowledged);
        }
        while (!gap && chunksUnderWay.size() < CHUNK_BATCHES_MAX && (!chunks.isEmpty() || carriedChunk != null)) {
            sendChunks(acknowledged);
        }
        if (!gap && !pagesUnderWay && (!pages.isEmpty() || carriedPage != null) && !(isAll && areLastPagesFew())) {
            sendPages(isAll, acknowledged);
        }
    }

    /** The last pages wait for the last chunks: one batch for all of them ends a round trip sooner than two. */
    private boolean areLastPagesFew() {
        return chunks.isEmpty() && carriedChunk == null && !chunksUnderWay.isEmpty() && pages.size() <= LAST_PAGES_MAX;
    }

    /** What one batch has no room for after all goes on as usual. */
    private void sendTogether(Runnable acknowledged) {
        together = false;
        Batch batch = new Batch();
        long first = chunksTaken;
        while (carriedChunk == null && !batch.isFull() && !chunks.isEmpty()) {
            Prepared next = prepareChunks(chunks.remove());
            chunksTaken++;
            carriedChunk = batch.add(next) ? null : next;
        }
        while (carriedChunk == null && carriedPage == null && chunks.isEmpty() && !batch.isFull() && !pages.isEmpty()) {
            Prepared next = prepare(pages.remove());
            carriedPage = batch.add(next) ? null : next;
        }
        chunksUnderWay.add(first);
        pagesUnderWay = true;
        batch.send(isNothingQueued(), acknowledged, () -> {
            chunksUnderWay.remove(first);
            pagesUnderWay = false;
        });
    }

    private boolean isNothingQueued() {
        return chunks.isEmpty() && pages.isEmpty() && carriedChunk == null && carriedPage == null;
    }

    private void sendChunks(Runnable acknowledged) {
        Batch batch = new Batch();
        // A record that did not fit the last batch counts as not taken before this one.
        long first = chunksTaken - (carriedChunk == null ? 0 : 1);
        carriedChunk = batch.addCarried(carriedChunk);
        while (carriedChunk == null && !batch.isFull() && !chunks.isEmpty()) {
            Prepared next = prepareChunks(chunks.remove());
            chunksTaken++;
            carriedChunk = batch.add(next) ? null : next;
        }
        chunksUnderWay.add(first);
        batch.send(false, acknowledged, () -> chunksUnderWay.remove(first));
    }

    private void sendPages(boolean isAll, Runnable acknowledged) {
        Batch batch = new Batch();
        carriedPage = batch.addCarried(carriedPage);
        while (carriedPage == null && !batch.isFull() && mayTravel(pages.peek())) {
            Prepared next = prepare(pages.remove());
            carriedPage = batch.add(next) ? null : next;
        }
        if (!batch.uploads.isEmpty()) {
            pagesUnderWay = true;
            boolean isLast = isAll && isNothingQueued() && chunksUnderWay.isEmpty();
            batch.send(isLast, acknowledged, () -> pagesUnderWay = false);
        }
    }

    private boolean mayTravel(@Nullable Part part) {
        if (part == null) {
            return false;
        }
        long carried = carriedChunk == null ? 0 : 1;
        long acknowledgedBelow = chunksUnderWay.isEmpty() ? chunksTaken - carried : chunksUnderWay.first();
        return part.barrier <= acknowledgedBelow;
    }

    /**
     * Where the record was sealed anew since the push was planned, or is damaged, its chunks are read from wherever they are now.
     */
    private Prepared prepareChunks(Part part) {
        try {
            return prepare(part);
        } catch (CorruptDataException e) {
            List<ObjectId> ids = List.copyOf(part.wanted);
            List<PlainObject> chunks = new ArrayList<>();
            try {
                ids.forEach(id -> chunks.add(replica.objects().read(id, ObjectType.CHUNK)));
            } catch (StoreException lost) {
                e.addSuppressed(lost);
                throw e;
            }
            return prepared(replica.sealer().sealRun(ids, chunks));
        }
    }

    private Prepared prepare(Part part) {
        SealedRecord stored = store.read(part.ref);
        List<ProvidedObject> provided = stored.header().provided();
        int wanted = part.wanted.size();
        boolean whole = switch (part.whole) {
            case ALWAYS -> true;
            case NEVER -> wanted == provided.size() && !stored.header().kind().isDelta();
            case MOSTLY_WANTED -> 2 * wanted >= provided.size();
        };
        SealedRecord sent = whole
                ? stored
                : replica.sealer().resealPart(stored, part.wanted, "record " + part.ref.sequence(), replica.objects());
        if (whole) {
            counts.excess(stored.bytes().length, wanted, provided.size());
            provided.forEach(object -> alsoSent.accept(object.id()));
        }
        return prepared(sent);
    }

    private Prepared prepared(SealedRecord sent) {
        if (sent.bytes().length > limits.batchBytes()) {
            throw new RemoteException.Refused(
                    "the server takes batches of at most %d bytes, and a record has %d"
                            .formatted(limits.batchBytes(), sent.bytes().length),
                    "Raise the server's limit.");
        }
        return new Prepared(sent, new Request.Upload(sent.bytes(), Sha256.of(sent.bytes())));
    }

    /** Records on their way together. */
    private final class Batch {

        private final List<Request.Upload> uploads = new ArrayList<>();
        private long bytes;
        private long idsReferred;
        private int deltas;

        boolean isFull() {
            return uploads.size() >= limits.batchRecords() || bytes >= limits.batchBytes();
        }

        /** Adds what the last batch had no room for; there is room in an empty one. */
        @Nullable
        Prepared addCarried(@Nullable Prepared carried) {
            return carried == null || add(carried) ? null : carried;
        }

        boolean add(Prepared prepared) {
            int length = prepared.upload.record().length;
            int referred = prepared.record.header().idsReferred();
            if (uploads.size() >= limits.batchRecords()
                    || bytes + length > limits.batchBytes()
                    || (idsReferred + referred > IDS_REFERRED_MAX && !uploads.isEmpty())) {
                return false;
            }
            uploads.add(prepared.upload);
            bytes += length;
            idsReferred += referred;
            deltas += prepared.record.header().kind().isDelta() ? 1 : 0;
            return true;
        }

        void send(boolean isLast, Runnable acknowledged, Runnable landed) {
            exchange.send(request(isLast), response -> {
                landed.run();
                switch (response) {
                    case Response.BatchStored stored -> {
                        outcome = stored.outcome();
                        if (!(outcome instanceof BranchMove.Outcome.Conflict)) {
                            counts.sent(uploads.size(), bytes, deltas);
                        }
                    }
                    case Problem problem
                    when problem.code() == ProblemCode.MISSING -> {
                        gap = true;
                        gapIds.addAll(problem.ids());
                        counts.resent();
                    }
                    case Problem problem
                    when problem.code() == ProblemCode.DAMAGED && deltas > 0 -> {
                        gap = true;
                        deltasRefused = true;
                        counts.resent();
                    }
                    case Response other -> throw Exchange.unexpected(other);
                }
                acknowledged.run();
            });
        }

        private Request.Batch request(boolean isLast) {
            return isLast && finish != null
                    ? new Request.Batch(
                            push,
                            nextBatch++,
                            uploads,
                            replaces,
                            exchange.isAssuming() ? finish.onlyIf() : null,
                            finish.move())
                    : new Request.Batch(push, nextBatch++, uploads, replaces, null, null);
        }
    }
}
