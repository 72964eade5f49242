package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A server that stops while it is used: what it acknowledged is there when it starts again. */
@Isolated("hears what servers of this process log")
class CleanStopTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(10);
    private final RepositoryId id = TestServer.repositoryId(records);

    /** Batches on their way, each with what it provides. */
    private record Sent(ObjectId object, Future<TestClient.Reply> reply) {

        /** Whether it was acknowledged; false if it failed, was refused, or nobody knows. */
        boolean isAcknowledged() {
            return TestClient.join(reply.map(answer -> answer.status() == 200).otherwise(false));
        }
    }

    private Sent send(TestClient.Session session) {
        SealedRecord run = records.run(5_000);
        return new Sent(TestRecords.provided(run), session.start(TestServer.batch(run)));
    }

    private static Thread close(TestServer server) {
        return Thread.ofPlatform().start(server::close);
    }

    private static void awaitStopping(TestClient client) {
        Eventually.holds(
                "the server says that it stops",
                () -> client.send("GET", "/health", Map.of(), new byte[0]).status() == 503);
    }

    private static List<ObjectId> missing(TestServer server, DeviceKey key, List<ObjectId> ids) {
        try (TestClient client = server.client()) {
            return ((Response.MissingIds)
                            client.session(key, TestServer.NAME).ask(new Request.Missing(ids, TestServer.PUSH)))
                    .ids();
        }
    }

    @Test
    void close_whileBatchesAreUnderWay_acknowledgesThemAndTakesNoMore() throws InterruptedException {
        WatchedStores stores = new WatchedStores();
        try (TestServer server = new TestServer(folder, ServerLimits.DEFAULT, stores);
                TestClient client = server.client();
                TestClient other = server.client()) {
            server.made(client, id);
            DeviceKey key = server.device(client, Scope.ALL, Role.APPEND);
            TestClient.Session session = client.session(key, TestServer.NAME);
            Gate gate = new Gate();
            stores.watch(new WatchedStore.Watcher() {
                @Override
                public void submits(List<SealedRecord> submitted) {
                    gate.pass();
                }
            });
            List<Sent> held = List.of(send(session), send(session), send(session));
            gate.awaitArrivals(3);
            Thread closing = close(server);
            awaitStopping(other);
            TestClient.Reply late = session.reply(TestServer.batch(records.run(100)));
            assertThat(late.problem().code()).isEqualTo(ProblemCode.BUSY);
            assertThat(other.helloReply(ProtocolVersions.OWN).problem().code()).isEqualTo(ProblemCode.BUSY);
            gate.open();
            assertThat(held).allMatch(Sent::isAcknowledged);
            closing.join();
            stores.watch(WatchedStore.Watcher.NONE);
            server.restart();
            assertThat(missing(server, key, held.stream().map(Sent::object).toList()))
                    .isEmpty();
            assertThat(server.stats().records()).isEqualTo(3);
        }
    }

    @Test
    void close_whileTheStoreStandsStill_cutsOffAndLosesNothingAcknowledged() throws InterruptedException {
        WatchedStores stores = new WatchedStores();
        ServerLimits hasty = new TestLimits().closing(Duration.ofMillis(100)).limits();
        try (ServerLog log = new ServerLog();
                TestServer server = new TestServer(folder, hasty, stores);
                TestClient client = server.client()) {
            server.made(client, id);
            DeviceKey key = server.device(client, Scope.ALL, Role.APPEND);
            TestClient.Session session = client.session(key, TestServer.NAME);
            List<Sent> stored = List.of(send(session), send(session));
            assertThat(stored).allMatch(Sent::isAcknowledged);
            Gate gate = new Gate();
            stores.watch(new WatchedStore.Watcher() {
                @Override
                public void submits(List<SealedRecord> submitted) {
                    gate.pass();
                }
            });
            List<Sent> held = List.of(send(session), send(session));
            gate.awaitArrivals(2);
            Thread closing = close(server);
            assertThat(held).as("the client learns that it does not know").noneMatch(Sent::isAcknowledged);
            gate.open();
            closing.join();
            assertThat(log.warnings()).contains("requests under way are cut off");
            stores.watch(WatchedStore.Watcher.NONE);
            server.restart();
            assertThat(missing(server, key, stored.stream().map(Sent::object).toList()))
                    .isEmpty();
            try (TestClient again = server.client()) {
                TestClient.Session repeated = again.session(key, TestServer.NAME);
                assertThat(send(repeated).isAcknowledged()).isTrue();
            }
        }
    }

    @Test
    void close_amongManyBatches_losesNoneThatWasAcknowledged() throws InterruptedException {
        try (TestServer server = new TestServer(folder);
                TestClient first = server.client();
                TestClient second = server.client()) {
            server.made(first, id);
            DeviceKey key = server.device(first, Scope.ALL, Role.APPEND);
            List<TestClient.Session> sessions =
                    List.of(first.session(key, TestServer.NAME), second.session(key, TestServer.NAME));
            CountDownLatch some = new CountDownLatch(40);
            List<Sent> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Sent batch = send(sessions.get(i % 2));
                batch.reply().onSuccess(reply -> some.countDown());
                sent.add(batch);
            }
            assertThat(some.await(60, TimeUnit.SECONDS)).isTrue();
            server.server().close();
            List<ObjectId> acknowledged =
                    sent.stream().filter(Sent::isAcknowledged).map(Sent::object).toList();
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(40);
            server.restart();
            assertThat(missing(server, key, acknowledged)).isEmpty();
        }
    }

    @Test
    void close_whileAClientTakesNoAnswer_doesNotWaitForIt() throws InterruptedException {
        ServerLimits hasty = new TestLimits().closing(Duration.ofMillis(100)).limits();
        try (ServerLog log = new ServerLog();
                TestServer server = new TestServer(folder, hasty);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            List<SealedRecord> large = List.of(records.run(7_000_000), records.run(7_000_000));
            large.forEach(run -> session.ask(TestServer.batch(run)));
            HttpClientRequest request =
                    TestClient.join(client.open("POST", Route.FETCH.path(TestServer.NAME), session.headers()));
            Future<HttpClientResponse> answer = request.response()
                    .onSuccess(response -> response.exceptionHandler(e -> {}).pause());
            List<ObjectId> ids = large.stream().map(TestRecords::provided).toList();
            request.end(Buffer.buffer(TestClient.body(new Request.Fetch(ids))));
            assertThat(TestClient.join(answer).statusCode()).isEqualTo(200);
            Thread closing = close(server);
            closing.join(60_000);
            assertThat(closing.isAlive()).isFalse();
            assertThat(log.warnings()).contains("requests under way are cut off");
            server.restart();
            assertThat(server.stats().records()).isEqualTo(2);
        }
    }

    @Test
    void close_twice_isDoneOnce() {
        TestServer server = new TestServer(folder);
        server.close();
        server.close();
        server.restart();
        server.close();
    }

    @Test
    void start_afterACrash_removesWhatWasUnfinished() throws IOException {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            server.made(client, id);
        }
        Path tenant = folder.resolve("data/tenants/default");
        Path leftover = Files.createDirectories(tenant.resolve(".new-00112233/index"));
        Files.writeString(leftover.resolve("data.mdb"), "half a repository");
        try (TestServer server = new TestServer(folder)) {
            try (var children = Files.list(tenant)) {
                assertThat(children.toList()).containsExactly(tenant.resolve("photos"));
            }
            assertThat(server.stats().records()).isZero();
        }
    }
}
