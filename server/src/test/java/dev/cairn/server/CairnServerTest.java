package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CairnServerTest {

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(1);
    private final RepositoryId id = TestServer.repositoryId(records);

    @Test
    void requests_ofAWholePushAndPull_storeAndReturnEveryRecord() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            pushAndPull(server, client);
        }
    }

    @Test
    void requests_overTls_storeAndReturnEveryRecord() {
        ServerConfiguration configuration =
                TestServer.configuration(folder).withTransport(new ServerConfiguration.Transport.SelfMadeCertificate());
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, Surroundings.SYSTEM.versions());
                TestClient client = server.client()) {
            assertThat(server.server().url()).startsWith("https://127.0.0.1:");
            assertThat(server.server().fingerprint()).isPresent();
            pushAndPull(server, client);
        }
    }

    private void pushAndPull(TestServer server, TestClient client) {
        DeviceKey key = DeviceKey.random();
        Greeting.Enrolled enrolled =
                client.enrol(key, Objects.requireNonNull(server.server().enrolmentCode()));
        assertThat(enrolled.role()).isEqualTo(Role.ADMIN);
        TestClient.Session session = client.session(key, TestServer.NAME);
        assertThat(session.reply(new Request.Describe()).status()).isEqualTo(404);
        session.ask(TestServer.create(id));

        ObjectId snapshot = records.id();
        List<SealedRecord> tree = records.tree(snapshot, 1, 300_000);
        List<ObjectId> all = tree.stream().map(TestRecords::provided).toList();
        assertThat(((Response.MissingIds) session.ask(new Request.Missing(all, TestServer.PUSH))).ids())
                .isEqualTo(all);
        Response.BatchStored stored = (Response.BatchStored) session.ask(TestServer.batch(tree));
        assertThat(stored.recordsStored()).isEqualTo(3);
        assertThat(((Response.MissingIds) session.ask(new Request.Missing(all, TestServer.PUSH))).ids())
                .isEmpty();
        Response.Moved moved = (Response.Moved) session.ask(TestServer.move(records.operation(), snapshot));
        assertThat(moved.outcome()).isInstanceOf(BranchMove.Outcome.Moved.class);

        Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
        assertThat(info.repository()).isEqualTo(id);
        assertThat(info.branches()).hasSize(1);
        assertThat(info.configuration().bytes()).containsExactly(1, 2, 3);
        List<Response> snapshots = session.stream(new Request.Snapshots());
        assertThat(((Response.SnapshotList) snapshots.getFirst())
                        .snapshots()
                        .getFirst()
                        .snapshot())
                .isEqualTo(snapshot);
        List<Response> diff = session.stream(new Request.Diff(List.of(snapshot), List.of(), 0));
        assertThat(diff).hasSize(3).last().isEqualTo(new Response.End(2));
        List<Response> fetched = session.stream(new Request.Fetch(List.of(all.getFirst())));
        assertThat(((Response.FetchedRecord) fetched.getFirst()).record())
                .isEqualTo(tree.getFirst().bytes());
        assertThat(fetched.getLast()).isEqualTo(new Response.End(1));
    }

    @Test
    void start_again_keepsIdCertificateDevicesAndRepositories() {
        ServerConfiguration configuration =
                TestServer.configuration(folder).withTransport(new ServerConfiguration.Transport.SelfMadeCertificate());
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, Surroundings.SYSTEM.versions())) {
            ObjectId snapshot = records.id();
            DeviceKey key;
            Greeting.HelloAnswer before;
            var fingerprint = server.server().fingerprint();
            try (TestClient client = server.client()) {
                key = server.device(client, Scope.ALL, Role.ADMIN);
                before = client.hello();
                TestClient.Session session = client.session(key, TestServer.NAME);
                session.ask(TestServer.create(id));
                session.ask(TestServer.batch(records.tree(snapshot, 1, 1000)));
                session.ask(TestServer.move(records.operation(), snapshot));
            }
            server.restart();
            try (TestClient client = server.client()) {
                assertThat(server.server().fingerprint()).isEqualTo(fingerprint);
                assertThat(server.server().enrolmentCode()).isNull();
                assertThat(client.hello().server()).isEqualTo(before.server());
                Response.RepositoryInfo info = (Response.RepositoryInfo)
                        client.session(key, TestServer.NAME).ask(new Request.Describe());
                assertThat(info.branches().getFirst().snapshot()).isEqualTo(snapshot);
            }
        }
    }

    @Test
    void requests_ofTwoClientsAtOnce_areAllStored() {
        try (TestServer server = new TestServer(folder);
                TestClient first = server.client();
                TestClient second = server.client()) {
            server.session(first, Role.WRITE).ask(TestServer.create(id));
            List<TestClient.Session> sessions =
                    List.of(server.session(first, Role.APPEND), server.session(second, Role.APPEND));
            List<Future<TestClient.Reply>> replies = new ArrayList<>();
            List<ObjectId> ids = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                SealedRecord run = records.run(100_000);
                ids.add(TestRecords.provided(run));
                replies.add(sessions.get(i % 2).start(TestServer.batch(run)));
            }
            replies.forEach(reply ->
                    assertThat(TestClient.join(reply).orThrow().status()).isEqualTo(200));
            assertThat(((Response.MissingIds) sessions.getFirst().ask(new Request.Missing(ids, TestServer.PUSH))).ids())
                    .isEmpty();
        }
    }

    @Test
    void health_ofARunningServer_isOkAndTellsNothing() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Reply reply = client.send("GET", "/health", Map.of(), new byte[0]);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).asString().isEqualTo("ok\n");
        }
    }

    @Test
    void start_onAFolderThatIsServed_isBusy() {
        try (TestServer server = new TestServer(folder)) {
            assertThatThrownBy(() -> CairnServer.start(TestServer.configuration(folder)))
                    .isInstanceOf(StoreBusyException.class)
                    .hasMessageContaining(server.dataFolder().toString());
        }
    }

    @Test
    void start_onAFolderWithSomethingElse_leavesItAlone() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> CairnServer.start(TestServer.configuration(folder)))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("letter.txt");
        try (var children = Files.list(data)) {
            assertThat(children.toList()).containsExactly(data.resolve("letter.txt"));
        }
    }

    @Test
    void start_onAPortInUse_failsAndLetsTheFolderGo() throws IOException {
        try (TestServer other = new TestServer(folder.resolve("other"))) {
            ServerConfiguration taken = TestServer.configuration(folder)
                    .withAddress("127.0.0.1", other.server().port());
            assertThatThrownBy(() -> CairnServer.start(taken))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "listen on 127.0.0.1:" + other.server().port());
        }
        CairnServer.start(TestServer.configuration(folder)).close();
    }

    @Test
    void configuration_inClearBeyondLoopback_isRefused() {
        assertThatThrownBy(() -> TestServer.configuration(folder).withAddress("0.0.0.0", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loopback");
    }
}
