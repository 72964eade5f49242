package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.command.Places;
import dev.cairn.cli.fixture.FolderBytes;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code --dry-run}: every command that writes has it, and none that has it writes. */
class DryRunTest {

    /** Commands that only read, and help. */
    private static final List<String> READERS = List.of(
            "snapshots",
            "ls",
            "cat",
            "diff",
            "find",
            "stats",
            "branch list",
            "key list",
            "roster list",
            "remote list",
            "device list",
            "tenant list",
            "profile list",
            "profile show",
            "log",
            "doctor",
            "help",
            "version",
            "profile list",
            "profile show",
            "completion");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void everyCommandThatWrites_hasTheOption() {
        CommandLine root = CommandTree.of(new Places(Map.of()));
        CommandTree.leaves(root).forEach((name, command) -> {
            boolean isForPeople = !command.getCommandSpec().usageMessage().hidden();
            if (isForPeople && !READERS.contains(name)) {
                assertThat(command.getCommandSpec().findOption("--dry-run"))
                        .as("cairn " + name)
                        .isNotNull();
            }
        });
    }

    @Test
    void everyCommand_rehearsed_changesNothing() throws IOException {
        TestUser user = new TestUser(folder.resolve("home"));
        user.write("data/one", "one");
        String data = user.home.resolve("data").toString();
        user.ok("snapshot", data);
        user.write("data/one", "two");
        user.ok("snapshot", data, "--tag", "kept");
        Path archive = user.home.resolve("a.tar");
        user.ok("export", "main", "-o", archive.toString());
        user.ok(
                "rdiff",
                "signature",
                archive.toString(),
                user.home.resolve("a.sig").toString());
        String server = user.home.resolve("server").toString();
        new LocalServer(Path.of(server)).close();
        user.write("data/three", "three");
        String slot = user.json("key", "list").path("slots").get(1).path("slot").asText();
        String replica = user.json("roster", "list")
                .path("replicas")
                .get(0)
                .path("replica")
                .asText();
        List<List<String>> lines = Stream.concat(
                        ofRepositories(user, data, archive, slot, replica).stream(),
                        ofServersAndFiles(user, archive, server).stream())
                .toList();
        Map<String, String> before = FolderBytes.of(folder);
        for (List<String> line : lines) {
            String[] arguments = Stream.concat(line.stream(), Stream.of("-n")).toArray(String[]::new);
            TestUser.Ending ending = user.ok(arguments);
            assertThat(ending.out()).as(String.join(" ", line)).isNotBlank();
            assertThat(FolderBytes.of(folder)).as(String.join(" ", line)).isEqualTo(before);
        }
        assertThat(Files.exists(folder.resolve("new"))).isFalse();
    }

    private List<List<String>> ofRepositories(TestUser user, String data, Path archive, String slot, String replica) {
        return List.of(
                List.of("init", "-r", folder.resolve("new").toString()),
                List.of("snapshot", data),
                List.of("import", archive.toString()),
                List.of("export", "main", "-o", user.home.resolve("b.zip").toString()),
                List.of(
                        "restore",
                        "main",
                        "--target",
                        folder.resolve("restored").toString()),
                List.of("forget", "--keep-last", "1"),
                List.of("gc"),
                List.of("pin", "main"),
                List.of("tag", "add", "main", "new"),
                List.of("tag", "remove", "main", "kept"),
                List.of("branch", "create", "other", "main"),
                List.of("branch", "rename", "main", "trunk"),
                List.of("branch", "delete", "main"),
                List.of("verify", "--data"),
                List.of("scrub"),
                List.of("drill"),
                List.of("repair"),
                List.of("key", "add", "--new-key-file", user.home.resolve("k").toString()),
                List.of("key", "remove", slot, "--even-in-use"),
                List.of("key", "recovery"),
                List.of("key", "rotate"),
                List.of("key", "generate", user.home.resolve("g").toString()),
                List.of("roster", "revoke", replica, "--even-own"));
    }

    private static List<List<String>> ofServersAndFiles(TestUser user, Path archive, String server) {
        return List.of(
                List.of("serve", "--data", server),
                List.of("device", "enrol", "--data", server),
                List.of("tenant", "add", "ada", "--data", server),
                List.of("tenant", "quota", "default", "--bytes", "1G", "--data", server),
                List.of(
                        "rdiff",
                        "signature",
                        archive.toString(),
                        user.home.resolve("b.sig").toString()),
                List.of(
                        "rdiff",
                        "delta",
                        user.home.resolve("a.sig").toString(),
                        archive.toString(),
                        user.home.resolve("b.delta").toString()));
    }

    @Test
    void said_inAWord_thatItWouldBe() throws IOException {
        TestUser user = new TestUser(folder.resolve("home"));
        user.write("data/one", "one");
        user.ok("snapshot", user.home.resolve("data").toString());
        assertThat(user.ok("pin", "main", "-n").out()).contains("would be pinned");
        assertThat(user.ok("tag", "add", "main", "x", "-n").out()).contains("would have the tag x");
        assertThat(user.ok("branch", "rename", "main", "trunk", "-n").out()).contains("would be called trunk");
        assertThat(user.json("branch", "delete", "main", "-n").path("dryRun").asBoolean())
                .isTrue();
        assertThat(user.run("branch", "create", "main", "main", "-n").exitCode())
                .isEqualTo(4);
        assertThat(user.run("init", "-n", "-r", user.home.toString()).exitCode())
                .isEqualTo(1);
    }
}
