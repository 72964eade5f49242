package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tenants and repositories may use, set while a real server runs; and that one tenant leaves room for another. */
class QuotasTest {

    private static final Scope TENANT = new Scope("default", "");
    private static final Scope REPOSITORY = new Scope("default", "photos");
    private static final RepositoryName SECOND = new RepositoryName("default", "second");
    private static final RepositoryName OTHERS = new RepositoryName("other", "photos");

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(51);

    private static Quota bytes(long bytes) {
        return new Quota(bytes, Quota.NONE, Quota.NONE, Quota.NONE);
    }

    private static void set(TestServer server, Scope scope, Quota quota) {
        assertThat(Quotas.open(server.dataFolder()).update(scope, before -> quota))
                .isEqualTo(quota);
    }

    private TestClient.Session session(TestServer server, TestClient client, RepositoryName name) {
        Tenants.open(server.dataFolder()).add(name.tenant());
        TestClient.Session session = client.session(server.device(client, Scope.ALL, Role.WRITE), name);
        session.ask(TestServer.create(TestServer.repositoryId(records)));
        return session;
    }

    private static void assertFull(TestClient.Reply reply, String words) {
        Problem problem = reply.problem();
        assertThat(problem.code()).isEqualTo(ProblemCode.FULL);
        assertThat(problem.message()).contains(words);
        assertThat(problem.hint()).contains("cairn tenant quota");
    }

    @Test
    void batch_overTheRepositorysBytes_isRefusedWhole_andWhatIsThereMayComeAgain() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            SealedRecord first = records.run(1_000);
            session.ask(TestServer.batch(first));
            long used = server.stats().recordBytes();
            set(server, REPOSITORY, bytes(used + 100));
            assertFull(session.reply(TestServer.batch(records.run(41), records.run(1_000))), "repository's quota");
            assertThat(server.stats().recordBytes()).isEqualTo(used);
            assertThat(session.reply(TestServer.batch(first)).status())
                    .as("the same again grows nothing")
                    .isEqualTo(200);
            // Nonsense beside it does.
            assertFull(
                    session.reply(TestServer.batch(records.run(1_000, TestRecords.provided(first)))),
                    "repository's quota");
            set(server, REPOSITORY, Quota.UNLIMITED);
            assertThat(session.reply(TestServer.batch(records.run(5_000))).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void tenantWithoutAQuota_hasThatOfTheServer_numberByNumber() {
        ServerConfiguration configuration = TestServer.configuration(folder).withTenantQuota(bytes(0));
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, ProtocolVersions.OWN);
                TestClient client = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            assertFull(session.reply(TestServer.batch(records.run(41))), "tenant's quota");
            // One of its own, of something else, leaves this one as it is.
            set(server, new Scope("default", ""), new Quota(Quota.NONE, 1_000, Quota.NONE, Quota.NONE));
            assertFull(session.reply(TestServer.batch(records.run(41))), "tenant's quota");
            set(server, new Scope("default", ""), bytes(1 << 20));
            assertThat(session.reply(TestServer.batch(records.run(41))).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void batch_ofNothingAllowed_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            // 0 is nothing, not everything.
            set(server, TENANT, bytes(0));
            assertFull(session.reply(TestServer.batch(records.run(41))), "tenant's quota");
            set(server, TENANT, new Quota(Quota.NONE, 0, Quota.NONE, Quota.NONE));
            assertFull(session.reply(TestServer.batch(records.run(41))), "objects");
            server.restart();
            try (TestClient again = server.client()) {
                TestClient.Session later = server.session(again, Role.WRITE);
                assertFull(later.reply(TestServer.batch(records.run(41))), "objects");
            }
        }
    }

    @Test
    void batch_overTheTenantsBytesInAnotherRepository_isRefused_othersAreNot() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session first = session(server, client, TestServer.NAME);
            TestClient.Session second = session(server, client, SECOND);
            TestClient.Session other = session(server, client, OTHERS);
            first.ask(TestServer.batch(records.run(3_000)));
            set(server, TENANT, bytes(4_000));
            assertFull(second.reply(TestServer.batch(records.run(2_000))), "tenant's quota");
            assertThat(second.reply(TestServer.batch(records.run(200))).status())
                    .isEqualTo(200);
            assertThat(other.reply(TestServer.batch(records.run(9_000))).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void batches_together_doNotPassTheQuotaTogether() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            set(server, TENANT, bytes(10_000));
            List<Future<TestClient.Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                replies.add(session.start(TestServer.batch(records.run(1_500))));
            }
            long stored = replies.stream()
                    .map(TestClient::join)
                    .filter(reply -> reply.status() == 200)
                    .count();
            assertThat(stored).isBetween(4L, 6L);
            assertThat(server.stats().recordBytes()).isBetween(6_000L, 10_000L);
        }
    }

    @Test
    void move_makingMoreBranchesThanAllowed_isRefused_oldOnesMove() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            SealedRecord run = records.run(41);
            SealedRecord page =
                    records.pages(new ProvidedObject(records.id(), List.of(), List.of(TestRecords.provided(run))));
            ObjectId snapshot = records.id();
            session.ask(
                    TestServer.batch(run, page, records.snapshot(snapshot, 1, List.of(), TestRecords.provided(page))));
            session.ask(TestServer.move(records.operation(), snapshot));
            set(server, REPOSITORY, new Quota(Quota.NONE, Quota.NONE, 1, Quota.NONE));
            assertThat(session.ask(TestServer.move(records.operation(), snapshot, snapshot)))
                    .isInstanceOf(Response.Moved.class);
            Request.Move second = new Request.Move(
                    new dev.cairn.cas.BranchMove("side", null, snapshot, List.of(), records.operation()), null);
            Problem problem = session.reply(second).problem();
            assertThat(problem.code()).isEqualTo(ProblemCode.FULL);
            assertThat(problem.message()).contains("1 branches");
        }
    }

    @Test
    void requests_moreAtOnceThanATenantMayHave_areBusy_othersAreServed() {
        ServerLimits limits = new TestLimits().requestsPerTenant(3).limits();
        try (TestServer server = new TestServer(folder, limits);
                TestClient client = server.client();
                TestClient second = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            TestClient.Session other = session(server, second, OTHERS);
            List<HttpClientRequest> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(halfABatch(client, session, TestServer.NAME));
            }
            Eventually.holds(
                    "an answer", () -> session.reply(new Request.Describe()).status() == 503);
            Problem busy = session.reply(new Request.Describe()).problem();
            assertThat(busy.code()).isEqualTo(ProblemCode.BUSY);
            assertThat(busy.retryAfterSeconds()).isPositive();
            assertThat(other.reply(new Request.Describe()).status()).isEqualTo(200);
            open.forEach(request -> request.reset(8));
            Eventually.holds(
                    "an answer", () -> session.reply(new Request.Describe()).status() == 200);
        }
    }

    @Test
    void requests_overTheQuotaOfARepository_areBusyThereOnly() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            TestClient.Session second = session(server, client, SECOND);
            set(server, REPOSITORY, new Quota(Quota.NONE, Quota.NONE, Quota.NONE, 1));
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
            HttpClientRequest open = halfABatch(client, session, TestServer.NAME);
            Eventually.holds(
                    "an answer", () -> session.reply(new Request.Describe()).status() == 503);
            assertThat(second.reply(new Request.Describe()).status()).isEqualTo(200);
            open.reset(8);
        }
    }

    /** Slow bodies of one tenant hold all the room that they may; another tenant's batch is stored meanwhile. */
    @Test
    void bodies_slowOnesOfOneTenant_leaveRoomForAnother() {
        long body = new TestLimits().batches(100_000, 16).limits().protocol().bodyBytes(Route.BATCH);
        ServerLimits limits = new TestLimits()
                .batches(100_000, 16)
                .bodies(Math.max(3 * body, FrameSender.roomBytes(70_000) * 3), 100)
                .limits();
        try (TestServer server = new TestServer(folder, limits);
                TestClient client = server.client();
                TestClient second = server.client()) {
            TestClient.Session session = session(server, client, TestServer.NAME);
            TestClient.Session other = session(server, second, OTHERS);
            server.server().requests().tenants(2);
            for (int i = 0; i < 8; i++) {
                halfABatch(client, session, TestServer.NAME);
            }
            BodyBudget budget = server.server().requests().requestBudget();
            Eventually.holds("an answer", () -> budget.free() < limits.bodyBytesInFlight() - body);
            assertThat(budget.free()).isGreaterThanOrEqualTo(body);
            assertThat(other.reply(TestServer.batch(records.run(10_000))).status())
                    .isEqualTo(200);
        }
    }

    private static HttpClientRequest halfABatch(TestClient client, TestClient.Session session, RepositoryName name) {
        HttpClientRequest request = TestClient.join(client.open("POST", Route.BATCH.path(name), headers(session)));
        request.setChunked(true);
        TestClient.join(request.write(Buffer.buffer(new byte[] {10})));
        return request;
    }

    private static Map<String, String> headers(TestClient.Session session) {
        return session.headers();
    }
}
