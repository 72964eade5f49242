package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.replicator.net.LinkTerms;
import dev.cairn.replicator.net.SlowLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How many requests and bytes a push takes that has little or nothing to say; that a server was started anew in between is shown with a process. */
@Execution(ExecutionMode.CONCURRENT)
@Order(7)
class QuickPushTest {

    /** Beyond the TLS handshake, in both directions together. */
    private static final long UNCHANGED_BYTES_MAX = 2000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private SlowLink link;

    @BeforeEach
    void snapshot() throws IOException {
        user = new TestUser(folder.resolve("user"));
        Random random = new Random(12);
        Files.createDirectories(data());
        for (int i = 0; i < 100; i++) {
            byte[] noise = new byte[5000];
            random.nextBytes(noise);
            Files.write(data().resolve("f" + i), noise);
        }
        user.ok("snapshot", data().toString());
    }

    /** Pushes for the first time, through the link. */
    private void pushOnce(String url, String enrolmentCode) throws IOException {
        link = SlowLink.open(URI.create(url).getPort(), LinkTerms.FREE, LinkTerms.FREE, 1);
        String through = url.replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + link.port());
        user.addRemote("origin", through, enrolmentCode);
        user.ok("push");
    }

    private LocalServer pushedServer() throws IOException {
        LocalServer server = new LocalServer(folder.resolve("server"));
        pushOnce(server.url("r"), server.enrolmentCode());
        return server;
    }

    private ServerProcess pushedProcess() throws IOException {
        ServerProcess server = new ServerProcess(folder);
        pushOnce(server.url("r"), server.enrolmentCode());
        return server;
    }

    @AfterEach
    void stop() throws IOException {
        link.close();
    }

    private Path data() {
        return folder.resolve("data");
    }

    private long throughTheLink() {
        return link.up().forwarded() + link.down().forwarded();
    }

    /** Pushes, in one request; a connection that failed on a machine that is busy counts as another try of it. */
    private JsonNode pushInOneRequest() {
        int before = link.connections();
        JsonNode push = user.json("push", "--retry-for", "5m");
        assertThat(push.path("requests").asInt()).isEqualTo(link.connections() - before);
        return push;
    }

    /** What a handshake alone takes, tickets included. */
    private long handshakeBytes() throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
        long before = throughTheLink();
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), link.port())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            // The client's last word is under way when its handshake is done.
            Thread.sleep(200);
            return throughTheLink() - before;
        }
    }

    /** For a handshake that is only measured. */
    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void push_unchanged_takesOneRequestAndLittle() throws Exception {
        try (LocalServer _ = pushedServer()) {
            JsonNode push = pushInOneRequest();
            assertThat(push.path("branches").get(0).path("moved").asBoolean()).isFalse();
            long bytes =
                    push.path("bytesSent").asLong() + push.path("bytesReceived").asLong();
            long beyond = bytes - handshakeBytes();
            System.out.println("an unchanged push: " + bytes + " bytes, " + beyond + " beyond the handshake");
            assertThat(beyond).isBetween(200L, UNCHANGED_BYTES_MAX);
        }
    }

    @Test
    void push_small_takesOneRequest() throws Exception {
        try (LocalServer server = pushedServer()) {
            Files.writeString(data().resolve("f7"), "changed");
            user.ok("snapshot", data().toString());
            JsonNode push = pushInOneRequest();
            assertThat(push.path("branches").get(0).path("moved").asBoolean()).isTrue();
            pushInOneRequest();
            assertCloneIsSame(server.url("r"));
        }
    }

    @Test
    void push_serverRestarted_takesOneRequestAllTheSame() throws Exception {
        try (ServerProcess server = pushedProcess()) {
            assertThat(server.stop()).isZero();
            server.restart();
            pushInOneRequest();
        }
    }

    @Test
    void push_repositoryGone_isAnAlarmAndMadeAnewOnceAccepted() throws Exception {
        try (ServerProcess server = pushedProcess()) {
            assertThat(server.stop()).isZero();
            Files.move(server.store("r"), folder.resolve("gone"));
            server.restart();
            assertThat(user.run("push", "--retry-for", "5m").exitCode()).isEqualTo(18);
            JsonNode push = user.json("push", "--accept-rollback", "--retry-for", "5m");
            assertThat(push.path("branches").get(0).path("moved").asBoolean()).isTrue();
            assertCloneIsSame(server.url("r"));
        }
    }

    private void assertCloneIsSame(String url) {
        String copy = folder.resolve("copy").toString();
        user.ok("clone", url, copy);
        user.ok("-r", copy, "verify", "--data");
        assertThat(user.json("-r", copy, "snapshots")).isEqualTo(user.json("snapshots"));
    }
}
