package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.ObjectId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes and syncs that fail: clean errors, and nothing that was acknowledged is lost. Strace makes the kernel refuse. */
final class IoErrorTest {

    private static final Path STRACE = Path.of("/usr/bin/strace");
    private static final int COMMITS = 40;

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @BeforeAll
    static void requireStrace() {
        assumeTrue(Files.isExecutable(STRACE), "skipped: no strace on this machine");
    }

    /** Every so many calls of the thread that writes, one fails: of pages, of meta pages, of syncs. */
    @ParameterizedTest
    @CsvSource({
        "EIO, pwrite64, 8+23, opened again",
        "EIO, 'fdatasync,fsync', 5+7, input/output error",
        "ENOSPC, 'pwritev,writev', 2+9, no space left"
    })
    void commit_callThatFails_isRefusedAndLosesNothing(String error, String calls, String when, String message)
            throws Exception {
        Path folder = temporary.resolve("replica");
        SmallReplica replica = SmallReplica.create(folder, 61);
        List<String> strace = new ArrayList<>(List.of(
                STRACE.toString(),
                "-f",
                "-o",
                temporary.resolve("trace").toString(),
                "-e",
                "trace=" + calls,
                "-e",
                "inject=" + calls + ":error=" + error + ":when=" + when));
        for (String file : List.of(Damage.INDEX, Damage.volume(3), Damage.volume(4))) {
            strace.addAll(List.of("-P", folder.resolve(file).toString()));
        }
        Process child = ChildStore.start(strace, folder, "persist", "62", String.valueOf(COMMITS));
        List<String> lines = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        int exit = child.waitFor();
        assumeTrue(!lines.isEmpty(), "skipped: strace may not trace here");
        assertThat(exit).as("after %s", lines).isZero();
        List<String> refused =
                lines.stream().filter(line -> line.startsWith("refused ")).toList();
        List<ObjectId> acknowledged = lines.stream()
                .flatMap(line -> ChildStore.acknowledged(line).stream())
                .toList();
        assertThat(refused).isNotEmpty().allMatch(line -> line.contains(folder.toString()));
        assertThat(refused).anyMatch(line -> line.contains(message));
        assertThat(acknowledged).hasSize(COMMITS - refused.size()).hasSizeGreaterThan(5);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, LmdbObjectStore.Options.DEFAULT)) {
            replica.requireWhole(store);
            assertThat(store.missing(acknowledged)).isEmpty();
            store.commit(List.of(replica.make().run(100)));
            CrashTest.requireWhole(store, 40 + 3L * acknowledged.size());
        }
    }
}
