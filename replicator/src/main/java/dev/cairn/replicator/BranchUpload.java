package dev.cairn.replicator;

import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds out what the server lacks of some snapshots and queues it: walks their pages, asks about them and their chunks a
 * window of ids at a time, and groups what is missing by the local records that provide it.
 *
 * <p>Memory: a window, the ids of up to {@value #SETTLED_MAX} objects about which nothing more need be asked, and the
 * walk's. Not thread-safe.
 */
final class BranchUpload {

    private static final int WINDOW_IDS = 4096;
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

    private boolean walked;
    private boolean ended;
    private int questionsOpen;
    private long pagesWalked;

    private static final class Window {
        final List<PageWalk.Visit> visits = new ArrayList<>();
        final Set<ObjectId> ids = new LinkedHashSet<>();
        final Set<ObjectId> missing = new HashSet<>();
    }

    /**
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
            Predicate<ObjectId> lacking,
            TransferProgress progress,
            Runnable finished) {
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
        uploads.pump(this::advance);
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
        while (next.ids.size() < WINDOW_IDS) {
            PageWalk.Visit visit = walk.next();
            if (visit == null) {
                walked = true;
                break;
            }
            next.visits.add(visit);
            next.ids.add(visit.id());
            visit.object().chunkChildren().stream()
                    .filter(id -> !settled.contains(id))
                    .forEach(next.ids::add);
        }
        pagesWalked += next.visits.size();
        progress.listed(pagesWalked);
        List<ObjectId> ids = List.copyOf(next.ids);
        for (int from = 0; from < ids.size(); from += limits.ids()) {
            List<ObjectId> slice = ids.subList(from, Math.min(ids.size(), from + limits.ids()));
            questionsOpen++;
            exchange.send(new Request.Missing(slice, push), response -> answered(next, response));
        }
    }

    private void answered(Window asked, Response response) {
        if (!(response instanceof Response.MissingIds missing)) {
            throw Exchange.unexpected(response);
        }
        for (ObjectId id : missing.ids()) {
            if (!asked.ids.contains(id)) {
                throw new RemoteException.PeerMisbehaved("it lacks an object that was not asked for: " + id, null);
            }
            asked.missing.add(id);
        }
        questionsOpen--;
        if (questionsOpen == 0) {
            asked.ids.stream().filter(lacking).forEach(asked.missing::add);
            queue(asked);
        }
        advance();
    }

    private void queue(Window asked) {
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
            if (!pages.contains(id) && asked.missing.contains(id) && !settled.contains(id)) {
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
        // What is not a page of this window that is missing is on the server, or queued by now.
        asked.ids.stream()
                .filter(id -> !(pages.contains(id) && asked.missing.contains(id)))
                .forEach(settled::add);
        for (RecordGrouping.Group group : grouping.take()) {
            queuePages(group);
        }
    }

    private void queuePages(RecordGrouping.Group group) {
        SealedRecord record = objects.read(group.ref());
        List<ProvidedObject> provided = record.header().provided();
        Set<ObjectId> due = new HashSet<>();
        for (int ordinal : group.due()) {
            due.add(provided.get(ordinal).id());
        }
        boolean mayBeWhole = provided.stream()
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
