package dev.cairn.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.FileTree;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A process that makes snapshots, forgets, collects, repairs and rotates keys, killed at random times. What it leaves opens, verifies
 * to the last byte, has all that was acknowledged, and can be gone on with.
 *
 * <p>Most kills are not fatal: the process is stopped, its files are copied, and it goes on. What a process that is killed leaves is what it has
 * written, and locks that nobody holds; that is what the copy of a stopped one is, since the locks are on the original (LMDB sets up
 * its lock file anew when nobody has it). So a process serves for many kills. One in {@value #REAL} is a real one, kill -9, and another
 * process goes on with what the last one left.
 *
 * <p>{@code -Dcairn.kills=N} sets how many there are; the seed is printed.
 */
class KillTest extends CrashFixture {

    private static final int KILLS = Integer.getInteger("cairn.kills", 30);

    private static final int REAL = 50;

    /** On each so many-th copy the work is gone on with. */
    private static final int CONTINUED = 5;

    /** Longer than most commands take. */
    private static final int APART_MILLIS_MAX = 60;

    /** Said for a victim that was killed: it may have made a snapshot that nobody heard of. */
    private static final String KILLED = "killed";

    @SuppressWarnings("NullAway.Init")
    private Process victim;

    KillTest() {
        super("cairn.kills.seed");
    }

    private Path home() {
        return folder.resolve("home");
    }

    private Path log() {
        return folder.resolve("log");
    }

    @AfterEach
    void noVictimStays() throws InterruptedException {
        if (victim != null) {
            victim.destroyForcibly().waitFor();
        }
    }

    @Test
    void process_killedAnywhere_losesNothingAcknowledged() throws Exception {
        user.ok("init");
        Files.createFile(log());
        start();
        int real = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Thread.sleep(random.nextInt(APART_MILLIS_MAX));
            boolean isReal = kill % REAL == REAL / 2;
            if (isReal) {
                victim.destroyForcibly();
            } else {
                stop();
            }
            Path copy = folder.resolve("copy");
            if (isReal) {
                victim.waitFor();
                real++;
            }
            new FileTree(home()).copyTo(copy);
            requireWhole(copy, Files.readAllLines(log()), kill);
            new FileTree(copy).delete();
            if (isReal) {
                Files.writeString(log(), KILLED + "\n", StandardOpenOption.APPEND);
                start();
            } else {
                signal("CONT");
            }
        }
        System.out.printf(
                "%d kills, %d of them real, %d lines acknowledged%n",
                KILLS, real, Files.readAllLines(log()).size());
    }

    /** Starts one, and waits until it has done something. */
    private void start() throws Exception {
        long before = Files.size(log());
        ProcessBuilder child = ChildProcess.prepare(user.environment());
        List<String> command = child.command();
        command.set(command.size() - 1, KillVictim.class.getName());
        command.addAll(
                List.of(home().toString(), data().toString(), log().toString(), String.valueOf(random.nextLong())));
        victim = child.redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        while (Files.size(log()) == before) {
            requireAlive();
            Thread.sleep(5);
        }
    }

    private void requireAlive() throws IOException {
        assertThat(victim.isAlive())
                .as("seed=%d: a command failed: %s", seed, Files.readString(folder.resolve("out")))
                .isTrue();
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(victim.pid())).start();
        if (kill.waitFor() != 0) {
            requireAlive();
        }
        assertThat(kill.exitValue()).isZero();
    }

    /** Stops it: a call that is under way comes to its end, as it does in a process that is killed. */
    private void stop() throws Exception {
        signal("STOP");
        Path tasks = Path.of("/proc", String.valueOf(victim.pid()), "task");
        boolean isStopped = false;
        while (!isStopped) {
            requireAlive();
            try (Stream<Path> threads = Files.list(tasks)) {
                isStopped = threads.allMatch(KillTest::isStopped);
            }
        }
    }

    private static boolean isStopped(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            return false;
        }
    }

    private void requireWhole(Path copy, List<String> said, int kill) throws IOException {
        String what = "seed=%d, kill %d, after '%s' as line %d".formatted(seed, kill, said.getLast(), said.size());
        TestUser finder = new TestUser(copy);
        TestUser.Ending looked = finder.run("snapshots", "--json");
        if (looked.exitCode() != 0) {
            // Between the old index and the new one there may be none: the volumes have everything.
            assertThat(looked.exitCode()).as("%s: %s", what, looked).isEqualTo(13);
            assertThat(said.getLast()).as(what).isEqualTo(KillVictim.REPAIRING);
            finder.ok("repair");
            looked = finder.ok("snapshots", "--json");
        }
        assertThat(looked.json().findValuesAsText("snapshot")).as(what).containsAll(acknowledged(said));
        TestUser.Ending verified = finder.run("verify", "--data");
        assertThat(verified.exitCode()).as("%s: %s", what, verified).isZero();
        if (kill % CONTINUED == 0) {
            for (List<String> command : List.of(
                    List.of("snapshot", data().toString()),
                    List.of("gc", "--dead-share", "0"),
                    List.of("verify", "--data"))) {
                TestUser.Ending next = finder.run(command.toArray(String[]::new));
                assertThat(next.exitCode())
                        .as("%s: %s: %s", what, command, next)
                        .isZero();
            }
        }
    }

    /** The snapshots that must be there: of those that were forgotten, one may have been spared for one that nobody heard of. */
    private static List<String> acknowledged(List<String> said) {
        Deque<String> made = new ArrayDeque<>();
        for (String line : said) {
            switch (line) {
                case KILLED -> made.add(KILLED);
                case KillVictim.FORGETTING -> {
                    while (made.size() > KillVictim.KEPT) {
                        made.removeFirst();
                    }
                }
                case String other
                when other.startsWith(KillVictim.MADE) -> made.add(other.substring(KillVictim.MADE.length()));
                default -> {}
            }
        }
        return made.stream().filter(id -> !id.equals(KILLED)).toList();
    }
}
