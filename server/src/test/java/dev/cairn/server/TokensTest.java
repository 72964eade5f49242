package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.Claims;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import dev.cairn.replicator.protocol.ServerId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a session, and what a session opens. */
class TokensTest {

    private static final RepositoryName OTHER = new RepositoryName("default", "letters");

    @TempDir
    Path folder;

    private final TestRecords records = new TestRecords(3);
    private final RepositoryId id = TestServer.repositoryId(records);

    private static void assertRefused(TestClient.Reply reply, ProblemCode code) {
        Problem problem = reply.problem();
        assertThat(problem.code()).as(problem.message()).isEqualTo(code);
        assertThat(problem.hint()).isNotEmpty();
    }

    @Test
    void session_nonceOutOfDate_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            Greeting.HelloAnswer hello = client.hello();
            assertThat(hello.nonceSeconds()).isEqualTo(120);
            Greeting.Token token = key.token(hello, null, TestServer.NAME);
            server.putClockForward(Duration.ofSeconds(121));
            assertRefused(client.sessionReply(token), ProblemCode.TOKEN_REFUSED);
            assertThat(client.sessionReply(client.token(key, TestServer.NAME)).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void session_tokenSentTwice_isRefusedTheSecondTime() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            Greeting.Token token = client.token(key, TestServer.NAME);
            assertThat(client.sessionReply(token).status()).isEqualTo(200);
            assertRefused(client.sessionReply(token), ProblemCode.TOKEN_REFUSED);
        }
    }

    @Test
    void session_nonceOfAnotherToken_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey first = server.device(client, Scope.ALL, Role.READ);
            DeviceKey second = server.device(client, Scope.ALL, Role.READ);
            Greeting.HelloAnswer hello = client.hello();
            assertThat(client.sessionReply(first.token(hello, null, TestServer.NAME))
                            .status())
                    .isEqualTo(200);
            assertRefused(client.sessionReply(second.token(hello, null, TestServer.NAME)), ProblemCode.TOKEN_REFUSED);
        }
    }

    @Test
    void session_nonceFromBeforeARestart_isRefused() {
        try (TestServer server = new TestServer(folder)) {
            DeviceKey key;
            Greeting.Token token;
            try (TestClient client = server.client()) {
                key = server.device(client, Scope.ALL, Role.READ);
                token = client.token(key, TestServer.NAME);
            }
            server.restart();
            try (TestClient client = server.client()) {
                assertRefused(client.sessionReply(token), ProblemCode.TOKEN_REFUSED);
            }
        }
    }

    @Test
    void session_tokenForAnotherServer_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            Greeting.HelloAnswer hello = client.hello();
            ServerId other = new ServerId(hello.server().high(), hello.server().low() ^ 1);
            byte[] signature = key.sign(Claims.token(key.id(), other, null, TestServer.NAME, hello.nonce()));
            assertRefused(
                    client.sessionReply(new Greeting.Token(key.id(), other, TestServer.NAME, hello.nonce(), signature)),
                    ProblemCode.TOKEN_REFUSED);
            assertRefused(
                    client.sessionReply(
                            new Greeting.Token(key.id(), hello.server(), TestServer.NAME, hello.nonce(), signature)),
                    ProblemCode.TOKEN_REFUSED);
            assertThat(client.sessionReply(key.token(hello, null, TestServer.NAME))
                            .status())
                    .as("what was refused did not use the nonce up")
                    .isEqualTo(200);
        }
    }

    /** Somebody in between, with a certificate of their own, can do nothing with what a client signs for them. */
    @Test
    void session_tokenForAnotherFingerprint_isRefused() {
        ServerConfiguration configuration =
                TestServer.configuration(folder).withTransport(new ServerConfiguration.Transport.SelfMadeCertificate());
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, ProtocolVersions.OWN);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            Fingerprint other = Fingerprint.parse("sha256:" + "5a".repeat(32));
            Greeting.HelloAnswer hello = client.hello();
            assertRefused(client.sessionReply(key.token(hello, other, TestServer.NAME)), ProblemCode.TOKEN_REFUSED);
            assertRefused(client.sessionReply(key.token(hello, null, TestServer.NAME)), ProblemCode.TOKEN_REFUSED);
            assertThat(client.sessionReply(client.token(key, TestServer.NAME)).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void session_tokenForAnotherRepository_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            Greeting.Token token = client.token(key, OTHER);
            Greeting.Token renamed = new Greeting.Token(
                    token.device(), token.server(), TestServer.NAME, token.nonce(), token.signature());
            assertRefused(client.sessionReply(renamed), ProblemCode.TOKEN_REFUSED);
        }
    }

    @Test
    void session_wrongSignature_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            Greeting.Token token = client.token(key, TestServer.NAME);
            byte[] signature = token.signature().clone();
            signature[17] ^= 4;
            assertRefused(client.sessionReply(signed(token, signature)), ProblemCode.TOKEN_REFUSED);
            assertRefused(client.sessionReply(signed(token, new byte[64])), ProblemCode.TOKEN_REFUSED);
            byte[] byAnother = DeviceKey.random()
                    .sign(Claims.token(key.id(), token.server(), null, TestServer.NAME, token.nonce()));
            assertRefused(client.sessionReply(signed(token, byAnother)), ProblemCode.TOKEN_REFUSED);
            assertThat(client.sessionReply(token).status()).isEqualTo(200);
        }
    }

    private static Greeting.Token signed(Greeting.Token token, byte[] signature) {
        return new Greeting.Token(token.device(), token.server(), token.name(), token.nonce(), signature);
    }

    @Test
    void session_unknownDevice_isNotAllowed() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            assertRefused(
                    client.sessionReply(client.token(DeviceKey.random(), TestServer.NAME)), ProblemCode.NOT_ALLOWED);
        }
    }

    @Test
    void session_repositoryOutsideTheScope_isNotAllowed() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, new Scope("default", "photos"), Role.ADMIN);
            assertRefused(client.sessionReply(client.token(key, OTHER)), ProblemCode.NOT_ALLOWED);
            assertRefused(
                    client.sessionReply(client.token(key, new RepositoryName("office", "photos"))),
                    ProblemCode.NOT_ALLOWED);
            assertThat(client.session(key, TestServer.NAME).greeting().role()).isEqualTo(Role.ADMIN);
        }
    }

    @Test
    void request_sessionOutOfDate_isTokenExpired() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            assertThat(session.greeting().seconds()).isEqualTo(300);
            server.putClockForward(Duration.ofSeconds(299));
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
            server.putClockForward(Duration.ofSeconds(2));
            assertRefused(session.reply(new Request.Describe()), ProblemCode.TOKEN_EXPIRED);
        }
    }

    @Test
    void request_sessionFromBeforeARestart_isTokenExpired() {
        try (TestServer server = new TestServer(folder)) {
            Map<String, String> headers;
            try (TestClient client = server.client()) {
                headers = server.made(client, id).headers();
            }
            server.restart();
            try (TestClient client = server.client()) {
                assertRefused(
                        client.send("GET", Route.INFO.path(TestServer.NAME), headers, new byte[0]),
                        ProblemCode.TOKEN_EXPIRED);
            }
        }
    }

    @Test
    void request_withoutAWellFormedSecret_isTokenExpired() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            String good = String.valueOf(session.headers().get("authorization"));
            byte[] random = new byte[Greeting.SECRET_BYTES];
            new SecureRandom().nextBytes(random);
            List<String> headers = List.of(
                    "",
                    "Bearer",
                    "Bearer ",
                    "bearer" + good.substring(6),
                    "Basic" + good.substring(6),
                    good + "A",
                    good.substring(0, good.length() - 1),
                    good + " " + good,
                    "Bearer " + "A".repeat(4000),
                    "Bearer " + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
            for (String header : headers) {
                assertRefused(info(client, Map.of("authorization", header)), ProblemCode.TOKEN_EXPIRED);
            }
            assertRefused(info(client, Map.of()), ProblemCode.TOKEN_EXPIRED);
            assertThat(info(client, Map.of("authorization", good)).status()).isEqualTo(200);
        }
    }

    private static TestClient.Reply info(TestClient client, Map<String, String> headers) {
        return client.send("GET", Route.INFO.path(TestServer.NAME), headers, new byte[0]);
    }

    @Test
    void request_deviceRevoked_isRefusedAtItsVeryNextRequest() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            server.made(client, id);
            DeviceKey key = server.device(client, Scope.ALL, Role.ADMIN);
            TestClient.Session session = client.session(key, TestServer.NAME);
            Greeting.Token ready = client.token(key, TestServer.NAME);
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
            assertThat(server.registry().revoke(key.id())).isTrue();
            assertRefused(session.reply(new Request.Describe()), ProblemCode.NOT_ALLOWED);
            assertRefused(session.reply(TestServer.batch(records.run(41))), ProblemCode.NOT_ALLOWED);
            assertRefused(client.sessionReply(ready), ProblemCode.NOT_ALLOWED);
            assertThat(server.stats().records()).isZero();
            assertThat(server.registry().revoke(key.id())).as("once is enough").isFalse();
        }
    }

    @Test
    void request_roleChangedByAnotherProcess_countsAtTheNextRequest() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            server.made(client, id);
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            TestClient.Session session = client.session(key, TestServer.NAME);
            Request.Configure change = new Request.Configure(1, new byte[] {7});
            assertRefused(session.reply(change), ProblemCode.NOT_ALLOWED);
            DeviceRegistry elsewhere = server.registry();
            elsewhere.enrol(
                    elsewhere.issueCode(Scope.ALL, Role.WRITE, Duration.ofMinutes(1)), key.publicKey(), "again");
            assertThat(((Response.Configured) session.ask(change)).replaced()).isTrue();
            Response.RepositoryInfo info = (Response.RepositoryInfo) session.ask(new Request.Describe());
            assertThat(info.role()).isEqualTo(Role.WRITE);
        }
    }

    @Test
    void request_sessionOfOneRepository_doesNotOpenAnother() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            TestClient.Session session = server.made(client, id);
            for (Route route : Route.values()) {
                assertRefused(
                        client.send(route.method(), route.path(OTHER), session.headers(), new byte[0]),
                        ProblemCode.NOT_ALLOWED);
            }
            assertThat(server.dataFolder().resolve("tenants/default/letters")).doesNotExist();
            assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    @Test
    void session_tooManyOfADevice_itsOldestMakesRoom() {
        try (TestServer server =
                        new TestServer(folder, new TestLimits().sessions(100, 2).limits());
                TestClient client = server.client()) {
            TestClient.Session admin = server.made(client, id);
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            List<TestClient.Session> sessions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sessions.add(client.session(key, TestServer.NAME));
            }
            assertRefused(sessions.get(0).reply(new Request.Describe()), ProblemCode.TOKEN_EXPIRED);
            assertThat(sessions.get(1).reply(new Request.Describe()).status()).isEqualTo(200);
            assertThat(sessions.get(2).reply(new Request.Describe()).status()).isEqualTo(200);
            assertThat(admin.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }

    @Test
    void session_tooManyInAll_theOldestMakesRoom() {
        try (TestServer server =
                        new TestServer(folder, new TestLimits().sessions(2, 2).limits());
                TestClient client = server.client()) {
            TestClient.Session first = server.made(client, id);
            TestClient.Session second = server.session(client, Role.READ);
            assertThat(first.reply(new Request.Describe()).status()).isEqualTo(200);
            TestClient.Session third = server.session(client, Role.READ);
            assertRefused(first.reply(new Request.Describe()), ProblemCode.TOKEN_EXPIRED);
            assertThat(second.reply(new Request.Describe()).status()).isEqualTo(200);
            assertThat(third.reply(new Request.Describe()).status()).isEqualTo(200);
        }
    }
}
