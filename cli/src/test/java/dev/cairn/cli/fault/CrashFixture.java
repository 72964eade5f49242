package dev.cairn.cli.fault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.lmdb.MemoryFolder;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A user with a folder of random files, whose commands are traced by strace; the seed is printed. */
abstract class CrashFixture {

    /** In memory: what a disk keeps is modelled, or a matter of the process alone; and there are many to be looked at. */
    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    final long seed;
    final Random random;

    @SuppressWarnings("NullAway.Init")
    TestUser user;

    /** The real path of a temporary folder, as strace shows it. */
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** @param seedProperty the system property that sets the seed */
    CrashFixture(String seedProperty) {
        this.seed = Long.getLong(seedProperty, System.nanoTime());
        this.random = new Random(seed);
    }

    @BeforeEach
    void aFolder() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "skipped: strace is not installed");
        System.out.println("seed=" + seed);
        folder = temporary.toRealPath();
        user = new TestUser(folder.resolve("home"));
        Files.createDirectories(data().resolve("sub"));
        for (int i = 0; i < 30; i++) {
            noise(data().resolve("sub/f" + i), 1 + random.nextInt(5_000));
        }
        noise(data().resolve("large"), 300_000);
    }

    final Path data() {
        return folder.resolve("data");
    }

    final void noise(Path file, int bytes) throws IOException {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        Files.write(file, noise);
    }
}
