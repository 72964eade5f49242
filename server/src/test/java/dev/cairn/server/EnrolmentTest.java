package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a device gets onto the list, and who does not. */
class EnrolmentTest {

    private static final Duration MINUTES = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private static void assertRefused(TestClient.Reply reply, ProblemCode code) {
        Problem problem = reply.problem();
        assertThat(problem.code()).as(problem.message()).isEqualTo(code);
        assertThat(problem.hint()).isNotEmpty();
    }

    @Test
    void enrol_codeUsedByAnotherKey_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            String code = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            DeviceKey first = DeviceKey.random();
            DeviceKey second = DeviceKey.random();
            client.enrol(first, code);
            assertRefused(client.enrolReply(second, code), ProblemCode.ENROLMENT_REFUSED);
            assertThat(server.registry().devices()).extracting(Device::id).containsExactly(first.id());
            assertRefused(client.sessionReply(client.token(second, TestServer.NAME)), ProblemCode.NOT_ALLOWED);
        }
    }

    @Test
    void enrol_codeRepeatedByTheSameKey_getsTheSameAnswer() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = DeviceKey.random();
            String code = server.registry().issueCode(new Scope("default", ""), Role.APPEND, MINUTES);
            Greeting.Enrolled first = client.enrol(key, code);
            assertThat(client.enrol(key, code)).isEqualTo(first);
            server.putClockForward(MINUTES.plusSeconds(1));
            assertThat(client.enrol(key, code))
                    .as("when it is too old for others")
                    .isEqualTo(first);
            assertThat(client.enrol(key, code.toLowerCase(Locale.ROOT).replace('-', ' ')))
                    .as("typed otherwise")
                    .isEqualTo(first);
            assertThat(server.registry().devices()).hasSize(1);
        }
    }

    @Test
    void enrol_sameCodeByManyKeysAtOnce_letsOneIn() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            String code = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            List<Future<TestClient.Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Greeting.Enrol enrol = DeviceKey.random().enrol(client.hello(), null, code, "a test");
                replies.add(client.start(
                        "POST",
                        Route.ENROL_PATH,
                        Map.of("content-type", Route.CONTENT_TYPE),
                        GreetingCodec.encode(enrol)));
            }
            assertThat(replies.stream().map(reply -> TestClient.join(reply).status()))
                    .containsOnlyOnce(200)
                    .containsOnly(200, 403);
            assertThat(server.registry().devices()).hasSize(1);
        }
    }

    @Test
    void enrol_codeTooOld_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            String code = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            server.putClockForward(MINUTES.plusSeconds(1));
            assertRefused(client.enrolReply(DeviceKey.random(), code), ProblemCode.ENROLMENT_REFUSED);
            assertThat(server.registry().devices()).isEmpty();
        }
    }

    @Test
    void enrol_unknownCode_isRefused() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            for (String code : List.of("", "-", EnrolmentCode.random(), "'; drop", "0".repeat(128))) {
                assertRefused(client.enrolReply(DeviceKey.random(), code), ProblemCode.ENROLMENT_REFUSED);
            }
            assertThat(client.enrolReply(DeviceKey.random(), "0".repeat(129))
                            .problem()
                            .code())
                    .isEqualTo(ProblemCode.TOO_LARGE);
            assertThat(server.registry().devices()).isEmpty();
        }
    }

    @Test
    void enrol_codesOfDifferentRolesAndScopes_giveThose() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            Scope[] scopes = {Scope.ALL, new Scope("home", ""), new Scope("home", "photos")};
            for (Role role : Role.values()) {
                for (Scope scope : scopes) {
                    DeviceKey key = DeviceKey.random();
                    Greeting.Enrolled enrolled =
                            client.enrol(key, server.registry().issueCode(scope, role, MINUTES));
                    assertThat(enrolled)
                            .isEqualTo(new Greeting.Enrolled(key.id(), scope.tenant(), scope.repository(), role));
                }
            }
            assertThat(server.registry().devices()).hasSize(12).allSatisfy(device -> {
                assertThat(device.name()).isEqualTo("a test");
                assertThat(device.revoked()).isNull();
            });
        }
    }

    @Test
    void enrol_sameKeyWithASecondCode_hasBoth() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = server.device(client, Scope.ALL, Role.READ);
            client.enrol(key, server.registry().issueCode(new Scope("default", "photos"), Role.WRITE, MINUTES));
            assertThat(client.session(key, TestServer.NAME).greeting().role()).isEqualTo(Role.WRITE);
            assertThat(client.session(key, new dev.cairn.replicator.protocol.RepositoryName("default", "letters"))
                            .greeting()
                            .role())
                    .isEqualTo(Role.READ);
        }
    }

    @Test
    void enrol_afterItWasRevoked_needsANewCode() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = DeviceKey.random();
            String code = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            client.enrol(key, code);
            server.registry().revoke(key.id());
            assertRefused(client.enrolReply(key, code), ProblemCode.ENROLMENT_REFUSED);
            client.enrol(key, server.registry().issueCode(Scope.ALL, Role.APPEND, MINUTES));
            assertThat(client.session(key, TestServer.NAME).greeting().role()).isEqualTo(Role.APPEND);
        }
    }

    @Test
    void enrol_nonceUsedOrTooOld_isRefusedAndKeepsTheCode() {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            DeviceKey key = DeviceKey.random();
            String used = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            String code = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            Greeting.HelloAnswer hello = client.hello();
            assertThat(enrol(client, key.enrol(hello, null, used, "")).status()).isEqualTo(200);
            assertRefused(enrol(client, key.enrol(hello, null, code, "")), ProblemCode.TOKEN_REFUSED);
            Greeting.HelloAnswer old = client.hello();
            server.putClockForward(Duration.ofSeconds(121));
            assertRefused(enrol(client, key.enrol(old, null, code, "")), ProblemCode.TOKEN_REFUSED);
            assertThat(client.enrol(DeviceKey.random(), code).role()).isEqualTo(Role.READ);
        }
    }

    @Test
    void enrol_notSignedForThis_isRefusedAndKeepsTheCode() {
        ServerConfiguration configuration =
                TestServer.configuration(folder).withTransport(new ServerConfiguration.Transport.SelfMadeCertificate());
        try (TestServer server = new TestServer(configuration, StoreOpener.LMDB, ProtocolVersions.OWN);
                TestClient client = server.client()) {
            Fingerprint own = server.server().fingerprint().orElseThrow();
            Fingerprint other = Fingerprint.parse("sha256:" + "5a".repeat(32));
            String code = server.registry().issueCode(Scope.ALL, Role.READ, MINUTES);
            DeviceKey key = DeviceKey.random();
            Greeting.HelloAnswer hello = client.hello();
            Greeting.Enrol good = key.enrol(hello, own, code, "laptop");
            Greeting.Enrol[] forged = {
                key.enrol(hello, other, code, "laptop"),
                key.enrol(hello, null, code, "laptop"),
                new Greeting.Enrol(code, good.publicKey(), "phone", good.nonce(), good.signature()),
                new Greeting.Enrol(code, DeviceKey.random().publicKey(), "laptop", good.nonce(), good.signature()),
                new Greeting.Enrol(code, good.publicKey(), "laptop", good.nonce(), new byte[64]),
                new Greeting.Enrol(
                        code, good.publicKey(), "laptop", client.hello().nonce(), good.signature())
            };
            for (Greeting.Enrol bad : forged) {
                assertRefused(enrol(client, bad), ProblemCode.TOKEN_REFUSED);
            }
            assertThat(server.registry().devices()).isEmpty();
            assertThat(enrol(client, good).status()).isEqualTo(200);
        }
    }

    private static TestClient.Reply enrol(TestClient client, Greeting.Enrol enrol) {
        return client.send(
                "POST", Route.ENROL_PATH, Map.of("content-type", Route.CONTENT_TYPE), GreetingCodec.encode(enrol));
    }

    @Test
    void codes_inTheDataFolder_areHashesOnly() throws IOException {
        try (TestServer server = new TestServer(folder);
                TestClient client = server.client()) {
            List<String> secrets = new ArrayList<>();
            String first = Objects.requireNonNull(server.server().enrolmentCode());
            String pending = server.registry().issueCode(new Scope("default", "photos"), Role.APPEND, MINUTES);
            secrets.addAll(List.of(first, pending));
            DeviceKey key = DeviceKey.random();
            client.enrol(key, first);
            TestClient.Session session = client.session(key, TestServer.NAME);
            secrets.add(String.valueOf(session.headers().get("authorization")).substring("Bearer ".length()));
            String stored = bytes(server.dataFolder());
            assertThat(stored).as("what is looked through").contains("cairn access", "photos", "a test");
            for (String secret : secrets) {
                assertThat(stored).doesNotContain(secret, secret.replace("-", ""));
                assertThat(stored).doesNotContainIgnoringCase(secret.substring(0, 11));
            }
            assertThat(stored).doesNotContain(latin(session.greeting().secret()));
        }
    }

    /** Every byte of every file below {@code folder} as a character. */
    private static String bytes(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(latin(Files.readAllBytes(file)));
            }
        }
        return all.toString();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void start_untilAnAdminEnrolled_makesACodeEachTime() {
        try (TestServer server = new TestServer(folder)) {
            String first = Objects.requireNonNull(server.server().enrolmentCode());
            server.restart();
            String second = Objects.requireNonNull(server.server().enrolmentCode());
            assertThat(second).isNotEqualTo(first);
            try (TestClient client = server.client()) {
                server.device(client, new Scope("default", ""), Role.ADMIN);
                server.restart();
            }
            assertThat(server.server().enrolmentCode())
                    .as("the admin of one tenant cannot let others into all")
                    .isNotNull();
            try (TestClient client = server.client()) {
                assertThat(client.enrol(DeviceKey.random(), first).role()).isEqualTo(Role.ADMIN);
                server.restart();
            }
            assertThat(server.server().enrolmentCode()).isNull();
            try (TestClient client = server.client()) {
                assertThat(client.enrol(DeviceKey.random(), second).role())
                        .as("an earlier code stays valid")
                        .isEqualTo(Role.ADMIN);
            }
        }
    }
}
