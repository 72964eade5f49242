package dev.cairn.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.server.Quota;
import dev.cairn.server.ServerLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server's file and environment. */
class ServerSettingsTest {

    private static final String SETTINGS = """
        data = "%1$s/of-file"
        listen = "127.0.0.1:0"
        scrub-every = "30d"
        [limits]
        connections = 50
        body-bytes = "64M"
        stall = "10s"
        [tenant-quota]
        bytes = "10G"
        requests = 3
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    private ServerSettings read() throws IOException {
        Console nowhere = new Console(
                Console.utf8(OutputStream.nullOutputStream()), Console.utf8(OutputStream.nullOutputStream()));
        return ServerSettings.read(new CairnCommand(nowhere, new Places(user.environment())));
    }

    @Test
    void settings_environmentOverFileOverDefault() throws IOException {
        user.write(".config/cairn/server.toml", SETTINGS.formatted(folder));
        user.with("CAIRN_SERVER_LIMITS_CONNECTIONS", "60").with("CAIRN_SERVER_TENANT_QUOTA_BYTES", "none");
        ServerSettings settings = read();
        assertThat(settings.text(ServerKey.LISTEN)).contains("127.0.0.1:0");
        assertThat(settings.time(ServerKey.SCRUB_EVERY, Duration.ZERO)).isEqualTo(Duration.ofDays(30));
        assertThat(settings.limits().connections()).isEqualTo(60);
        assertThat(settings.limits().bodyBytesInFlight()).isEqualTo(64L << 20);
        assertThat(settings.limits().stall()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.limits().sessions()).isEqualTo(ServerLimits.DEFAULT.sessions());
        assertThat(settings.tenantQuota()).isEqualTo(new Quota(Quota.NONE, Quota.NONE, Quota.NONE, 3));
    }

    @Test
    void limits_withoutAnySetting_areTheDefault() throws IOException {
        assertThat(read().limits()).isEqualTo(ServerLimits.DEFAULT);
        assertThat(read().tenantQuota()).isEqualTo(Quota.UNLIMITED);
    }

    @Test
    void mistakes_areToldWithFileLineAndTheNearestKey() {
        Map<String, String> mistakes = Map.ofEntries(
                Map.entry("listn = 'x'", "s.toml:1: there is no key 'listn'|'listen'"),
                Map.entry(
                        "[limits]\nconections = 5", "s.toml:2: there is no key 'conections' in [limits]|'connections'"),
                Map.entry("[limits]\nconnections = 0", "s.toml:2: limits.connections: '0' is no number from 1"),
                Map.entry("[limits]\nstore-threads = 2000", "s.toml:2: limits.store-threads: '2000' is no number"),
                Map.entry("[limits]\nbody-bytes = '1M'", "s.toml:2: limits.body-bytes: "),
                Map.entry("[limits]\nstall = '0s'", "s.toml:2: limits.stall: '0s' is not from a second"),
                Map.entry("\nlisten = true", "s.toml:2: 'listen' is to be a text"),
                Map.entry("listen = '127.0.0.1:x'", "s.toml:1: listen: not an address"),
                Map.entry("data = 'srv'", "s.toml:1: data: not a whole path: 'srv'"),
                Map.entry("tls-cert = '/a'", "s.toml:1: tls-cert: tls-cert and tls-key go together"),
                Map.entry("limits = 5", "s.toml:1: 'limits' is to be a table"),
                Map.entry("scrub-every = 'soon'", "s.toml:1: scrub-every: not a duration: 'soon'"),
                Map.entry("[tenant-quota]\nbytes = 'x'", "s.toml:2: tenant-quota.bytes: not a limit: 'x'"));
        mistakes.forEach((text, told) -> {
            String file = user.write("s.toml", text).toString();
            TestUser.Ending ending = user.run("serve", "--config", file);
            assertThat(ending.exitCode()).as("%s: %s", text, ending).isEqualTo(2);
            assertThat(ending.err()).contains(told.split("\\|", -1));
        });
        assertThat(user.run("serve", "--config", "/none.toml").err()).contains("no such file: /none.toml");
        user.with("CAIRN_SERVER_LISTEN", "nowhere:x");
        assertThat(user.run("serve").err()).contains("CAIRN_SERVER_LISTEN: listen: not an address");
    }

    @Test
    void unknownVariables_areNamedWithTheNearest_andPassedOver() {
        assertThat(ServerSettings.unknownVariables(new Places(Map.of(
                        "CAIRN_SERVER_LISTN", "x", "CAIRN_SERVER_DATA", "/x", "CAIRN_SERVER_LIMITS_CONECTIONS", "5"))))
                .containsExactly(
                        "CAIRN_SERVER_LIMITS_CONECTIONS is no setting of a server, and was passed over. Did you mean"
                                + " CAIRN_SERVER_LIMITS_CONNECTIONS?",
                        "CAIRN_SERVER_LISTN is no setting of a server, and was passed over. Did you mean"
                                + " CAIRN_SERVER_LISTEN?");
    }

    @Test
    void serve_ofAFile_runsAsItSays_andOptionsWinOverTheEnvironment() throws Exception {
        Path file = user.write("s.toml", SETTINGS.formatted(folder));
        assertThat(announced(file, Map.of()).path("data").asText()).isEqualTo(folder + "/of-file");
        Map<String, String> environment =
                Map.of("CAIRN_SERVER_DATA", folder + "/of-environment", "CAIRN_SERVER_NO_TLS", "true");
        JsonNode second = announced(file, environment);
        assertThat(second.path("data").asText()).isEqualTo(folder + "/of-environment");
        assertThat(second.path("url").asText()).startsWith("http://127.0.0.1:");
        JsonNode third = announced(file, environment, "--data", folder + "/of-option");
        assertThat(third.path("data").asText()).isEqualTo(folder + "/of-option");
        // Commands on the data folder follow the file, too.
        assertThat(user.ok("tenant", "quota", "default", "--config", file.toString())
                        .err())
                .contains("the server's file says what a tenant may use");
        assertThat(user.json("device", "list", "--config", file.toString()).path("devices"))
                .isEmpty();
    }

    private JsonNode announced(Path file, Map<String, String> more, String... options) throws Exception {
        Map<String, String> environment = new HashMap<>(user.environment());
        environment.putAll(more);
        String[] line = new String[options.length + 4];
        System.arraycopy(new String[] {"serve", "--config", file.toString(), "--json"}, 0, line, 0, 4);
        System.arraycopy(options, 0, line, 4, options.length);
        Process process = ChildProcess.prepare(environment, line)
                .redirectError(folder.resolve("log").toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String announcement = out.readLine();
            assertThat(announcement).as(Files.readString(folder.resolve("log"))).isNotNull();
            return new ObjectMapper().readTree(announcement);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    @Test
    void everyKey_standsInTheDocument() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "server.md"));
        for (ServerKey key : ServerKey.values()) {
            assertThat(page).contains("`" + key.shown() + "`");
        }
    }
}
