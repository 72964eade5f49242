package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a snapshot opens, as the kernel sees it. */
class SystemCallsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    private Path data() {
        return folder.resolve("data");
    }

    @BeforeEach
    void aSnapshot() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is not installed");
        user = new TestUser(folder.resolve("home"));
        Files.createDirectories(data().resolve("sub"));
        for (int i = 0; i < 50; i++) {
            Files.writeString(data().resolve("sub/watched-" + i), "content " + i + " ".repeat(i * 100));
        }
        Files.writeString(data().resolve("watched-large"), "x".repeat(3_000_000));
        user.ok("snapshot", data().toString());
    }

    @Test
    void snapshot_nothingChanged_opensNoFileAndStoresTheSnapshotOnly() throws Exception {
        // The first snapshot may have met files too young to be known by their times; this one has not.
        user.ok("snapshot", data().toString());

        Traced second = traced();

        assertThat(second.opened()).noneMatch(path -> path.contains("watched-"));
        assertThat(second.opened()).anyMatch(path -> path.contains("sub"));
        assertThat(second.result().path("filesUnmodified").asInt()).isEqualTo(51);
        assertThat(second.result().path("chunksNew").asInt()).isZero();
        assertThat(second.result().path("bytesStored").asLong()).isBetween(1L, 2000L);
    }

    @Test
    void snapshot_sizeAndTimePutBack_readsThatFileAndNoOther() throws Exception {
        user.ok("snapshot", data().toString());
        Path changed = data().resolve("sub/watched-7");
        FileTime before = Files.getLastModifiedTime(changed);
        String content = Files.readString(changed);
        Files.writeString(changed, content.replace("content", "CONTENT"));
        Files.setLastModifiedTime(changed, before);

        Traced second = traced();

        assertThat(second.opened().stream().filter(path -> path.contains("watched-")))
                .isNotEmpty()
                .allMatch(path -> path.equals("watched-7"));
        assertThat(second.result().path("filesChanged").asInt()).isEqualTo(1);
        assertThat(user.ok("cat", "main:sub/watched-7").out()).startsWith("CONTENT 7");
    }

    private record Traced(List<String> opened, JsonNode result) {}

    private Traced traced() throws Exception {
        Path trace = folder.resolve("trace");
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/strace", "-f", "-qq", "-e", "trace=open,openat,openat2", "-o", trace.toString()));
        ProcessBuilder child = ChildProcess.prepare(user.environment(), "snapshot", data().toString(), "--json");
        command.addAll(child.command());
        Process process = child.command(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        assertThat(process.waitFor())
                .as("%s", Files.readString(folder.resolve("err")))
                .isZero();
        try (Stream<String> lines = Files.lines(trace)) {
            List<String> opened = lines.filter(line -> line.contains("\""))
                    .map(line -> line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')))
                    .toList();
            return new Traced(opened, new ObjectMapper().readTree(Files.readString(out)));
        }
    }
}
