package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.ChannelBinding;
import dev.cairn.replicator.protocol.Claims;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a token opens that is bound to a TLS connection: that connection, for one repository, and nothing else. */
class ChannelTokensTest {

    private static final RepositoryName OTHER = new RepositoryName("default", "letters");

    @TempDir
    Path folder;

    private TestServer server;
    private TestClient client;
    private DeviceKey device;

    @BeforeEach
    void start() {
        ServerConfiguration configuration = TestServer.configuration(folder)
                .withTransport(new ServerConfiguration.Transport.SelfMadeCertificate())
                .withLimits(ServerLimits.DEFAULT);
        server = new TestServer(configuration, StoreOpener.LMDB, ProtocolVersions.OWN);
        client = server.client();
        device = server.device(client, Scope.ALL, Role.ADMIN);
        client.session(device, TestServer.NAME).ask(TestServer.create(TestServer.repositoryId(new TestRecords(3))));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /** Mints a token for the connection that a request has been opened on. */
    @FunctionalInterface
    private interface Mint {
        String header(Greeting.HelloAnswer hello, Fingerprint fingerprint, ChannelBinding channel);
    }

    private String honest(Greeting.HelloAnswer hello, Fingerprint fingerprint, ChannelBinding channel) {
        return header(device.channelToken(hello, fingerprint, TestServer.NAME, channel));
    }

    private static String header(Greeting.ChannelToken token) {
        return "Cairn " + GreetingCodec.text(token);
    }

    private TestClient.Reply info(TestClient over, RepositoryName name, Mint mint) {
        Greeting.HelloAnswer hello = over.hello();
        HttpClientRequest request =
                TestClient.join(over.open("GET", Route.INFO.path(name), Map.of("content-type", Route.CONTENT_TYPE)));
        ChannelBinding channel =
                ChannelBinding.of(request.connection().sslSession()).orElseThrow();
        request.putHeader(
                "authorization",
                mint.header(hello, server.server().fingerprint().orElseThrow(), channel));
        var reply = TestClient.reply(request);
        request.end(Buffer.buffer());
        return TestClient.join(reply);
    }

    private static void assertRefused(TestClient.Reply reply, ProblemCode code) {
        assertThat(reply.problem().code()).as(reply.problem().message()).isEqualTo(code);
        assertThat(reply.problem().hint()).isNotEmpty();
    }

    @Test
    void request_withATokenOfItsConnection_isAnswered_againToo() {
        String[] used = new String[1];
        Mint once = (hello, fingerprint, channel) -> used[0] = honest(hello, fingerprint, channel);
        assertThat(info(client, TestServer.NAME, once).status()).isEqualTo(200);
        assertThat(info(client, TestServer.NAME, (hello, fingerprint, channel) -> used[0])
                        .status())
                .isEqualTo(200);
        server.putClockForward(Duration.ofHours(1));
        assertThat(info(client, TestServer.NAME, (hello, fingerprint, channel) -> used[0])
                        .status())
                .as("no clock bounds it but the connection's life")
                .isEqualTo(200);
    }

    @Test
    void request_withATokenSeenOnAnotherConnection_isRefused() {
        String[] seen = new String[1];
        Mint once = (hello, fingerprint, channel) -> seen[0] = honest(hello, fingerprint, channel);
        assertThat(info(client, TestServer.NAME, once).status()).isEqualTo(200);
        try (TestClient thief = server.client()) {
            assertRefused(
                    info(thief, TestServer.NAME, (hello, fingerprint, channel) -> seen[0]), ProblemCode.TOKEN_REFUSED);
        }
    }

    @Test
    void request_forAnotherRepository_isRefused() {
        assertRefused(info(client, OTHER, this::honest), ProblemCode.TOKEN_REFUSED);
        String[] used = new String[1];
        Mint once = (hello, fingerprint, channel) -> used[0] = honest(hello, fingerprint, channel);
        assertThat(info(client, TestServer.NAME, once).status()).isEqualTo(200);
        assertRefused(info(client, OTHER, (hello, fingerprint, channel) -> used[0]), ProblemCode.NOT_ALLOWED);
    }

    @Test
    void request_afterARestart_needsNoNonce() {
        assertThat(info(client, TestServer.NAME, this::honest).status()).isEqualTo(200);
        client.close();
        server.restart();
        client = server.client();
        assertThat(info(client, TestServer.NAME, this::honest).status()).isEqualTo(200);
    }

    @Test
    void request_withAGreetingThatIsOutOfDate_hasToSayHello() {
        Mint outdated = (hello, fingerprint, channel) -> {
            ProtocolLimits other = hello.limits().atMost(new ProtocolLimits(1 << 20, 1 << 20, 7, 7, 7, 7));
            Greeting.HelloAnswer remembered = new Greeting.HelloAnswer(
                    hello.protocol(), hello.versions(), hello.features(), other, hello.server(), new byte[0], 0, "");
            return header(device.channelToken(remembered, fingerprint, TestServer.NAME, channel));
        };
        assertRefused(info(client, TestServer.NAME, outdated), ProblemCode.TOKEN_EXPIRED);
    }

    @Test
    void request_wrongSignatureOrFingerprint_isRefused() {
        assertRefused(
                info(
                        client,
                        TestServer.NAME,
                        (hello, fingerprint, channel) ->
                                header(device.channelToken(hello, null, TestServer.NAME, channel))),
                ProblemCode.TOKEN_REFUSED);
        assertRefused(
                info(client, TestServer.NAME, (hello, fingerprint, channel) -> {
                    byte[] claim = Claims.channelToken(
                            device.id(), Claims.greeting(hello), fingerprint, TestServer.NAME, channel);
                    byte[] forged = DeviceKey.random().sign(claim);
                    return header(new Greeting.ChannelToken(device.id(), Claims.greeting(hello), forged));
                }),
                ProblemCode.TOKEN_REFUSED);
    }

    @Test
    void request_ofAStrangerOrARevokedDevice_isNotAllowed() {
        DeviceKey stranger = DeviceKey.random();
        assertRefused(
                info(
                        client,
                        TestServer.NAME,
                        (hello, fingerprint, channel) ->
                                header(stranger.channelToken(hello, fingerprint, TestServer.NAME, channel))),
                ProblemCode.NOT_ALLOWED);
        assertThat(info(client, TestServer.NAME, this::honest).status()).isEqualTo(200);
        server.registry().revoke(device.id());
        assertRefused(info(client, TestServer.NAME, this::honest), ProblemCode.NOT_ALLOWED);
    }

    @Test
    void request_withAMalformedToken_isTokenExpired() {
        for (String header : List.of("Cairn", "Cairn ", "Cairn ####", "Cairn AAAA", "Cairn " + "A".repeat(600))) {
            assertRefused(
                    info(client, TestServer.NAME, (hello, fingerprint, channel) -> header), ProblemCode.TOKEN_EXPIRED);
        }
    }
}
