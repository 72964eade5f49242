package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.Request;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkersTest {

    @TempDir
    Path folder;

    @Test
    void runSoon_queueFull_isDropped() {
        Gate gate = new Gate();
        AtomicInteger done = new AtomicInteger();
        try (Workers workers = new Workers(1, 1)) {
            workers.runSoon(() -> {
                gate.pass();
                done.incrementAndGet();
            });
            gate.awaitArrivals(1);
            for (int i = 0; i < 3; i++) {
                workers.runSoon(done::incrementAndGet);
            }
            gate.open();
        }
        assertThat(done).as("one that ran, one that waited").hasValue(2);
    }

    @Test
    void close_tasksUnderWay_waitsForThemAndTakesNoMore() {
        AtomicInteger done = new AtomicInteger();
        Workers workers = new Workers(2, 10);
        for (int i = 0; i < 8; i++) {
            workers.runSoon(done::incrementAndGet);
        }
        workers.close();
        assertThat(done).hasValue(8);
        workers.runSoon(done::incrementAndGet);
        assertThat(done).hasValue(8);
        workers.close();
    }

    /** One thread that stands still, one task in line: whoever comes next is told to come back, and everything is well later. */
    @Test
    void run_queueFull_answersBusyAndLosesNoRoom() throws InterruptedException {
        TestRecords records = new TestRecords(32);
        RepositoryId id = TestServer.repositoryId(records);
        WatchedStores stores = new WatchedStores();
        ServerLimits limits = new TestLimits().workers(1, 1).limits();
        try (TestServer server = new TestServer(folder, limits, stores);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            Gate gate = new Gate();
            stores.watch(new WatchedStore.Watcher() {
                @Override
                public void asksForMissing() {
                    gate.pass();
                }
            });
            Request.Missing question = new Request.Missing(List.of(records.id()), TestServer.PUSH);
            Future<TestClient.Reply> held = session.start(question);
            gate.awaitArrivals(1);
            Queue<TestClient.Reply> refused = new ConcurrentLinkedQueue<>();
            CountDownLatch two = new CountDownLatch(2);
            List<SealedRecord> runs = List.of(records.run(1000), records.run(1000), records.run(1000));
            List<Future<TestClient.Reply>> replies = new ArrayList<>();
            for (SealedRecord run : runs) {
                replies.add(session.start(TestServer.batch(run)).onSuccess(reply -> {
                    refused.add(reply);
                    two.countDown();
                }));
            }
            assertThat(two.await(60, TimeUnit.SECONDS))
                    .as("two find no room in line")
                    .isTrue();
            List<TestClient.Reply> early = List.copyOf(refused);
            gate.open();
            assertThat(early).hasSize(2).allSatisfy(reply -> {
                assertThat(reply.problem().code()).isEqualTo(ProblemCode.BUSY);
                assertThat(reply.problem().retryAfterSeconds()).isPositive();
            });
            assertThat(TestClient.join(held).status()).isEqualTo(200);
            assertThat(replies.stream().map(reply -> TestClient.join(reply).status()))
                    .containsExactlyInAnyOrder(503, 503, 200);
            assertThat(server.stats().records()).isEqualTo(1);
            long whole = limits.bodyBytesInFlight();
            Eventually.holds(
                    "all room for bodies is free",
                    () -> server.server().requests().requestBudget().free() == whole);
        }
    }
}
