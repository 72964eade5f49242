package dev.cairn.cli.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.CertificateFiles;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.replicator.protocol.Fingerprint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server in a process of its own whose certificate is replaced while it runs. */
@Execution(ExecutionMode.CONCURRENT)
class CertificateReloadTest {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final KeyPair key = CertificateFiles.newKey();

    /** Takes whatever is shown: what is asked is who shows it. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static SSLSocket connect(ServerProcess server) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            int port = URI.create(server.announcement().path("url").asText()).getPort();
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String shown(ServerProcess server) throws IOException {
        try (SSLSocket socket = connect(server)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    private void awaitLog(Predicate<String> isThere) throws Exception {
        Path log = folder.resolve("server.log");
        for (int i = 0; i < 1200 && !isThere.test(Files.readString(log)); i++) {
            Thread.sleep(50);
        }
        assertThat(Files.readString(log)).matches(isThere);
    }

    @Test
    void certificate_replaced_isShownToNewConnections_andOpenOnesGoOn() throws Exception {
        CertificateFiles files = new CertificateFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        files.write("first", key);
        try (ServerProcess server = new ServerProcess(
                folder,
                "--tls-cert",
                files.certificate().toString(),
                "--tls-key",
                files.key().toString())) {
            Fingerprint first = Fingerprint.of(key.getPublic());
            assertThat(server.announcement().path("fingerprint").asText()).isEqualTo(first.toString());
            TestUser user = new TestUser(folder.resolve("ada"));
            user.write("data/a", "a");
            user.ok("snapshot", user.home.resolve("data").toString());
            user.addRemote("origin", server.url("r"), server.enrolmentCode());
            user.ok("push");

            try (SSLSocket open = connect(server)) {
                // Renewed with the same key: clients that pin it notice nothing.
                files.write("second", key);
                server.hangUp();
                awaitLog(log -> log.contains("SIGHUP: another certificate is in use, for the same key"));
                for (int i = 0; i < 4; i++) {
                    assertThat(shown(server)).isEqualTo("CN=second");
                }
                user.ok("push");

                open.getOutputStream().write(PREFACE.getBytes(US_ASCII));
                open.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
                open.getOutputStream().flush();
                byte[] frame = open.getInputStream().readNBytes(9);
                assertThat(frame[3])
                        .as("the settings of a connection that was open before")
                        .isEqualTo((byte) 4);
            }

            // Broken: the one before stays.
            CertificateFiles.replace(files.certificate(), "no certificate");
            server.hangUp();
            awaitLog(log -> log.contains("cannot be used, and the one before stays"));
            assertThat(shown(server)).isEqualTo("CN=second");

            // Another key: who pinned the former is refused, who pins this one is served.
            KeyPair other = CertificateFiles.newKey();
            files.write("third", other);
            server.hangUp();
            awaitLog(log -> log.contains("the certificate has another key"));
            assertThat(shown(server)).isEqualTo("CN=third");
            assertThat(user.run("push").exitCode()).isEqualTo(15);
            user.ok("remote", "remove", "origin");
            String now = server.url("r")
                    .replace(first.toString(), Fingerprint.of(other.getPublic()).toString());
            user.ok("remote", "add", "origin", now);
            user.write("data/b", "b");
            user.ok("snapshot", user.home.resolve("data").toString());
            assertThat(user.json("push").path("branches").path(0).path("moved").asBoolean())
                    .isTrue();
            assertThat(server.stop()).isZero();
        }
    }
}
