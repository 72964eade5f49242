package dev.cairn.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.FileTree;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A system call on a repository's files that fails, or at which the process is killed: the first, the second, the n-th of a command.
 * After each the repository opens, every byte of what was acknowledged is there, and the same command succeeds.
 *
 * <p>{@code -Dcairn.callfaults.calls=N} takes the first N calls of each kind in turn, with each fault; without it the first calls of
 * some kinds get a fault by chance, and the seed is printed.
 */
@Execution(ExecutionMode.CONCURRENT)
@Order(3)
class CallFaultsTest extends CrashFixture {

    private static final int CALLS = Integer.getInteger("cairn.callfaults.calls", 0);

    /** The calls by which a repository's files change. */
    private static final List<String> WRITING = List.of("pwrite64", "pwritev", "writev", "fdatasync", "fsync");

    private int faults;
    private int runs;

    private Path repository() {
        return folder.resolve("repository");
    }

    /** What a call is made to end with, and how the command may end then. */
    private record Fault(String name, String injected, List<Integer> exitCodes) {}

    private static final List<Fault> FAULTS = List.of(
            new Fault("kill", "signal=KILL", List.of(137)),
            new Fault("EIO", "error=EIO", List.of(1, 16)),
            new Fault("ENOSPC", "error=ENOSPC", List.of(1, 16)));

    CallFaultsTest() {
        super("cairn.callfaults.seed");
    }

    @BeforeEach
    void aRepository() throws IOException {
        user.ok("init", "-r", repository().toString());
        user.ok("-r", repository().toString(), "snapshot", data().toString());
        noise(data().resolve("sub/f7"), 3_000);
        user.ok("-r", repository().toString(), "snapshot", data().toString());
        noise(data().resolve("new"), 200_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot DATA", "repair", "gc --dead-share 0"})
    void command_callThatFails_losesNothing(String line) throws Exception {
        String[] words = Arrays.stream(line.split(" ", -1))
                .map(word -> word.equals("DATA") ? data().toString() : word)
                .toArray(String[]::new);
        if (words[0].equals("gc")) {
            user.ok("-r", repository().toString(), "forget", "--keep-last", "1");
        }
        if (CALLS == 0) {
            for (String call : List.of("pwrite64", "fdatasync", "fsync")) {
                one(FAULTS.get(random.nextInt(FAULTS.size())), call, 1, words);
            }
        }
        for (Fault fault : FAULTS) {
            for (String call : WRITING) {
                boolean isReached = true;
                for (int at = 1; isReached && at <= CALLS; at++) {
                    isReached = one(fault, call, at, words);
                }
            }
        }
        System.out.printf("%s: %d runs, %d faults%n", line, runs, faults);
        assertThat(faults).as("seed=%d: runs in which a call failed", seed).isPositive();
    }

    /** Runs a command on a copy of the repository with one call failing; false if the command makes fewer calls than that. */
    private boolean one(Fault fault, String call, int at, String... words) throws Exception {
        Path copy = folder.resolve("copy");
        new FileTree(copy).deleteIfExists();
        new FileTree(repository()).copyTo(copy);
        List<String> before = user.json("-r", copy.toString(), "snapshots").findValuesAsText("snapshot");
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/strace",
                "-f",
                "-qq",
                "--seccomp-bpf",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=%s:%s:when=%d".formatted(call, fault.injected, at)));
        try (Stream<Path> files = Files.walk(copy)) {
            files.forEach(file -> command.addAll(List.of("-P", file.toString())));
        }
        List<String> all = new ArrayList<>(List.of("-r", copy.toString()));
        all.addAll(Arrays.asList(words));
        ProcessBuilder child = ChildProcess.prepare(user.environment(), all.toArray(String[]::new));
        command.addAll(child.command());
        Path err = folder.resolve("err");
        int exit = child.command(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        runs++;
        String what = "seed=%d: %s at call %d of %s in '%s': exit code %d%n%s"
                .formatted(seed, fault.name, at, call, String.join(" ", words), exit, Files.readString(err));
        if (exit != 0) {
            faults++;
            assertThat(fault.exitCodes).as(what).contains(exit);
            assertThat(Files.readString(err))
                    .as(what)
                    .doesNotContain("Exception")
                    .doesNotContain("\tat ");
        }
        requireWhole(copy, before, words, what);
        return exit != 0;
    }

    private void requireWhole(Path copy, List<String> before, String[] words, String what) {
        TestUser.Ending looked = user.run("-r", copy.toString(), "snapshots", "--json");
        if (looked.exitCode() != 0 && words[0].equals("repair")) {
            // Between the old index and the new one there may be none: the volumes have everything.
            assertThat(looked.exitCode()).as("%s%n%s", what, looked).isEqualTo(13);
        } else {
            assertThat(looked.json().findValuesAsText("snapshot")).as(what).containsAll(before);
            TestUser.Ending verified = user.run("-r", copy.toString(), "verify", "--data");
            assertThat(verified.exitCode()).as("%s%n%s", what, verified).isZero();
        }
        List<String> again = new ArrayList<>(List.of("-r", copy.toString()));
        again.addAll(Arrays.asList(words));
        TestUser.Ending next = user.run(again.toArray(String[]::new));
        assertThat(next.exitCode()).as("%s%n%s", what, next).isZero();
        TestUser.Ending verified = user.run("-r", copy.toString(), "verify", "--data");
        assertThat(verified.exitCode()).as("%s%n%s", what, verified).isZero();
    }
}
