package dev.cairn.replicator.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.TestRepository;
import dev.cairn.replicator.TransferProgress;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.Request;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Order(2)
class RemoteClientTest {

    private static final RetryPolicy QUICK =
            new RetryPolicy(Duration.ofSeconds(20), Duration.ofMillis(10), Duration.ofMillis(50));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void pushAndPull_overTls_bringsEverythingAndCountsAtTheSocket() throws Exception {
        Path keys = TestServer.makeKeys(folder, "server");
        Fingerprint fingerprint = fingerprint(keys);
        TestRepository local = repository(1500);
        TestRepository other = local.emptyReplica();
        try (TestServer server = new TestServer(keys, fingerprint)) {
            TransferReport pushed;
            try (RemoteClient client = client(server, fingerprint)) {
                pushed = client.push(local.replica(), List.of(), TransferProgress.NONE);
            }
            assertThat(pushed.wire().bytesSent()).isGreaterThan(pushed.result().recordBytesSent());
            assertThat(pushed.wire().bytesSent()).isLessThan(pushed.result().recordBytesSent() * 11 / 10 + 100_000);
            try (RemoteClient client = client(server, fingerprint)) {
                TransferReport pulled = client.pull(other.replica(), List.of(), folder, TransferProgress.NONE);
                assertThat(pulled.wire().bytesReceived())
                        .isGreaterThan(pulled.result().recordBytesReceived());
            }
            assertThat(other.store.branches()).isEqualTo(local.store.branches());
            other.verify(other.store, other.store.branch("main").orElseThrow().snapshot());
        }
    }

    @Test
    void request_serverHasAnotherKey_sendsNothingAndNamesBothKeys() throws Exception {
        Path keys = TestServer.makeKeys(folder, "server");
        Fingerprint pinned = fingerprint(TestServer.makeKeys(folder, "other"));
        Fingerprint actual = fingerprint(keys);
        try (TestServer server = new TestServer(keys, actual);
                RemoteClient client = client(server, pinned)) {
            assertThatThrownBy(client::info)
                    .isInstanceOf(RemoteException.WrongFingerprint.class)
                    .hasMessageContaining(pinned.toString())
                    .hasMessageContaining(actual.toString());
            assertThat(server.nonces).isEmpty();
        }
    }

    @Test
    void fingerprint_ofAServer_isThatOfItsKey() throws Exception {
        Path keys = TestServer.makeKeys(folder, "server");
        try (TestServer server = new TestServer(keys, null)) {
            RemoteUrl url = RemoteUrl.parse("https://127.0.0.1:" + server.port() + "/default/photos");
            assertThat(RemoteClient.fingerprint(url, Duration.ofSeconds(5))).isEqualTo(fingerprint(keys));
            assertThat(server.nonces).isEmpty();
        }
    }

    @Test
    void hello_secondProtocolVersion_saysWhomToUpgrade() throws Exception {
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            server.versions = new ProtocolVersions(2, 3);
            assertThatThrownBy(client::hello).isInstanceOfSatisfying(VersionMismatchException.class, e -> {
                assertThat(e).hasMessageContaining("version 1").hasMessageContaining("versions 2 to 3");
                assertThat(e.hint()).isEqualTo("Upgrade Cairn on the client.");
            });
            ClientIdentity newer = new ClientIdentity(server.device, "test", new ProtocolVersions(4, 5));
            try (RemoteClient later = RemoteClient.open(url(server, null), newer, QUICK)) {
                assertThatThrownBy(later::hello)
                        .isInstanceOfSatisfying(
                                VersionMismatchException.class,
                                e -> assertThat(e.hint()).isEqualTo("Upgrade Cairn on the server."));
            }
        }
    }

    @Test
    void push_serverForgetsSessions_opensNewOnesUnseen() throws Exception {
        TestRepository local = repository(800);
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            AtomicInteger requests = new AtomicInteger();
            server.cut = request -> {
                if (requests.incrementAndGet() % 3 == 0) {
                    server.sessions.clear();
                }
                return false;
            };
            client.push(local.replica(), List.of(), TransferProgress.NONE);
            assertThat(server.sessionsOpened.get()).isGreaterThan(1);
            local.verify(
                    server.store(), server.store().branch("main").orElseThrow().snapshot());
        }
    }

    @Test
    void session_ofADeviceThatIsNotListed_isRefused() throws Exception {
        try (TestServer server = new TestServer(null, null);
                RemoteClient client =
                        RemoteClient.open(url(server, null), ClientIdentity.of(DeviceKey.random(), "test"), QUICK)) {
            assertThatThrownBy(client::info).isInstanceOf(RemoteException.NotAllowed.class);
        }
    }

    @Test
    void enrol_goodAndBadCode_isTakenAndRefused() throws Exception {
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            assertThat(client.enrol("good-code", "a test").tenant()).isEqualTo("default");
            assertThatThrownBy(() -> client.enrol("bad code", "a test"))
                    .isInstanceOf(RemoteException.NotAllowed.class)
                    .hasMessageContaining("no such code");
        }
    }

    @Test
    void push_connectionCutAgainAndAgain_finishes() throws Exception {
        TestRepository local = repository(800);
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            AtomicInteger requests = new AtomicInteger();
            server.cut = request -> requests.incrementAndGet() % 4 == 0;
            client.push(local.replica(), List.of(), TransferProgress.NONE);
            local.verify(
                    server.store(), server.store().branch("main").orElseThrow().snapshot());
        }
    }

    @Test
    void pull_streamsCutAgainAndAgain_goesOnWhereItWas() throws Exception {
        TestRepository remote = repository(800);
        TestRepository local = remote.emptyReplica();
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            server.serve(remote.store);
            TransferReport undisturbed =
                    client.pull(remote.emptyReplica().replica(), List.of(), folder, TransferProgress.NONE);
            AtomicInteger streams = new AtomicInteger();
            server.cutStream = request -> request instanceof Request.Fetch && streams.incrementAndGet() % 5 == 0;
            TransferReport report = client.pull(local.replica(), List.of(), folder, TransferProgress.NONE);
            local.verify(local.store, local.store.branch("main").orElseThrow().snapshot());
            assertThat(streams.get()).isGreaterThan(10);
            // Nothing that arrived is asked for again.
            assertThat(report.result().recordsReceived())
                    .isEqualTo(undisturbed.result().recordsReceived());
        }
    }

    @Test
    void info_nothingPushedYet_saysSo() throws Exception {
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            assertThatThrownBy(client::info).isInstanceOf(RemoteException.NoRepository.class);
        }
    }

    @Test
    void info_nobodyListens_isUnreachableAfterRetries() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        RemoteUrl url = RemoteUrl.parse("http://127.0.0.1:" + port + "/default/photos");
        RetryPolicy policy = new RetryPolicy(Duration.ofMillis(300), Duration.ofMillis(10), Duration.ofMillis(50));
        try (RemoteClient client = RemoteClient.open(url, ClientIdentity.of(DeviceKey.random(), "test"), policy)) {
            assertThatThrownBy(client::info)
                    .isInstanceOf(RemoteException.Unreachable.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    @Test
    void cancel_whilePushing_endsTheCall() throws Exception {
        TestRepository local = repository(800);
        try (TestServer server = new TestServer(null, null);
                RemoteClient client = client(server, null)) {
            server.cut = request -> {
                if (request instanceof Request.Batch) {
                    client.cancel();
                    return true;
                }
                return false;
            };
            assertThatThrownBy(() -> client.push(local.replica(), List.of(), TransferProgress.NONE))
                    .isInstanceOf(RemoteException.Cancelled.class);
        }
    }

    private static TestRepository repository(int chunks) {
        TestRepository repository = TestRepository.make(new SplittableRandom(5));
        repository.fill(chunks);
        repository.snapshot("main");
        return repository;
    }

    private static RemoteClient client(TestServer server, @Nullable Fingerprint fingerprint) {
        return RemoteClient.open(url(server, fingerprint), ClientIdentity.of(server.device, "test"), QUICK);
    }

    private static RemoteUrl url(TestServer server, @Nullable Fingerprint fingerprint) {
        return RemoteUrl.parse(
                fingerprint == null
                        ? "http://127.0.0.1:" + server.port() + "/default/photos"
                        : "https://127.0.0.1:" + server.port() + "/default/photos#" + fingerprint);
    }

    private static Fingerprint fingerprint(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
        return Fingerprint.of(store.getCertificate("server").getPublicKey());
    }
}
