package dev.cairn.cli.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real file systems that are full, or cannot be written to. */
@Order(11)
class DiskFaultsTest {

    private static final int DISK_MB = 24;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    private final Random random = new Random(5);

    private Path disk() {
        return folder.resolve("disk");
    }

    private String repository() {
        return disk().resolve("repository").toString();
    }

    @BeforeEach
    void aSmallDisk() throws Exception {
        user = new TestUser(folder.resolve("home"));
        Files.createDirectories(disk());
        assumeTrue(
                command("mount", "-t", "tmpfs", "-o", "size=" + DISK_MB + "m", "tmpfs", disk().toString()),
                "mounting takes root");
        noise("small", 1 << 20);
        user.ok("init", "-r", repository());
        user.ok("-r", repository(), "snapshot", folder.resolve("small").toString(), "--branch", "small");
    }

    @AfterEach
    void unmount() throws Exception {
        command("umount", "-l", disk().toString());
    }

    @Test
    void snapshot_fullDisk_saysSoAndLosesNothing() throws Exception {
        Path large = noise("large", (2 * DISK_MB) << 20);

        TestUser.Ending full = user.run("-r", repository(), "snapshot", large.toString(), "--json");

        assertThat(full.exitCode()).as("%s", full).isEqualTo(16);
        assertThat(full.error().path("code").asText()).isEqualTo("full");
        assertThat(full.error().path("message").asText()).contains("repository").doesNotContain("Exception");
        assertThat(full.error().path("hint").asText()).isNotEmpty();
        user.ok("-r", repository(), "verify", "--data");
        assertThat(user.json("-r", repository(), "snapshots")).hasSize(1);

        assertThat(command("mount", "-o", "remount,size=" + 6 * DISK_MB + "m", disk().toString()))
                .isTrue();
        user.ok("-r", repository(), "snapshot", large.toString());
        user.ok("-r", repository(), "verify", "--data");
        user.ok(
                "-r",
                repository(),
                "restore",
                "main",
                "--target",
                folder.resolve("out").toString());
        assertThat(folder.resolve("out/f")).hasSameBinaryContentAs(large.resolve("f"));
    }

    @Test
    void restore_fullDisk_leavesNoHalfFile() throws Exception {
        Path large = noise("large", (2 * DISK_MB) << 20);
        user.ok("snapshot", large.toString());

        TestUser.Ending full =
                user.run("restore", "main", "--target", disk().resolve("out").toString());

        assertThat(full.exitCode()).as("%s", full).isIn(3, 16);
        assertThat(full.err()).contains("space").doesNotContain("Exception");
        try (var left = Files.list(disk().resolve("out"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void readOnlyDisk_readsAndRefusesToWrite() throws Exception {
        assertThat(command("mount", "-o", "remount,ro", disk().toString())).isTrue();

        assertThat(user.json("-r", repository(), "snapshots")).hasSize(1);
        user.ok("-r", repository(), "verify", "--data");
        user.ok(
                "-r",
                repository(),
                "restore",
                "small",
                "--target",
                folder.resolve("out").toString());
        TestUser.Ending refused =
                user.run("-r", repository(), "snapshot", folder.resolve("small").toString());
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
        assertThat(refused.err()).contains("cannot write").doesNotContain("Exception");
        assertThat(user.run("init", "-r", disk().resolve("other").toString()).exitCode())
                .isEqualTo(1);
    }

    private Path noise(String name, int bytes) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        Files.write(place.resolve("f"), noise);
        return place;
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
