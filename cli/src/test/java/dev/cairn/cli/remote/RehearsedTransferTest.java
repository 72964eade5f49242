package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.FolderBytes;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** push, pull, clone and remote commands with --dry-run: what they say comes true, and until then nothing has changed anywhere. */
@Execution(ExecutionMode.CONCURRENT)
@Order(8)
class RehearsedTransferTest {

    private static final int FILE_BYTES = 300_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    private final Random random = new Random(31);

    @BeforeEach
    void aSnapshotAndARemote() throws IOException {
        server = new LocalServer(folder.resolve("server"));
        user = new TestUser(folder.resolve("user"));
        addFile("one");
        snapshot();
        user.addRemote("origin", server.url("r"), server.enrolmentCode());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void addFile(String name) throws IOException {
        byte[] noise = new byte[FILE_BYTES];
        random.nextBytes(noise);
        Files.createDirectories(data());
        Files.write(data().resolve(name), noise);
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void snapshot() {
        user.ok("snapshot", data().toString());
    }

    private Map<String, String> everything(TestUser who) throws IOException {
        Map<String, String> all = FolderBytes.of(who.home);
        FolderBytes.of(folder.resolve("server")).forEach((name, digest) -> {
            if (!isLog(name)) {
                all.put("server/" + name, digest);
            }
        });
        all.put("done on the server", done());
        return all;
    }

    private static boolean isLog(String name) {
        return name.startsWith("logs/") && name.endsWith(".log");
    }

    /** What the server's logs tell, but for the count of sessions: that is put down every ten seconds, and a rehearsal has one too. */
    private String done() throws IOException {
        Path logs = folder.resolve("server/logs");
        StringBuilder done = new StringBuilder();
        try (Stream<Path> files = Files.walk(logs)) {
            for (Path file :
                    files.filter(path -> isLog("logs/" + path)).sorted().toList()) {
                for (String line : Files.readAllLines(file)) {
                    String[] words = line.split("\t", -1);
                    if (words.length > 4 && !words[3].equals("session")) {
                        done.append(String.join(" ", List.of(words).subList(1, words.length - 1)))
                                .append('\n');
                    }
                }
            }
        }
        assertThat(done).contains("enrol");
        return done.toString();
    }

    private JsonNode unchanging(TestUser who, String... arguments) throws IOException {
        Map<String, String> before = everything(who);
        JsonNode answer = who.json(arguments);
        assertThat(everything(who)).as(String.join(" ", arguments)).isEqualTo(before);
        assertThat(answer.path("dryRun").asBoolean()).isTrue();
        return answer;
    }

    @Test
    void push_rehearsed_saysWhatThePushThenDoes() throws IOException {
        for (int round = 0; round < 3; round++) {
            JsonNode said = unchanging(user, "push", "-n");
            JsonNode done = user.json("push");
            assertThat(said.path("snapshots").asInt()).isEqualTo(1);
            for (String field : new String[] {"snapshots", "recordsSent", "recordBytesSent", "deltaRecords"}) {
                assertThat(said.path(field)).as(field + " of push " + round).isEqualTo(done.path(field));
            }
            assertThat(said.path("branches")).isEqualTo(done.path("branches"));
            assertThat(said.path("bytesEstimated")).isEqualTo(done.path("recordBytesSent"));
            assertThat(said.path("recordsSent").asInt()).isPositive();
            addFile("more-" + round);
            snapshot();
        }
        assertThat(user.ok("push", "-n").out()).contains("main: would move to", "would send", "Nothing was changed");
    }

    @Test
    void push_rehearsedByADeviceThatMayOnlyRead_isRefusedAsThePushIs() throws IOException {
        user.ok("push");
        TestUser reader = new TestUser(folder.resolve("reader"));
        String code = reader.ok("device", "enrol", "--data", server.data().toString(), "--role", "read")
                .out()
                .strip();
        Path key = user.home.resolve(".config/cairn/keys");
        Path replica = folder.resolve("replica");
        Path keyFile;
        try (Stream<Path> keys = Files.list(key)) {
            keyFile = keys.findFirst().orElseThrow();
        }
        reader.ok("clone", server.url("r"), replica.toString(), "--enrol", code, "--key-file", keyFile.toString());
        reader.ok("-r", replica.toString(), "snapshot", data().toString(), "--branch", "other");
        assertThat(reader.run("-r", replica.toString(), "push", "-n").exitCode())
                .isEqualTo(15);
        assertThat(reader.run("-r", replica.toString(), "push").exitCode()).isEqualTo(15);
    }

    @Test
    void push_rehearsedOntoAnotherHistory_isAConflict() throws IOException {
        user.ok("push");
        TestUser other = replica();
        addFile("theirs");
        other.ok("-r", folder.resolve("replica").toString(), "snapshot", data().toString());
        other.ok("-r", folder.resolve("replica").toString(), "push");
        addFile("ours");
        snapshot();
        Map<String, String> before = everything(user);
        TestUser.Ending ending = user.run("push", "-n");
        assertThat(ending.exitCode()).isEqualTo(4);
        assertThat(ending.out()).contains("main: would be in conflict");
        assertThat(user.run("pull", "--dry-run").exitCode()).isEqualTo(4);
        assertThat(everything(user)).isEqualTo(before);
    }

    /** Another user's replica, as the same device. */
    private TestUser replica() throws IOException {
        TestUser other = new TestUser(user.home);
        other.ok("clone", server.url("r"), folder.resolve("replica").toString());
        return other;
    }

    @Test
    void pull_rehearsed_saysHowManyChunksThePullBrings() throws IOException {
        user.ok("push");
        TestUser other = replica();
        String[] at = {"-r", folder.resolve("replica").toString()};
        JsonNode nothing = other.json(at[0], at[1], "pull", "-n");
        assertThat(nothing.path("chunksLacking").asInt()).isZero();
        assertThat(nothing.path("branches").get(0).path("moved").asBoolean()).isFalse();
        addFile("two");
        snapshot();
        addFile("three");
        snapshot();
        user.ok("push");
        Map<String, String> replica = FolderBytes.of(folder.resolve("replica"));
        JsonNode said = unchanging(other, at[0], at[1], "pull", "-n");
        assertThat(FolderBytes.of(folder.resolve("replica"))).isEqualTo(replica);
        long chunksBefore = other.json(at[0], at[1], "stats").path("chunks").asLong();
        JsonNode done = other.json(at[0], at[1], "pull");
        long chunksAfter = other.json(at[0], at[1], "stats").path("chunks").asLong();
        assertThat(said.path("branches")).isEqualTo(done.path("branches"));
        assertThat(said.path("chunksLacking").asLong()).isEqualTo(chunksAfter - chunksBefore);
        assertThat(said.path("bytesEstimated").asLong()).isBetween(FILE_BYTES / 2L, 8L * FILE_BYTES);
        assertThat(said.path("snapshots").asInt()).isEqualTo(2);
        assertThat(done.path("snapshots").asInt()).isEqualTo(2);
    }

    @Test
    void clone_rehearsed_makesNothing() throws IOException {
        user.ok("push");
        Path target = folder.resolve("replica");
        JsonNode said = unchanging(user, "clone", server.url("r"), target.toString(), "-n");
        assertThat(target).doesNotExist();
        assertThat(said.path("branches").get(0).path("branch").asText()).isEqualTo("main");
        assertThat(said.path("repo").asText()).isEqualTo(target.toString());
        assertThat(user.ok("clone", server.url("r"), target.toString(), "-n").out())
                .contains(
                        "Would make " + target,
                        "main: would move to",
                        "clone would fetch 1 snapshot: ",
                        "before compression, in all");
        assertThat(said.path("bytesEstimated").isNull()).isTrue();
        // Nobody knows how long they are: it is as if all were as long as the repository aims at. How many there are is
        // up to the key.
        long lacking = said.path("chunksLacking").asLong();
        assertThat(said.path("bytesUpTo").asLong()).isBetween(lacking << 16, (lacking + 1) << 16);
        JsonNode done = user.json("clone", server.url("r"), target.toString());
        for (String field : new String[] {"snapshots", "branches"}) {
            assertThat(said.path(field)).as(field).isEqualTo(done.path(field));
        }
        long chunks = user.json("-r", target.toString(), "stats").path("chunks").asLong();
        assertThat(said.path("chunksLacking").asLong()).isEqualTo(chunks).isPositive();
    }

    @Test
    void remote_rehearsed_changesNothingAndSpendsNoCode() throws IOException {
        TestUser other = new TestUser(folder.resolve("other"));
        other.ok("init");
        String code = other.ok("device", "enrol", "--data", server.data().toString())
                .out()
                .strip();
        unchanging(other, "remote", "add", "origin", server.url("r"), "--enrol", code, "-n");
        other.addRemote("origin", server.url("r2"), code);
        unchanging(other, "remote", "remove", "origin", "-n");
        assertThat(other.ok("remote", "list").out()).contains("origin");
        user.ok("push");
        unchanging(user, "branch", "delete", "main", "--remote", "origin", "-n");
        assertThat(user.json("push").path("branches").get(0).path("moved").asBoolean())
                .isFalse();
    }
}
