package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Bases;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas by those who have no key: devices that may append, servers that answer what they like. */
class HostileDeltaTest {

    private static final ProtocolLimits LIMITS = new ProtocolLimits(9 << 20, 1 << 20, 500, 900, 8, 16);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final SplittableRandom random = new SplittableRandom(50);
    private final TestRepository source = TestRepository.make(random.split()).withDeltas(5);
    private final TestRepository reader = source.emptyReplica();
    private final SimulatedServer server = new SimulatedServer(LIMITS);

    /** What a hostile server sends instead of an answer. */
    private interface Tamper {
        List<Response> answer(Request request, List<Response> answer);
    }

    private int requests;

    private ObjectId pushVersions() {
        source.fill(300);
        source.snapshot("main");
        for (int i = 0; i < 4; i++) {
            source.change(60);
            source.change(60);
            source.snapshot("main");
        }
        done(run(push(source), (request, answer) -> answer));
        return source.store.branch("main").orElseThrow().snapshot();
    }

    private Action run(Session session, Tamper tamper) {
        requests = 0;
        Deque<Action> actions = new ArrayDeque<>(session.start());
        while (actions.peek() instanceof Action.Send(long number, Request request)) {
            actions.remove();
            assertThat(++requests).as("requests").isLessThan(3_000);
            for (Response response : tamper.answer(request, server.answer(request, Role.WRITE))) {
                actions.addAll(session.on(new Event.Answered(number, response)));
            }
        }
        return actions.remove();
    }

    private void assertPullsAll(ObjectId head) {
        done(run(pull(), (request, answer) -> answer));
        assertThat(reader.store.branch("main").map(Branch::snapshot)).contains(head);
        assertThat(reader.verify(reader.store, head)).isGreaterThan(300);
    }

    @Test
    void pull_nonsenseDeltasBesideTheChunks_takesTheGoodProviders() throws Exception {
        ObjectId head = pushVersions();
        ObjectId nonsense = newId();
        upload(seal(RecordHeader.run(1, 1, List.of(nonsense))));
        int kept = 0;
        for (ObjectId chunk : provided(RecordKind.DELTA)) {
            upload(seal(RecordHeader.delta(1, 1, List.of(chunk), List.of(nonsense), List.of(), ChildSource.NONE)));
            kept += server.store().providers(chunk).size() - 1;
        }
        assertThat(kept).isPositive();
        assertPullsAll(head);
        assertThat(reader.store.has(nonsense)).isFalse();
    }

    @Test
    void pull_nonsensePagesWithNonsenseChildren_takesTheGoodProviders() throws Exception {
        ObjectId head = pushVersions();
        ObjectId nonsense = newId();
        upload(seal(RecordHeader.run(1, 1, List.of(nonsense))));
        ProvidedObject page = new ProvidedObject(newId(), List.of(), List.of(nonsense));
        upload(seal(RecordHeader.pages(1, 1, List.of(page))));
        ChildSource known = server.store();
        for (ObjectId id : provided(RecordKind.PAGE_DELTA)) {
            ProvidedObject other = new ProvidedObject(id, List.of(page.id()), List.of(nonsense));
            upload(seal(RecordHeader.pages(1, 1, List.of(other))));
            upload(seal(RecordHeader.pageDelta(1, 1, List.of(other), List.of(page.id()), known)));
        }
        for (ObjectId id : provided(RecordKind.PAGE)) {
            upload(seal(RecordHeader.pages(1, 1, List.of(new ProvidedObject(id, List.of(), List.of(nonsense))))));
        }
        assertPullsAll(head);
        assertThat(reader.store.has(nonsense)).isFalse();
        assertThat(reader.store.has(page.id())).isFalse();
    }

    /** Pages under known ids, with other children, before a delta comes that names its children by their places. */
    @Test
    void push_nonsenseUnderThePagesThatItsDeltasReferTo_arrivesWhole() throws Exception {
        pushVersions();
        for (ObjectId id : provided(RecordKind.PAGE, RecordKind.PAGE_DELTA)) {
            upload(seal(RecordHeader.pages(1, 1, List.of(new ProvidedObject(id, List.of(), List.of())))));
        }
        source.change(60);
        source.change(40);
        ObjectId head = source.snapshot("main");
        TransferResult result = done(run(push(source), (request, answer) -> answer));
        assertThat(result.deltaRecords()).isPositive();
        assertPullsAll(head);
    }

    @Test
    void push_serverTakesOffenceAtDeltas_goesOnWithoutThem() {
        pushVersions();
        source.change(60);
        ObjectId head = source.snapshot("main");
        int deltas =
                records((InMemoryObjectStore) server.store(), RecordKind.DELTA).size();
        TransferResult result = done(run(push(source), (request, answer) -> answer, true));
        assertThat(result.batchesResent()).isEqualTo(1);
        assertThat(server.store().branch("main").map(Branch::snapshot)).contains(head);
        assertThat(records((InMemoryObjectStore) server.store(), RecordKind.DELTA))
                .hasSize(deltas);
        assertPullsAll(head);
    }

    /** As {@link #run(Session, Tamper)}; batches with a delta are refused as damaged, and not stored. */
    private Action run(Session session, Tamper tamper, boolean refuseDeltas) {
        Deque<Action> actions = new ArrayDeque<>(session.start());
        while (actions.peek() instanceof Action.Send(long number, Request request)) {
            actions.remove();
            boolean refused = refuseDeltas
                    && request instanceof Request.Batch batch
                    && batch.records().stream()
                            .anyMatch(upload -> RecordHeader.outline(upload.record(), "a test")
                                    .kind()
                                    .isDelta());
            List<Response> answer = refused
                    ? List.of(Problem.of(ProblemCode.DAMAGED, "a delta at most 8 deep", ""))
                    : server.answer(request, Role.WRITE);
            for (Response response : tamper.answer(request, answer)) {
                actions.addAll(session.on(new Event.Answered(number, response)));
            }
        }
        return actions.remove();
    }

    /** Two chunks, each sealed as a delta of the other, by devices that did not know of each other. */
    @Test
    void pull_deltasInACircle_failsAndKeepsNothing() {
        byte[] one = new byte[5_000];
        random.nextBytes(one);
        byte[] two = one.clone();
        two[2_000]++;
        PlainObject oneChunk = PlainObject.chunk(one);
        PlainObject twoChunk = PlainObject.chunk(two);
        ObjectId oneId = source.sealer.hasher().id(oneChunk);
        ObjectId twoId = source.sealer.hasher().id(twoChunk);
        SealedRecord oneFromTwo = delta(oneId, oneChunk, twoId, two);
        SealedRecord twoFromOne = delta(twoId, twoChunk, oneId, one);
        InMemoryObjectStore there = new InMemoryObjectStore(source.keys.repositoryId());
        there.configure(0, new byte[] {1, 2, 3});
        PlainObject page = new PlainObject(ObjectType.NODE, List.of(), List.of(oneId), new byte[] {1});
        ObjectId pageId = source.sealer.hasher().id(page);
        PlainObject snapshot = new PlainObject(ObjectType.SNAPSHOT, List.of(pageId), List.of(), new byte[] {9});
        ObjectId head = source.sealer.hasher().id(snapshot);
        there.commit(List.of(
                source.sealer.sealRun(List.of(oneId, twoId), List.of(oneChunk, twoChunk)),
                source.sealer.sealPages(List.of(pageId), List.of(page)),
                source.sealer.sealSnapshot(head, snapshot, new RecordHeader.Lineage(1, List.of()))));
        there.move(new BranchMove("main", null, head, List.of(), new OperationId(1, 1)));
        server.serve(there);
        Action last = run(pull(), (request, answer) -> {
            if (!(request instanceof Request.Fetch fetch)) {
                return answer;
            }
            List<Response> instead = new ArrayList<>();
            if (fetch.ids().contains(oneId)) {
                instead.add(new Response.FetchedRecord(oneFromTwo.bytes()));
            }
            if (fetch.ids().contains(twoId)) {
                instead.add(new Response.FetchedRecord(twoFromOne.bytes()));
            }
            instead.add(new Response.End(instead.size()));
            return instead;
        });
        assertThat(last).isInstanceOf(Action.Fail.class);
        assertThat(((Action.Fail) last).cause()).isInstanceOf(RemoteException.PeerMisbehaved.class);
        assertThat(requests).isLessThan(30);
        assertThat(reader.store.stats().records()).isZero();
        assertThat(reader.store.branches()).isEmpty();
    }

    private SealedRecord delta(ObjectId id, PlainObject chunk, ObjectId base, byte[] body) {
        return source.sealer
                .sealDelta(List.of(id), List.of(chunk), Bases.of(base, body), List.of(), ChildSource.NONE)
                .orElseThrow()
                .record();
    }

    /** A server that never sends what deltas build on: it leaves it out, says that it lacks it, or sends the delta again. */
    @Test
    void pull_basesNeverCome_failsAndMovesNothing() {
        source.fill(200);
        source.snapshot("old");
        source.change(8);
        source.snapshot("main");
        server.serve(source.store);
        Set<ObjectId> bases = new HashSet<>();
        records(source.store, RecordKind.DELTA)
                .forEach(delta -> bases.addAll(delta.header().bases()));
        Set<ObjectId> pages = new HashSet<>();
        records(source.store, RecordKind.PAGE_DELTA)
                .forEach(delta -> pages.addAll(delta.header().bases()));
        assertThat(bases).isNotEmpty();
        assertThat(pages).isNotEmpty();
        for (Set<ObjectId> withheld : List.of(bases, pages)) {
            List<Tamper> servers = List.of(
                    (request, answer) -> asks(request, withheld) ? List.of(new Response.End(0)) : answer,
                    (request, answer) ->
                            asks(request, withheld) ? List.of(Problem.missing(List.copyOf(withheld))) : answer,
                    (request, answer) -> asks(request, withheld) ? deltas() : answer);
            for (Tamper tamper : servers) {
                Action last = run(pull(), tamper);
                assertThat(last).isInstanceOf(Action.Fail.class);
                assertThat(((Action.Fail) last).cause()).isInstanceOf(RemoteException.class);
                assertThat(reader.store.branch("main")).isEmpty();
                assertThat(requests).isLessThan(100);
            }
        }
        assertThat(run(pull(), (request, answer) -> answer)).isInstanceOf(Action.Done.class);
        reader.verify(reader.store, source.store.branch("main").orElseThrow().snapshot());
    }

    private static boolean asks(Request request, Set<ObjectId> ids) {
        return request instanceof Request.Fetch fetch && fetch.ids().stream().anyMatch(ids::contains);
    }

    private List<Response> deltas() {
        List<Response> all = new ArrayList<>();
        records(source.store, RecordKind.DELTA).forEach(delta -> all.add(new Response.FetchedRecord(delta.bytes())));
        all.add(new Response.End(all.size()));
        return all;
    }

    @Test
    void batch_headersThatReferToMoreThanAMillionIds_isTooLarge() throws Exception {
        pushVersions();
        ProvidedObject large = largePage();
        List<SealedRecord> deltas = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ProvidedObject same = new ProvidedObject(newId(), List.of(), large.chunkChildren());
            deltas.add(seal(RecordHeader.pageDelta(1, 1, List.of(same), List.of(large.id()), server.store())));
        }
        assertThat(deltas.getFirst().bytes().length).isLessThan(500);
        assertThat(problem(batch(deltas))).isEqualTo(ProblemCode.TOO_LARGE);
        assertThat(server.store()
                        .has(deltas.getFirst().header().provided().getFirst().id()))
                .isFalse();
    }

    /** Headers that refer to little, and have much read for it. */
    @Test
    void batch_headersThatReferToManyLargePages_isTooLarge() throws Exception {
        pushVersions();
        ProvidedObject large = largePage();
        List<ObjectId> pages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ProvidedObject same = new ProvidedObject(newId(), List.of(), large.chunkChildren());
            upload(seal(RecordHeader.pageDelta(1, 1, List.of(same), List.of(large.id()), server.store())));
            pages.add(same.id());
        }
        ObjectId base = large.chunkChildren().getFirst();
        List<SealedRecord> deltas = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            deltas.add(seal(
                    RecordHeader.delta(1, 1, List.of(newId()), List.of(base), pages, page -> large.chunkChildren())));
        }
        assertThat(problem(batch(deltas))).isEqualTo(ProblemCode.TOO_LARGE);
    }

    @Test
    void batch_deltaDeeperThanTheLimitOrOfTheWrongType_isRefused() throws Exception {
        pushVersions();
        ProvidedObject page = largePage();
        ObjectId chunk = page.chunkChildren().getFirst();
        ObjectId base = chunk;
        for (int depth = 1; depth <= Admission.DEPTH_MAX; depth++) {
            ObjectId next = newId();
            upload(seal(RecordHeader.delta(1, 1, List.of(next), List.of(base), List.of(), ChildSource.NONE)));
            base = next;
        }
        SealedRecord deeper =
                seal(RecordHeader.delta(1, 1, List.of(newId()), List.of(base), List.of(), ChildSource.NONE));
        assertThat(problem(batch(List.of(deeper)))).isEqualTo(ProblemCode.DAMAGED);
        SealedRecord ofAPage =
                seal(RecordHeader.delta(1, 1, List.of(newId()), List.of(page.id()), List.of(), ChildSource.NONE));
        assertThat(problem(batch(List.of(ofAPage)))).isEqualTo(ProblemCode.MISSING);
        ProvidedObject childless = new ProvidedObject(newId(), List.of(), List.of());
        SealedRecord pageOfAChunk =
                seal(RecordHeader.pageDelta(1, 1, List.of(childless), List.of(chunk), id -> List.of()));
        assertThat(server.answer(batch(List.of(pageOfAChunk)), Role.APPEND)).hasOnlyElementsOfType(Problem.class);
        assertThat(server.store().has(childless.id())).isFalse();
    }

    /** A page of as many children as may be. */
    private ProvidedObject largePage() throws Exception {
        ObjectId chunk = newId();
        upload(seal(RecordHeader.run(1, 1, List.of(chunk))));
        ObjectId[] children = new ObjectId[RecordHeader.CHILDREN_MAX - 1];
        Arrays.fill(children, chunk);
        ProvidedObject page = new ProvidedObject(newId(), List.of(), List.of(children));
        server.store().commit(List.of(seal(RecordHeader.pages(1, 1, List.of(page)))));
        return page;
    }

    private ProblemCode problem(Request.Batch batch) {
        List<Response> answer = server.answer(batch, Role.APPEND);
        assertThat(answer).hasSize(1).hasOnlyElementsOfType(Problem.class);
        return ((Problem) answer.getFirst()).code();
    }

    private Set<ObjectId> provided(RecordKind... kinds) {
        Set<ObjectId> ids = new HashSet<>();
        records((InMemoryObjectStore) server.store(), kinds)
                .forEach(record -> record.header().provided().forEach(object -> ids.add(object.id())));
        return ids;
    }

    private static List<SealedRecord> records(InMemoryObjectStore store, RecordKind... kinds) {
        List<SealedRecord> records = new ArrayList<>();
        store.forEachRecord(EnumSet.copyOf(List.of(kinds)), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                records.add(record);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        return records;
    }

    private void upload(SealedRecord record) throws Exception {
        assertThat(server.answer(batch(List.of(record)), Role.APPEND))
                .hasOnlyElementsOfType(Response.BatchStored.class);
    }

    private Request.Batch batch(List<SealedRecord> records) throws Exception {
        List<Request.Upload> uploads = new ArrayList<>();
        for (SealedRecord record : records) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(record.bytes());
            uploads.add(new Request.Upload(record.bytes(), digest));
        }
        return new Request.Batch(new PushId(random.nextLong(), random.nextLong()), 0, uploads);
    }

    private SealedRecord seal(RecordHeader header) {
        byte[] head = header.encode();
        byte[] bytes = Arrays.copyOf(head, head.length + 300);
        for (int i = head.length; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return new SealedRecord(header, head.length, bytes);
    }

    private ObjectId newId() {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private Session push(TestRepository from) {
        return new PushSession(
                from.replica(),
                List.of(),
                Sending.LACKING,
                LIMITS,
                TestSessions.NEW_TO_IT,
                random.split(),
                TransferProgress.NONE);
    }

    private Session pull() {
        return new PullSession(
                reader.replica(),
                List.of("main"),
                LIMITS,
                random.split(),
                folder,
                PullSession.SPOOL_BYTES_MAX,
                ChunkSupply.NONE,
                TransferProgress.NONE);
    }
}
