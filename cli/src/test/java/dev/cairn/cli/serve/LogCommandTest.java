package dev.cairn.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a push leaves in the server's log, and what a log that was changed by hand says. */
class LogCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void log_afterAPush_showsItAndNamesTheFirstEntryThatWasChanged() throws IOException {
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            TestUser user = new TestUser(folder.resolve("ada"));
            user.write("data/f", "content");
            user.ok("snapshot", user.home.resolve("data").toString());
            user.addRemote("origin", server.url("r"), server.enrolmentCode());
            user.ok("push");
            String data = server.data().toString();

            List<JsonNode> entries =
                    user.ok("log", "default/r", "--data", data, "--json").jsonLines();
            assertThat(entries)
                    .extracting(entry -> entry.path("operation").asText())
                    .contains("create", "batches", "move");
            assertThat(entries.getLast().path("details").path("branch").asText())
                    .isEqualTo("main");
            assertThat(user.ok("log", "--data", data).out()).contains("enrol", "name=ada@");
            JsonNode head = user.json("log", "default/r", "--verify", "--data", data);
            assertThat(head.path("sequence").asInt()).isEqualTo(entries.size());
            assertThat(head.path("hash").asText()).hasSize(64);

            JsonNode third = entries.get(2);
            String known =
                    third.path("sequence").asText() + ":" + third.path("hash").asText();
            user.ok("log", "default/r", "--verify", "--known", known, "--data", data);
            String other = third.path("sequence").asText() + ":" + "0".repeat(64);
            assertThat(user.run("log", "default/r", "--verify", "--known", other, "--data", data)
                            .exitCode())
                    .isEqualTo(18);
            String later = "99:" + third.path("hash").asText();
            assertThat(user.run("log", "default/r", "--verify", "--known", later, "--data", data)
                            .exitCode())
                    .isEqualTo(18);
            assertThat(user.run("log", "default/r", "--known", "x", "--data", data)
                            .exitCode())
                    .isEqualTo(2);

            TestUser.Ending absent = user.run("log", "default/absent", "--data", data, "--json");
            assertThat(absent.exitCode()).isEqualTo(10);
            assertThat(absent.error().path("message").asText()).contains("default/absent");
            assertThat(absent.error().path("hint").asText()).contains("cairn tenant list");
            assertThat(user.run("log", "nobody/r", "--verify", "--data", data).exitCode())
                    .isEqualTo(10);
            String elsewhere = folder.resolve("elsewhere").toString();
            assertThat(user.run("log", "--data", elsewhere).exitCode()).isEqualTo(10);

            Path log = file(server.data().resolve("logs/tenants/default/r"));
            Files.writeString(log, Files.readString(log).replace("branch=main", "branch=mean"));
            TestUser.Ending damaged = user.run("log", "default/r", "--verify", "--data", data, "--json");
            assertThat(damaged.exitCode()).isEqualTo(13);
            assertThat(damaged.error().path("message").asText())
                    .contains("entry " + entries.getLast().path("sequence").asText());
            assertThat(user.run("log", "nonsense", "--data", data).exitCode()).isEqualTo(2);
            assertThat(user.run("log", "../r", "--data", data).exitCode()).isEqualTo(2);
        }
    }

    private static Path file(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.findFirst().orElseThrow();
        }
    }
}
