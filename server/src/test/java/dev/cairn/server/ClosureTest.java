package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index has, it has whole, whatever clients send and however they interleave. */
class ClosureTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(2);
    private final RepositoryId id = TestServer.repositoryId(records);

    private static List<ObjectId> missing(TestClient.Session session, ObjectId... ids) {
        return missing(session, List.of(ids));
    }

    private static List<ObjectId> missing(TestClient.Session session, List<ObjectId> ids) {
        return ((Response.MissingIds) session.ask(new Request.Missing(ids, TestServer.PUSH))).ids();
    }

    private static List<ObjectId> provided(List<SealedRecord> tree) {
        return tree.stream().map(TestRecords::provided).toList();
    }

    @Test
    void batch_pageWithoutItsChunks_isRefusedNamingThemAndStoresNothing() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            SealedRecord stored = records.run(100);
            session.ask(TestServer.batch(stored));
            SealedRecord fresh = records.run(100);
            List<ObjectId> lacking = records.ids(3);
            List<ObjectId> chunks = new ArrayList<>(lacking);
            chunks.add(1, TestRecords.provided(stored));
            chunks.add(TestRecords.provided(fresh));
            SealedRecord page = records.pages(new ProvidedObject(records.id(), List.of(), chunks));

            Problem problem = session.reply(TestServer.batch(fresh, page)).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.MISSING);
            assertThat(problem.ids()).isEqualTo(lacking);
            assertThat(problem.hint()).isNotEmpty();
            assertThat(server.stats().records()).isEqualTo(1);
            assertThat(missing(session, TestRecords.provided(fresh), TestRecords.provided(page)))
                    .as("the batch's other record, and the page")
                    .hasSize(2);
        }
    }

    @Test
    void batch_chunkAfterItsPage_isRefusedUntilTheOrderIsRight() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            List<SealedRecord> tree = records.tree(records.id(), 1, 100);
            List<SealedRecord> reversed = new ArrayList<>(tree);
            Collections.reverse(reversed);
            assertThat(session.reply(TestServer.batch(reversed)).problem().code())
                    .isEqualTo(ProblemCode.MISSING);
            assertThat(server.stats().records()).isZero();
            Response.BatchStored stored = (Response.BatchStored) session.ask(TestServer.batch(tree));
            assertThat(stored.recordsStored()).isEqualTo(3);
        }
    }

    @Test
    void batch_deltaWithoutItsBase_isRefusedNamingIt() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            SealedRecord base = records.run(100);
            SealedRecord delta = records.delta(List.of(TestRecords.provided(base)), records.id());
            Problem problem = session.reply(TestServer.batch(delta)).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.MISSING);
            assertThat(problem.ids()).containsExactly(TestRecords.provided(base));
            session.ask(TestServer.batch(base, delta));
            assertThat(missing(session, TestRecords.provided(delta))).isEmpty();
        }
    }

    @Test
    void batch_chunkWhereAPageMustBe_isRefusedAsMissing() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            SealedRecord run = records.run(100);
            session.ask(TestServer.batch(run));
            SealedRecord snapshot = records.snapshot(records.id(), 1, List.of(), TestRecords.provided(run));
            Problem problem = session.reply(TestServer.batch(snapshot)).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.MISSING);
            assertThat(problem.ids()).containsExactly(TestRecords.provided(run));
        }
    }

    @Test
    void batch_childArrivesWhileItsPageWaitsForTheStore_isStored() {
        WatchedStores stores = new WatchedStores();
        try (TestServer server = new TestServer(folder, ServerLimits.DEFAULT, stores);
                TestClient slow = server.client();
                TestClient quick = server.client()) {
            TestClient.Session pages = server.made(slow, id);
            TestClient.Session chunks = server.session(quick, Role.APPEND);
            List<SealedRecord> tree = records.tree(records.id(), 1, 100);
            Gate gate = hold(stores, RecordKind.PAGE);
            Future<TestClient.Reply> page = pages.start(TestServer.batch(tree.get(1)));
            gate.awaitArrivals(1);
            chunks.ask(TestServer.batch(tree.get(0)));
            gate.open();
            assertThat(TestClient.join(page).status()).isEqualTo(200);
            assertThat(missing(chunks, provided(tree.subList(0, 2)))).isEmpty();
        }
    }

    @Test
    void batch_refusedWhileItsChildIsOnTheWay_isStoredWhenRepeated() {
        WatchedStores stores = new WatchedStores();
        try (TestServer server = new TestServer(folder, ServerLimits.DEFAULT, stores);
                TestClient slow = server.client();
                TestClient quick = server.client()) {
            TestClient.Session chunks = server.made(slow, id);
            TestClient.Session pages = server.session(quick, Role.APPEND);
            List<SealedRecord> tree = records.tree(records.id(), 1, 100);
            Gate gate = hold(stores, RecordKind.RUN);
            Future<TestClient.Reply> chunk = chunks.start(TestServer.batch(tree.get(0)));
            gate.awaitArrivals(1);
            assertThat(pages.reply(TestServer.batch(tree.get(1))).problem().ids())
                    .containsExactly(TestRecords.provided(tree.get(0)));
            gate.open();
            assertThat(TestClient.join(chunk).status()).isEqualTo(200);
            pages.ask(TestServer.batch(tree.get(1)));
            assertThat(missing(pages, provided(tree.subList(0, 2)))).isEmpty();
        }
    }

    /** Records of that kind wait at the gate before they reach the store. */
    private static Gate hold(WatchedStores stores, RecordKind kind) {
        Gate gate = new Gate();
        stores.watch(new WatchedStore.Watcher() {
            @Override
            public void submits(List<SealedRecord> submitted) {
                if (submitted.getFirst().header().kind() == kind) {
                    gate.pass();
                }
            }
        });
        return gate;
    }

    @Test
    void batches_ofTwoClientsRacing_leaveNothingWithoutItsChildren() {
        long seed = 20;
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        try (TestServer server = new TestServer(folder);
                TestClient first = server.client();
                TestClient second = server.client()) {
            TestClient.Session parents = server.made(first, id);
            TestClient.Session children = server.session(second, Role.APPEND);
            List<List<SealedRecord>> trees = new ArrayList<>();
            List<Future<TestClient.Reply>> parentReplies = new ArrayList<>();
            List<Future<TestClient.Reply>> childReplies = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                List<SealedRecord> tree = records.tree(records.id(), i + 1, 64 + random.nextInt(5000));
                trees.add(tree);
                boolean parentFirst = random.nextBoolean();
                for (boolean isParent : new boolean[] {parentFirst, !parentFirst}) {
                    if (isParent) {
                        parentReplies.add(parents.start(TestServer.batch(tree.subList(1, 3))));
                    } else {
                        childReplies.add(children.start(TestServer.batch(tree.get(0))));
                    }
                }
            }
            for (int i = 0; i < trees.size(); i++) {
                List<ObjectId> ids = provided(trees.get(i));
                assertThat(TestClient.join(childReplies.get(i)).status()).isEqualTo(200);
                TestClient.Reply reply = TestClient.join(parentReplies.get(i));
                if (reply.status() == 200) {
                    assertThat(missing(parents, ids)).isEmpty();
                    assertThat(parents.stream(new Request.Fetch(ids))).hasSize(4);
                } else {
                    assertThat(reply.problem().ids()).containsExactly(ids.getFirst());
                    assertThat(missing(parents, ids)).isEqualTo(ids.subList(1, 3));
                }
            }
        }
    }

    @Test
    void move_toASnapshotThatIsNotThere_isRefusedNamingIt() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            ObjectId snapshot = records.id();
            session.ask(TestServer.batch(records.tree(snapshot, 1, 100)));
            session.ask(TestServer.move(records.operation(), snapshot));
            ObjectId absent = records.id();
            Problem target = session.reply(TestServer.move(records.operation(), snapshot, absent))
                    .problem();
            assertThat(target.code()).isEqualTo(ProblemCode.MISSING);
            assertThat(target.ids()).containsExactly(absent);
            BranchMove retaining = new BranchMove("main", snapshot, snapshot, List.of(absent), records.operation());
            Problem retained = session.reply(new Request.Move(retaining, null)).problem();
            assertThat(retained.code()).isEqualTo(ProblemCode.MISSING);
            assertThat(retained.ids()).containsExactly(absent);
            Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
            assertThat(info.branches().getFirst().snapshot()).isEqualTo(snapshot);
            assertThat(info.branches().getFirst().version()).isEqualTo(1);
        }
    }

    @Test
    void move_toAPage_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            List<SealedRecord> tree = records.tree(records.id(), 1, 100);
            session.ask(TestServer.batch(tree));
            for (SealedRecord record : tree.subList(0, 2)) {
                assertThat(session.reply(TestServer.move(records.operation(), TestRecords.provided(record)))
                                .problem()
                                .code())
                        .isEqualTo(ProblemCode.MALFORMED);
            }
            Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
            assertThat(info.branches()).isEmpty();
        }
    }
}
