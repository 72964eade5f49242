package dev.cairn.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --progress-json}: what a program hears, and that it never holds up the work. */
class ProgressEventsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "/proc/self/fd tells the numbers of descriptors");
        user = new TestUser(folder.resolve("home"));
        byte[] noise = new byte[400_000];
        new Random(5).nextBytes(noise);
        Path data = Files.createDirectories(user.home.resolve("data"));
        Files.write(data.resolve("noise"), noise);
    }

    /** Runs a command with a descriptor that writes to a file, and gives what came. */
    private List<JsonNode> events(String... arguments) throws IOException {
        Path target = Files.createTempFile(folder, "events", ".jsonl");
        try (FileOutputStream output = new FileOutputStream(target.toFile())) {
            output.flush();
            List<String> line = new ArrayList<>(List.of("--progress-json", String.valueOf(numberOf(target))));
            line.addAll(List.of(arguments));
            TestUser.Ending ending = user.run(line.toArray(String[]::new));
            assertThat(ending.exitCode()).as("%s", ending).isZero();
        }
        List<JsonNode> events = new ArrayList<>();
        for (String text : Files.readAllLines(target)) {
            events.add(JSON.readTree(text));
        }
        return events;
    }

    private static int numberOf(Path target) throws IOException {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            for (Path one : descriptors.toList()) {
                // One that was closed meanwhile is none any more.
                if (Files.isSymbolicLink(one)
                        && one.toFile()
                                .getCanonicalPath()
                                .equals(target.toRealPath().toString())) {
                    return Integer.parseInt(one.getFileName().toString());
                }
            }
        }
        throw new AssertionError("no descriptor of " + target);
    }

    private static void assertWhole(List<JsonNode> events, String command, String phase) {
        List<JsonNode> own = events.stream()
                .filter(event -> event.path("phase").asText().equals(phase))
                .toList();
        assertThat(own).as(command + ": " + events).hasSizeGreaterThanOrEqualTo(2);
        assertThat(own.getFirst().path("event").asText()).isEqualTo("start");
        assertThat(own.getLast().path("event").asText()).isEqualTo("end");
        for (JsonNode event : own) {
            assertThat(event.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "event", "command", "phase", "done", "total", "unit", "rate", "etaSeconds", "seconds");
            assertThat(event.path("command").asText()).isEqualTo(command);
            assertThat(event.path("unit").asText()).isIn("bytes", "files", "objects", "records", "containers");
        }
    }

    @Test
    void everyLongPhase_isToldFromItsStartToItsEnd() throws IOException {
        String data = user.home.resolve("data").toString();
        List<JsonNode> snapshot = events("snapshot", data);
        assertWhole(snapshot, "snapshot", "scan");
        assertWhole(snapshot, "snapshot", "capture");
        assertThat(snapshot.getLast().path("done").asLong()).isEqualTo(400_000);
        Path archive = folder.resolve("a.tar");
        assertWhole(events("export", "main", "-o", archive.toString()), "export", "export");
        assertWhole(events("import", archive.toString(), "--branch", "other"), "import", "import");
        String target = folder.resolve("restored").toString();
        assertWhole(events("restore", "main", "--target", target), "restore", "restore");
        assertWhole(events("-q", "verify", "--data"), "verify", "verify");
        assertWhole(events("scrub"), "scrub", "scrub");
        assertWhole(events("drill"), "drill", "drill");
        assertWhole(events("gc"), "gc", "gc");
        assertWhole(events("key", "rotate", "--reseal"), "key rotate", "reseal");
        List<JsonNode> repair = events("repair");
        assertWhole(repair, "repair", "rebuild");
        assertWhole(repair, "repair", "verify");
        assertWhole(repair, "repair", "check");
        assertThat(repair.stream()
                        .filter(event -> event.path("phase").asText().equals("verify"))
                        .reduce((_, last) -> last)
                        .orElseThrow()
                        .path("done")
                        .asLong())
                .isPositive();
        try (LocalServer server = new LocalServer(folder.resolve("server"))) {
            user.addRemote("origin", server.url("r"), server.enrolmentCode());
            List<JsonNode> push = events("push");
            assertWhole(push, "push", "push");
            assertAboutAll(push.getLast());
            assertWhole(events("pull"), "pull", "pull");
            String replica = folder.resolve("replica").toString();
            List<JsonNode> clone = events("clone", server.url("r"), replica);
            assertWhole(clone, "clone", "clone");
            assertAboutAll(clone.getLast());
        }
    }

    /** What a transfer takes is not known beforehand: the total is estimated, by the time it ends to a few parts in a hundred. */
    private static void assertAboutAll(JsonNode end) {
        assertThat(end.path("done").asLong()).as("%s", end).isGreaterThan(400_000);
        assertThat(end.path("total").asDouble() / end.path("done").asLong())
                .as("%s", end)
                .isBetween(1.0, 1.3);
    }

    @Test
    void descriptor_thatCannotBeWritten_isWrongUsage() {
        for (String descriptor : new String[] {"0", "-1", "987654", "three"}) {
            TestUser.Ending ending = user.run("snapshots", "--progress-json", descriptor);
            assertThat(ending.exitCode()).as(descriptor).isEqualTo(2);
            assertThat(ending.err()).contains("--progress-json");
        }
    }

    @Test
    void reader_thatNeverReadsOrIsGone_holdsNothingUp() throws Exception {
        String data = user.home.resolve("data").toString();
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "/bin/sh makes pipes");
        // The pipe is full before the first document, and then its reader is gone.
        String script =
                "{ \"$@\" --progress-json 3 3>&1 >/dev/null 2>&1; echo $? >" + folder.resolve("code") + "; } | sleep 0";
        run(script, "snapshot", data);
        assertThat(Files.readString(folder.resolve("code")).strip()).isEqualTo("0");
        String full = "{ head -c 65536 /dev/zero; \"$@\" --progress-json 3 3>&1 >/dev/null 2>&1; echo $? >"
                + folder.resolve("code") + "; } | sleep 60 & while [ ! -s " + folder.resolve("code")
                + " ]; do sleep 0.1; done; kill $!";
        Files.delete(folder.resolve("code"));
        run(full, "verify", "--data");
        assertThat(Files.readString(folder.resolve("code")).strip()).isEqualTo("0");
    }

    private void run(String script, String... arguments) throws Exception {
        ProcessBuilder command = ChildProcess.prepare(user.environment(), arguments);
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        line.addAll(command.command());
        command.command(line)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        Process process = command.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
}
