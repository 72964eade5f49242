package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server that is killed: what it acknowledged is there, whole, when another starts on its folder. */
@Execution(ExecutionMode.CONCURRENT)
class ServerCrashTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(11);
    private final RepositoryId id = TestServer.repositoryId(records);

    /** A tree on its way in one batch. */
    private record Sent(List<SealedRecord> tree, Future<TestClient.Reply> reply) {

        List<ObjectId> ids() {
            return tree.stream().map(TestRecords::provided).toList();
        }

        boolean isAcknowledged() {
            return TestClient.join(reply.map(answer -> answer.status() == 200).otherwise(false));
        }
    }

    @Test
    void kill9_amongBatches_losesNothingAcknowledged() throws Exception {
        DeviceKey key = DeviceKey.random();
        ObjectId head = records.id();
        List<Sent> sent = new ArrayList<>();
        Map<Boolean, List<Sent>> byOutcome;
        try (ChildServer child = ChildServer.start(folder);
                TestClient client = child.client()) {
            client.enrol(key, child.code());
            TestClient.Session session = client.session(key, TestServer.NAME);
            session.ask(TestServer.create(id));
            session.ask(TestServer.batch(records.tree(head, 1, 1000)));
            session.ask(TestServer.move(records.operation(), head));
            CountDownLatch some = new CountDownLatch(30);
            for (int i = 0; i < 300; i++) {
                List<SealedRecord> tree = records.tree(records.id(), i + 2, 20_000);
                Future<TestClient.Reply> reply = session.start(TestServer.batch(tree));
                sent.add(new Sent(tree, reply.onSuccess(answer -> some.countDown())));
            }
            assertThat(some.await(60, TimeUnit.SECONDS)).isTrue();
            child.kill();
            byOutcome = sent.stream().collect(Collectors.partitioningBy(Sent::isAcknowledged));
        }
        assertThat(byOutcome.get(true)).hasSizeGreaterThanOrEqualTo(30);
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            assertThat(server.server().enrolmentCode()).as("the admin is known").isNull();
            TestClient.Session session = client.session(key, TestServer.NAME);
            Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
            assertThat(info.branches().getFirst().snapshot()).isEqualTo(head);
            assertThat(byOutcome.get(true))
                    .allSatisfy(batch -> assertThat(missing(session, batch)).isEmpty());
            assertThat(byOutcome.get(false))
                    .allSatisfy(batch -> assertThat(missing(session, batch))
                            .as("all or none")
                            .isIn(List.of(), batch.ids()));
            session.ask(TestServer.batch(records.tree(records.id(), 1000, 1000)));
        }
    }

    private static List<ObjectId> missing(TestClient.Session session, Sent batch) {
        return ((Response.MissingIds) session.ask(new Request.Missing(batch.ids(), TestServer.PUSH))).ids();
    }
}
