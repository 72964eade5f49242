package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLimitsTest {

    @TempDir
    Path folder;

    @Test
    void default_limits_areTheProtocolsOwn() {
        assertThat(ServerLimits.DEFAULT.protocol()).isEqualTo(ProtocolLimits.DEFAULT);
        assertThat(ServerLimits.DEFAULT.bodyBytesInFlight())
                .isGreaterThanOrEqualTo(ProtocolLimits.DEFAULT.bodyBytes(Route.BATCH));
    }

    @Test
    void limits_ofNothing_areRefusedNamingThem() {
        assertRefused(new TestLimits().connections(0), "connections");
        assertRefused(new TestLimits().sessions(0, 1), "sessions");
        assertRefused(new TestLimits().sessions(1, 0), "sessionsPerDevice");
        assertRefused(new TestLimits().openRepositories(0, Duration.ofSeconds(1)), "openRepositories");
        assertRefused(new TestLimits().openRepositories(1, Duration.ZERO), "repositoryIdle");
        assertRefused(new TestLimits().repositoriesPerTenant(0), "repositoriesPerTenant");
        assertRefused(new TestLimits().workers(0, 1), "storeThreads");
        assertRefused(new TestLimits().workers(1, 0), "tasksWaiting");
        assertRefused(new TestLimits().bodies(1 << 30, -1), "bodiesWaiting");
        assertRefused(new TestLimits().idle(Duration.ZERO), "idle");
        assertRefused(new TestLimits().pace(Duration.ZERO, 1), "stall");
        assertRefused(new TestLimits().pace(Duration.ofSeconds(1), -1), "bodyBytesPerSecondMin");
        assertRefused(new TestLimits().closing(Duration.ofSeconds(-1)), "closing");
    }

    @Test
    void limits_lessRoomThanOneBody_areRefused() {
        long body = ProtocolLimits.DEFAULT.bodyBytes(Route.BATCH);
        assertRefused(new TestLimits().bodies(body - 1, 1), "bodyBytesInFlight");
    }

    /** The least room that is accepted is enough for an answer, too: a transfer that never gets it would wait for ever. */
    @Test
    void limits_leastRoom_isEnoughForAnAnswer() {
        TestLimits small = new TestLimits().batches(50_000, 10);
        long least = leastRoom(small);
        TestRecords records = new TestRecords(33);
        RepositoryId id = TestServer.repositoryId(records);
        try (TestServer server = new TestServer(folder, small.bodies(least, 10).limits());
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            SealedRecord run = records.run(40_000);
            session.ask(TestServer.batch(run));
            List<Response> fetched = session.stream(new Request.Fetch(List.of(TestRecords.provided(run))));
            assertThat(fetched).hasSize(2);
        }
    }

    private static long leastRoom(TestLimits limits) {
        long refused = 0;
        long accepted = 1 << 30;
        while (accepted - refused > 1) {
            long middle = (accepted + refused) / 2;
            try {
                accepted = limits.bodies(middle, 10).limits().bodyBytesInFlight();
            } catch (IllegalArgumentException e) {
                refused = middle;
            }
        }
        return accepted;
    }

    private static void assertRefused(TestLimits limits, String what) {
        assertThatThrownBy(limits::limits)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }
}
