package dev.cairn.cli.capture;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A user with a snapshot of two files, one of them in a folder of its own. */
abstract class SmallSnapshotFixture {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    TestUser user;

    final Path data() {
        return folder.resolve("data");
    }

    @BeforeEach
    void aSnapshot() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Files.createDirectories(data().resolve("sub"));
        Files.writeString(data().resolve("a.txt"), "alpha");
        byte[] noise = new byte[300_000];
        new Random(1).nextBytes(noise);
        Files.write(data().resolve("sub/noise"), noise);
        user.ok("snapshot", data().toString());
    }
}
