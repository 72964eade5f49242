package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remotes as far as they need no server; with one, see the tests of replication. */
class RemoteCommandTest {

    private static final String FINGERPRINT = "#sha256:" + "0a".repeat(32);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aRepository() throws IOException {
        user = new TestUser(folder.resolve("home"));
        user.write("data/f", "x");
        user.ok("snapshot", user.home.resolve("data").toString());
    }

    private static String unusedAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "https://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void add_nobodyListens_isUnreachableAndNothingIsAdded() throws IOException {
        String url = unusedAddress() + "/default/r" + FINGERPRINT;
        TestUser.Ending ending = user.run("remote", "add", "origin", url, "--retry-for", "300ms", "--json");
        assertThat(ending.exitCode()).isEqualTo(14);
        assertThat(ending.error().path("code").asText()).isEqualTo("unreachable");
        assertThat(ending.error().path("message").asText()).contains("127.0.0.1:");
        assertThat(ending.error().path("hint").asText()).contains("Check that the server runs");
        assertThat(user.json("remote", "list")).isEmpty();
    }

    @Test
    void add_malformedUrls_areWrongUsage() {
        for (String url : new String[] {
            "",
            "nonsense",
            "ftp://host/a/b",
            "https://host:7420",
            "https://host:7420/default",
            "https://host:99999/default/r",
            "https://host:7420/default/r#sha256:12",
            "https://host:7420/../r" + FINGERPRINT,
            "https://host:7420/Default/R" + FINGERPRINT,
            "https://user@host:7420/default/r" + FINGERPRINT
        }) {
            TestUser.Ending ending = user.run("remote", "add", "origin", url, "--retry-for", "0s");
            assertThat(ending.exitCode()).as("%s: %s", url, ending).isEqualTo(2);
            assertThat(ending.err()).doesNotContain("Exception");
        }
    }

    /** A code is good for one time: what can be known to be missing is told before it is sent. */
    @Test
    void clone_withoutAKey_isToldBeforeTheCodeIsSpent() throws IOException {
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            String code = server.enrolmentCode();
            TestUser other = new TestUser(folder.resolve("other"));
            String copy = folder.resolve("copy").toString();
            TestUser.Ending none = other.run("clone", server.url("r"), copy, "--enrol", code, "--json");
            assertThat(none.exitCode()).isEqualTo(12);
            assertThat(none.error().path("message").asText()).contains("no key is given");
            assertThat(other.run("clone", server.url("r"), copy, "--enrol", code, "--key-file", copy)
                            .exitCode())
                    .isEqualTo(12);
            assertThat(other.run("clone", server.url("r"), copy, "--enrol", code, "--recovery-code", "AAAAA")
                            .exitCode())
                    .isEqualTo(12);

            user.addRemote("origin", server.url("r"), code);
            user.ok("push");
            String next = user.json("device", "enrol", "--data", server.data().toString())
                    .path("code")
                    .asText();
            Path wrong = other.write("wrong", "not its password\n");
            TestUser.Ending spent =
                    other.run("clone", server.url("r"), copy, "--enrol", next, "--password-file", wrong.toString());
            assertThat(spent.exitCode()).isEqualTo(12);
            assertThat(spent.err()).contains("The enrolment code is spent", "leave --enrol out");
            other.ok("clone", server.url("r"), copy, "--key-file", keyFile());
        }
    }

    private String keyFile() throws IOException {
        try (Stream<Path> files = Files.list(user.home.resolve(".config/cairn/keys"))) {
            return files.findFirst().orElseThrow().toString();
        }
    }

    @Test
    void push_withoutARemote_saysHowToAddOne() {
        TestUser.Ending ending = user.run("push");
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("no remote 'origin'").contains("cairn remote add origin");
        assertThat(user.run("pull", "elsewhere").exitCode()).isEqualTo(1);
        assertThat(user.run("push", "origin", "a b").exitCode()).isEqualTo(2);
        assertThat(user.run("remote", "remove", "origin").exitCode()).isEqualTo(1);
    }

    @Test
    void groups_calledAlone_saysWhatThereIs() {
        for (String group : new String[] {"remote", "device", "tenant"}) {
            TestUser.Ending ending = user.run(group);
            assertThat(ending.exitCode()).isEqualTo(2);
            assertThat(ending.err()).contains("list");
        }
    }

    @Test
    void deviceAndTenant_noServersFolder_isToldWithTheWayOn() {
        TestUser.Ending ending =
                user.run("device", "list", "--data", folder.resolve("none").toString());
        assertThat(ending.exitCode()).isEqualTo(10);
        assertThat(ending.err()).contains("cairn serve");
        assertThat(user.run("tenant", "list", "--data", folder.toString()).exitCode())
                .isEqualTo(10);
    }

    @Test
    void serve_wrongUsage_isTold() {
        String data = folder.resolve("server").toString();
        assertThat(user.run("serve", "--data", data, "--listen", "nonsense").exitCode())
                .isEqualTo(2);
        assertThat(user.run("serve", "--data", data, "--listen", "127.0.0.1:70000")
                        .exitCode())
                .isEqualTo(2);
        assertThat(user.run("serve", "--data", data, "--no-tls", "--listen", "0.0.0.0:0")
                        .exitCode())
                .isEqualTo(2);
        assertThat(user.run("serve", "--data", data, "--tls-cert", "x").exitCode())
                .isEqualTo(2);
        assertThat(folder.resolve("server")).doesNotExist();
    }
}
