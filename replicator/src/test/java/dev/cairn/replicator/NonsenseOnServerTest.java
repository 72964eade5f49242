package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that may append puts records under ids of others that nobody can open. A server cannot tell; readers can. */
class NonsenseOnServerTest {

    private static final ProtocolLimits LIMITS = new ProtocolLimits(9 << 20, 64 << 10, 50, 300, 8, 16);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final SplittableRandom random = new SplittableRandom(20);
    private final TestRepository source = TestRepository.make(random.split());
    private final TestRepository reader = source.emptyReplica();
    private final SimulatedServer server = new SimulatedServer(LIMITS);
    private final BadNetwork network = new BadNetwork(server, random.split(), 0);

    @SuppressWarnings("NullAway.Init")
    private ObjectId head;

    @BeforeEach
    void pushOnce() {
        source.fill(120);
        head = source.snapshot("main");
        done(network.run(push(source), Integer.MAX_VALUE));
    }

    @Test
    void pull_nonsenseBesideEveryChunk_takesTheGoodProviders() throws Exception {
        for (ObjectId chunk : reached(true)) {
            upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunk, newId()))));
        }
        assertThat(server.store().providers(reached(true).iterator().next())).hasSize(2);
        assertPullsAll();
    }

    @Test
    void pull_nonsenseBesideEveryPage_takesTheGoodProviders() throws Exception {
        for (ObjectId page : reached(false)) {
            upload(pages(page));
        }
        assertPullsAll();
    }

    @Test
    void pull_severalNonsenseRecordsOfOnePage_goesThroughThemAll() throws Exception {
        ObjectId page = reached(false).iterator().next();
        for (int i = 0; i < 20; i++) {
            upload(pages(page));
        }
        assertThat(server.store().providers(page)).hasSize(1 + Admission.UPLOADER_PROVIDERS_MAX);
        assertPullsAll();
    }

    @Test
    void push_anyAmountOfNonsenseOfOneDeviceCameFirst_isMendedByResending() throws Exception {
        source.withDeltas(3).fill(400);
        source.snapshot("main");
        source.change(60);
        head = source.snapshot("main");
        for (ObjectId id : union(reached(true), reached(false))) {
            for (int i = 0; i < 2 * Admission.PROVIDERS_MAX; i++) {
                upload(pages(id));
                upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(id, newId()))));
            }
        }
        done(network.run(push(source, true), Integer.MAX_VALUE));
        assertPullsAll();
    }

    @Test
    void pull_nonsenseOfOtherEpochsAndSuites_takesTheGoodProviders() throws Exception {
        List<ObjectId> chunks = List.copyOf(reached(true));
        upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 99, List.of(chunks.get(0), newId()))));
        upload(seal(RecordHeader.run(77, 1, List.of(chunks.get(1), newId()))));
        assertPullsAll();
    }

    @Test
    void pull_nothingButNonsense_failsWithWhatWasWrongAndMovesNothing() throws Exception {
        source.edit(5);
        ObjectId chunk = newId();
        ObjectId page = newId();
        ObjectId snapshot = newId();
        ObjectStore store = server.store();
        store.commit(List.of(
                seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 99, List.of(chunk))),
                seal(RecordHeader.pages(
                        RecordHeader.SUITE_XAES_256_GCM,
                        99,
                        List.of(new ProvidedObject(page, List.of(), List.of(chunk))))),
                seal(RecordHeader.snapshot(
                        RecordHeader.SUITE_XAES_256_GCM,
                        99,
                        new ProvidedObject(snapshot, List.of(page), List.of()),
                        new RecordHeader.Lineage(9, List.of(head))))));
        store.move(new BranchMove("main", head, snapshot, List.of(), operation()));
        assertThat(network.run(pull(), Integer.MAX_VALUE))
                .asInstanceOf(type(Action.Fail.class))
                .extracting(Action.Fail::cause)
                .isInstanceOf(WrongKeyException.class);
        assertThat(reader.store.branches()).isEmpty();
    }

    @Test
    void batch_nonsenseCameBetweenQuestionAndAnswer_keepsTheGoodRecordToo() throws Exception {
        ObjectId chunk = newId();
        upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunk))));
        upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunk))));
        assertThat(server.store().providers(chunk)).hasSize(2);
    }

    @Test
    void push_idsOfItsChunksAreTakenByPages_sendsThemAllTheSame() throws Exception {
        source.edit(20);
        ObjectId before = head;
        head = source.snapshot("main");
        for (ObjectId chunk : reached(true)) {
            if (!server.store().has(chunk)) {
                upload(pages(chunk));
            }
        }
        done(network.run(push(source), Integer.MAX_VALUE));
        assertThat(server.store().branch("main").map(Branch::snapshot))
                .contains(head)
                .isNotEqualTo(before);
        assertPullsAll();
    }

    @Test
    void push_resendWhereNonsenseCameFirst_mendsTheServer() throws Exception {
        // So much that the push asks what lacks, and believes that the nonsense is what it would send.
        source.fill(400);
        head = source.snapshot("main");
        for (ObjectId page : reached(false)) {
            if (!server.store().has(page)) {
                upload(pages(page));
            }
        }
        for (ObjectId chunk : reached(true)) {
            if (!server.store().has(chunk)) {
                upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunk))));
            }
        }
        done(network.run(push(source), Integer.MAX_VALUE));
        assertThat(network.run(pull(), Integer.MAX_VALUE)).isInstanceOf(Action.Fail.class);
        assertThat(reader.store.branches()).isEmpty();
        TransferResult resent = done(network.run(push(source, true), Integer.MAX_VALUE));
        assertThat(resent.recordsSent()).isGreaterThan(20);
        assertPullsAll();
        long records = server.store().stats().records();
        done(network.run(push(source, true), Integer.MAX_VALUE));
        assertThat(server.store().stats().records())
                .as("whole records that are there already are not kept twice; parts of records are sealed anew")
                .isLessThan(records + records / 5);
    }

    @Test
    void pull_nonsenseOfOtherTypesBesideEverything_takesTheGoodProviders() throws Exception {
        for (ObjectId chunk : reached(true)) {
            upload(pages(chunk));
        }
        for (ObjectId page : reached(false)) {
            upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(page, newId()))));
        }
        upload(pages(head));
        upload(seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(head, newId()))));
        assertPullsAll();
    }

    @Test
    void fetch_twoRecordsOfOneChunk_sendsTheSecondOnlyIfItIsNeeded() {
        List<ObjectId> chunks = List.of(newId(), newId(), newId());
        InMemoryObjectStore store = new InMemoryObjectStore(source.store.repositoryId());
        SealedRecord older =
                seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunks.get(0), chunks.get(1))));
        SealedRecord newer =
                seal(RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(chunks.get(0), chunks.get(2))));
        store.commit(List.of(older, newer));
        assertThat(store.providers(chunks.get(0))).hasSize(2);
        FetchStream stream = new FetchStream(store, chunks.subList(0, 2), List.of());
        assertThat(stream.next())
                .asInstanceOf(type(Response.FetchedRecord.class))
                .satisfies(fetched -> assertThat(fetched.record()).isEqualTo(older.bytes()));
        assertThat(stream.next()).isEqualTo(new Response.End(1));
    }

    private void assertPullsAll() {
        done(network.run(pull(), Integer.MAX_VALUE));
        assertThat(reader.store.branch("main").map(Branch::snapshot)).contains(head);
        assertThat(reader.verify(reader.store, head)).isGreaterThan(120);
    }

    /** Chunks, or pages, that the head reaches. */
    private Set<ObjectId> reached(boolean chunks) {
        Set<ObjectId> ids = new LinkedHashSet<>();
        PageWalk walk = new PageWalk(new StoredObjects(source.store), List.of(head), List.of(), 1_000_000);
        for (PageWalk.Visit visit = walk.next(); visit != null; visit = walk.next()) {
            if (chunks) {
                ids.addAll(visit.object().chunkChildren());
            } else if (visit.found().record().header().kind() == RecordKind.PAGE) {
                ids.add(visit.id());
            }
        }
        return ids;
    }

    private static Set<ObjectId> union(Set<ObjectId> some, Set<ObjectId> others) {
        Set<ObjectId> all = new LinkedHashSet<>(some);
        all.addAll(others);
        return all;
    }

    private SealedRecord pages(ObjectId page) {
        ProvidedObject childless = new ProvidedObject(page, List.of(), List.of());
        ProvidedObject other = new ProvidedObject(newId(), List.of(), List.of());
        return seal(RecordHeader.pages(RecordHeader.SUITE_XAES_256_GCM, 1, List.of(childless, other)));
    }

    private void upload(SealedRecord record) throws Exception {
        server.uploader = 2;
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(record.bytes());
        Request.Batch batch = new Request.Batch(
                new PushId(random.nextLong(), random.nextLong()),
                0,
                List.of(new Request.Upload(record.bytes(), digest)));
        assertThat(server.answer(batch, Role.APPEND)).hasOnlyElementsOfType(Response.BatchStored.class);
        server.uploader = 1;
    }

    private SealedRecord seal(RecordHeader header) {
        byte[] head = header.encode();
        byte[] bytes = Arrays.copyOf(head, head.length + 300);
        for (int i = head.length; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return SealedRecord.parse(bytes, "a test");
    }

    private ObjectId newId() {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private OperationId operation() {
        return new OperationId(random.nextLong(), random.nextLong());
    }

    private Session push(TestRepository from) {
        return push(from, false);
    }

    private Session push(TestRepository from, boolean resend) {
        return new PushSession(
                from.replica(),
                List.of(),
                resend ? Sending.EVERYTHING : Sending.LACKING,
                LIMITS,
                TestSessions.NEW_TO_IT,
                random.split(),
                TransferProgress.NONE);
    }

    private Session pull() {
        return TestSessions.pull(reader, LIMITS, random, folder);
    }
}
