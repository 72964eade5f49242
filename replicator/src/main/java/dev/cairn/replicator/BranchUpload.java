package dev.cairn.replicator;

import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the server lacks of some snapshots and queues it: walks their pages, asks about them and their chunks a
 * window of ids at a time, and groups what is missing by the local records that provide it.
 *
 * <p>Memory: a window, the ids of up to {@value #SETTLED_MAX} objects about which nothing more need be asked, and the
 * walk's. Not thread-safe.
 */
final class BranchUpload {

    private static final int WINDOW_IDS = 4096;

    /** Where the other side holds a version already, so little is sent without a question whether it has it. */
    private static final int UNASKED_BYTES_MAX = 256 << 10;

    private static final int SETTLED_MAX = 1 << 19;

    private final ObjectStore store;
    private final StoredObjects objects;
    private final ProtocolLimits limits;
    private final Exchange exchange;
    private final PushId push;
    private final PageWalk walk;
    private final Uploads uploads;
    private final TransferProgress progress;
    private final Runnable finished;

    /** Objects that are on the server, or that are queued already. */
    private final IdSet settled;

    private final Predicate<ObjectId> lacking;
    private final boolean hasCommon;
    private final Deltas deltasSent;

    private boolean walked;
    private boolean ended;
    private int questionsOpen;
    private long pagesWalked;

    private static final class Window {
        final List<PageWalk.Visit> visits = new ArrayList<>();
        /** What the server is asked about. */
        final Set<ObjectId> ids = new LinkedHashSet<>();
        /** Chunks that deltas provide, by the delta. */
        final Map<Long, DeltaChunks> deltas = new LinkedHashMap<>();

        final Map<ObjectId, DeltaChunks> deltaOf = new HashMap<>();

        final Set<ObjectId> missing = new HashSet<>();
        /** What deltas build on and the server lacks. */
        final Set<ObjectId> basesMissing = new HashSet<>();
    }

    private record DeltaChunks(RecordRef ref, Set<ObjectId> ids) {}

    /** When deltas go over as they are. */
    enum Deltas {
        /**
         * Unless the server says that it lacks what they build on. The chunks of a delta are taken to be there together or
         * not at all, and what the server said to have to be so.
         */
        TRUSTED,
        /** Where all that they build on was sent, or the server said in this upload that it has it. */
        WITH_BASES,
        /** Never. */
        NEVER
    }

    /**
     * @param hasCommon whether the server holds a version already that what is sent was compared with
     * @param deltasSent when deltas go over as they are; after a gap less is believed
     * @param lacking what counts as lacking whatever the server answers: it may have something else under that id
     * @param finished called once, when all is acknowledged, or when no batch is under way after the server reported a gap
     */
    BranchUpload(
            ObjectStore store,
            StoredObjects objects,
            ProtocolLimits limits,
            Exchange exchange,
            PushId push,
            PageWalk walk,
            Uploads uploads,
            IdSet settled,
            boolean hasCommon,
            Deltas deltasSent,
            Predicate<ObjectId> lacking,
            TransferProgress progress,
            Runnable finished) {
        this.hasCommon = hasCommon;
        this.deltasSent = deltasSent;
        this.store = store;
        this.objects = objects;
        this.limits = limits;
        this.exchange = exchange;
        this.push = push;
        this.walk = walk;
        this.uploads = uploads;
        this.settled = settled;
        this.lacking = lacking;
        this.progress = progress;
        this.finished = finished;
    }

    /** A set for ids about which nothing more need be asked. */
    static IdSet settled() {
        return new IdSet(SETTLED_MAX);
    }

    /** Goes on as far as possible without an answer. */
    void advance() {
        if (ended || exchange.hasEnded()) {
            return;
        }
        if (!uploads.hasGap()) {
            while (questionsOpen == 0 && !walked && uploads.isShort()) {
                ask();
            }
        }
        uploads.pump(walked && questionsOpen == 0, this::advance);
        boolean isOver = uploads.hasGap()
                ? uploads.isQuiet() && questionsOpen == 0
                : walked && questionsOpen == 0 && uploads.isIdle();
        if (isOver && !ended) {
            ended = true;
            finished.run();
        }
    }

    private void ask() {
        Window next = new Window();
        int ids = 0;
        while (ids < WINDOW_IDS) {
            PageWalk.Visit visit = walk.next();
            if (visit == null) {
                walked = true;
                break;
            }
            next.visits.add(visit);
            next.ids.add(visit.id());
            ids++;
            for (ObjectId chunk : visit.object().chunkChildren()) {
                if (!settled.contains(chunk) && !walk.isKnownChunk(chunk)) {
                    ids++;
                    add(next, chunk);
                }
            }
        }
        pagesWalked += next.visits.size();
        progress.listed(pagesWalked);
        if (hasCommon && walked && pagesWalked == next.visits.size() && isLittle(next)) {
            next.missing.addAll(next.ids);
            uploads.together();
            askForBases(next);
            return;
        }
        ask(List.copyOf(next.ids), next.missing, () -> answered(next));
    }

    /**
     * Of the chunks that a delta provides one is asked about: a question about each would cost as much as sending it. If the
     * server has that one from elsewhere and lacks others, it reports a gap, and is then asked about each.
     */
    private void add(Window next, ObjectId chunk) {
        RecordRef delta = deltaOf(chunk);
        if (delta == null) {
            next.ids.add(chunk);
            return;
        }
        DeltaChunks chunks = next.deltas.computeIfAbsent(
                delta.sequence(), sequence -> new DeltaChunks(delta, new LinkedHashSet<>()));
        if (chunks.ids().isEmpty() || deltasSent != Deltas.TRUSTED) {
            next.ids.add(chunk);
        }
        chunks.ids().add(chunk);
        next.deltaOf.put(chunk, chunks);
    }

    /** Which chunks of a delta the server lacks. */
    private Set<ObjectId> wanted(DeltaChunks chunks, Window window) {
        if (deltasSent == Deltas.TRUSTED) {
            return window.missing.contains(chunks.ids().iterator().next()) ? chunks.ids() : Set.of();
        }
        Set<ObjectId> wanted = new LinkedHashSet<>(chunks.ids());
        wanted.retainAll(window.missing);
        return wanted;
    }

    /** The delta that is the best provider of {@code chunk}, null if that is none. */
    private @Nullable RecordRef deltaOf(ObjectId chunk) {
        if (store.depth(chunk) == 0) {
            return null;
        }
        RecordRef best = provider(chunk, Map.of());
        return objects.read(best).header().kind() == RecordKind.DELTA ? best : null;
    }

    /** Whether a window is so little that sending it once too often is cheaper than a question: no more than one batch. */
    private boolean isLittle(Window window) {
        long bytesMax = Math.min(UNASKED_BYTES_MAX, limits.batchBytes());
        Set<Long> sequences = new HashSet<>();
        long bytes = 0;
        for (ObjectId id : window.ids) {
            RecordRef ref = provider(id, Map.of());
            if (sequences.add(ref.sequence())) {
                bytes += objects.read(ref).bytes().length;
            }
            if (bytes > bytesMax || sequences.size() > limits.batchRecords()) {
                return false;
            }
        }
        return true;
    }

    /** Asks which of {@code ids} the server lacks, in several requests at once if one may not name as many. */
    private void ask(List<ObjectId> ids, Set<ObjectId> missing, Runnable answered) {
        if (ids.isEmpty()) {
            answered.run();
            return;
        }
        Set<ObjectId> asked = Set.copyOf(ids);
        for (int from = 0; from < ids.size(); from += limits.ids()) {
            List<ObjectId> slice = ids.subList(from, Math.min(ids.size(), from + limits.ids()));
            questionsOpen++;
            exchange.send(new Request.Missing(slice, push), response -> {
                if (!(response instanceof Response.MissingIds answer)) {
                    throw Exchange.unexpected(response);
                }
                for (ObjectId id : answer.ids()) {
                    if (!asked.contains(id)) {
                        throw new RemoteException.PeerMisbehaved(
                                "it lacks an object that was not asked for: " + id, null);
                    }
                    missing.add(id);
                }
                questionsOpen--;
                if (questionsOpen == 0) {
                    answered.run();
                    advance();
                }
            });
        }
    }

    private void answered(Window asked) {
        asked.ids.stream().filter(lacking).forEach(asked.missing::add);
        askForBases(asked);
    }

    /** Asks about what the deltas of a window build on, as far as nothing tells that the server has it. */
    private void askForBases(Window window) {
        Set<ObjectId> unknown = new LinkedHashSet<>();
        if (deltasSent == Deltas.TRUSTED) {
            window.deltas.values().forEach(chunks -> {
                if (!wanted(chunks, window).isEmpty()) {
                    addUnknown(objects.read(chunks.ref()), window, unknown);
                }
            });
            for (PageWalk.Visit visit : window.visits) {
                if (window.missing.contains(visit.id())) {
                    addUnknown(visit.found().record(), window, unknown);
                }
            }
        }
        ask(List.copyOf(unknown), window.basesMissing, () -> queue(window, unknown));
    }

    private void addUnknown(SealedRecord record, Window window, Set<ObjectId> unknown) {
        // A page that the server has brings what it names.
        Set<ObjectId> named = new HashSet<>();
        for (ObjectId page : record.header().pages()) {
            named.addAll(store.children(page));
            if (!isThere(page, window)) {
                unknown.add(page);
            }
        }
        for (ObjectId base : record.header().bases()) {
            if (!named.contains(base) && !isThere(base, window)) {
                unknown.add(base);
            }
        }
    }

    /** Whether the server has {@code id}, or gets it before what comes next. */
    private boolean isThere(ObjectId id, Window window) {
        return settled.contains(id)
                || walk.isKnown(id)
                || walk.isKnownChunk(id)
                || window.ids.contains(id)
                || window.deltaOf.containsKey(id);
    }

    /** Whether a delta may go over as it is. */
    private boolean hasBases(SealedRecord record, Window window) {
        if (!record.header().kind().isDelta()) {
            return true;
        }
        return deltasSent != Deltas.NEVER
                && Stream.concat(record.header().bases().stream(), record.header().pages().stream())
                        .noneMatch(id -> window.basesMissing.contains(id)
                                || (deltasSent == Deltas.WITH_BASES && !settled.contains(id)));
    }

    private void queue(Window asked, Set<ObjectId> basesAsked) {
        basesAsked.stream().filter(id -> !asked.basesMissing.contains(id)).forEach(settled::add);
        Map<Long, RecordRef> records = new LinkedHashMap<>();
        Map<Long, List<ObjectId>> wanted = new LinkedHashMap<>();
        RecordGrouping grouping = new RecordGrouping();
        Set<ObjectId> pages = new HashSet<>();
        for (PageWalk.Visit visit : asked.visits) {
            pages.add(visit.id());
            if (asked.missing.contains(visit.id())) {
                grouping.add(visit);
            }
        }
        for (ObjectId id : asked.ids) {
            if (!pages.contains(id)
                    && !asked.deltaOf.containsKey(id)
                    && asked.missing.contains(id)
                    && !settled.contains(id)) {
                RecordRef ref = provider(id, records);
                records.put(ref.sequence(), ref);
                wanted.computeIfAbsent(ref.sequence(), sequence -> new ArrayList<>())
                        .add(id);
            }
        }
        wanted.forEach((sequence, ids) -> {
            RecordRef ref = records.get(sequence);
            if (ref != null) {
                uploads.queueChunks(ref, ids);
            }
        });
        // What is neither a page of this window that is missing nor of a delta is on the server, or queued by now.
        asked.ids.stream()
                .filter(id -> !(pages.contains(id) && asked.missing.contains(id)) && !asked.deltaOf.containsKey(id))
                .forEach(settled::add);
        Map<Long, DeltaChunks> due = new LinkedHashMap<>(asked.deltas);
        for (RecordGrouping.Group group : grouping.take()) {
            queueDeltas(group, asked, due);
            queuePages(group, asked);
        }
        List.copyOf(due.values()).forEach(chunks -> queueDelta(chunks, asked, due));
    }

    /** The deltas of a page's chunks go before it, but behind the pages of older versions, by which they name their bases. */
    private void queueDeltas(RecordGrouping.Group group, Window asked, Map<Long, DeltaChunks> due) {
        List<ProvidedObject> provided = objects.read(group.ref()).header().provided();
        for (int ordinal : group.due()) {
            for (ObjectId chunk : provided.get(ordinal).chunkChildren()) {
                DeltaChunks chunks = asked.deltaOf.get(chunk);
                if (chunks != null) {
                    queueDelta(chunks, asked, due);
                }
            }
        }
    }

    private void queueDelta(DeltaChunks chunks, Window asked, Map<Long, DeltaChunks> due) {
        if (due.remove(chunks.ref().sequence()) == null) {
            return;
        }
        Set<ObjectId> wanted = wanted(chunks, asked);
        if (!wanted.isEmpty()) {
            uploads.queueDelta(chunks.ref(), wanted, hasBases(objects.read(chunks.ref()), asked));
        }
        chunks.ids().forEach(settled::add);
    }

    private void queuePages(RecordGrouping.Group group, Window asked) {
        SealedRecord record = objects.read(group.ref());
        List<ProvidedObject> provided = record.header().provided();
        Set<ObjectId> due = new HashSet<>();
        for (int ordinal : group.due()) {
            due.add(provided.get(ordinal).id());
        }
        boolean mayBeWhole = hasBases(record, asked)
                && provided.stream()
                        .map(ProvidedObject::id)
                        .allMatch(id -> due.contains(id) || settled.contains(id) || walk.isKnown(id));
        uploads.queuePages(group.ref(), due, mayBeWhole && 2 * due.size() >= provided.size());
        due.forEach(settled::add);
    }

    /** The best provider, or one that is wanted already for another chunk. */
    private RecordRef provider(ObjectId id, Map<Long, RecordRef> records) {
        List<RecordRef> providers = store.providers(id);
        if (providers.isEmpty()) {
            throw new MissingObjectsException(List.of(id));
        }
        for (RecordRef ref : providers) {
            if (records.containsKey(ref.sequence())) {
                return ref;
            }
        }
        return providers.getFirst();
    }
}
