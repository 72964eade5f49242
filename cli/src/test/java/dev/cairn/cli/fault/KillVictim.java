package dev.cairn.cli.fault;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Runs one command after another on the default repository of a home, until it is killed. Writes down what was acknowledged, and what it
 * is about to do where that may take something away: a line each, in one write.
 */
final class KillVictim {

    static final String MADE = "made ";
    static final String FORGETTING = "forgetting";
    static final String REPAIRING = "repairing";
    static final String REPAIRED = "repaired";

    /** So many snapshots of the branch stay when it forgets. */
    static final int KEPT = 2;

    private final TestUser user;
    private final Path data;
    private final Path log;
    private final Random random;

    private KillVictim(Path home, Path data, Path log, long seed) throws IOException {
        this.user = new TestUser(home);
        this.data = data;
        this.log = log;
        this.random = new Random(seed);
    }

    /** Arguments: a home, a folder to make snapshots of, a file to write to, a seed. */
    public static void main(String[] arguments) throws IOException {
        KillVictim victim = new KillVictim(
                Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), Long.parseLong(arguments[3]));
        victim.begin();
        while (true) {
            victim.step();
        }
    }

    /** Who was killed in a repair may find no index. The first snapshot comes before all else: a branch has to be there to be pinned. */
    private void begin() throws IOException {
        if (user.run("snapshots").exitCode() != 0) {
            repair();
        }
        snapshot();
    }

    private void step() throws IOException {
        int what = random.nextInt(16);
        if (what < 9) {
            snapshot();
        } else if (what < 12) {
            say(FORGETTING);
            user.ok("forget", "--keep-last", String.valueOf(KEPT));
            user.ok("gc", "--dead-share", random.nextBoolean() ? "0" : "50");
        } else if (what < 14) {
            repair();
        } else if (what < 15) {
            user.ok("pin", "main");
            user.ok("pin", "main", "--remove");
        } else {
            user.ok("key", "rotate", "--reseal");
        }
    }

    private void snapshot() throws IOException {
        write("sub/f" + random.nextInt(30), 3_000);
        write("new-" + random.nextInt(5), 60_000);
        byte[] large = Files.readAllBytes(data.resolve("large"));
        large[random.nextInt(large.length)]++;
        Files.write(data.resolve("large"), large);
        say(MADE + user.json("snapshot", data.toString()).path("snapshot").asText());
    }

    private void write(String name, int bytes) throws IOException {
        byte[] noise = new byte[1 + random.nextInt(bytes)];
        random.nextBytes(noise);
        Files.write(data.resolve(name), noise);
    }

    private void repair() throws IOException {
        say(REPAIRING);
        user.ok("repair");
        say(REPAIRED);
    }

    private void say(String line) throws IOException {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
