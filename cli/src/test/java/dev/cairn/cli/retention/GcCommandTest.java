package dev.cairn.cli.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void threeSnapshotsOfWhichOneIsRetained() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Path data = Files.createDirectories(folder.resolve("data"));
        Random random = new Random(3);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 10; j++) {
                byte[] noise = new byte[60_000];
                random.nextBytes(noise);
                Files.write(data.resolve("f" + j), noise);
            }
            user.ok("snapshot", data.toString());
        }
        user.ok("forget", "--keep-last", "1");
    }

    private long diskBytes() throws IOException {
        try (var files = Files.walk(user.defaultRepository())) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void gc_forgottenSnapshots_givesTheirSpaceBackAndTheRestIsSound() throws IOException {
        long before = diskBytes();
        JsonNode plan = user.json("gc", "-n");
        assertThat(plan.path("removed").path(0).path("type").asText()).isEqualTo("snapshot");
        assertThat(plan.path("removed").path(0).path("objects").asLong()).isEqualTo(2);
        assertThat(plan.path("bytesFreed").asLong()).isGreaterThan(1_000_000);
        assertThat(user.ok("gc", "--dry-run").out()).contains("would be free");
        assertThat(user.json("snapshots")).isNotEmpty();
        JsonNode done = user.json("gc");
        assertThat(done.path("removed").path(0).path("objects").asLong()).isEqualTo(2);
        assertThat(done.path("bytesFreed").asLong()).isGreaterThan(1_000_000);
        assertThat(done.path("waitingFor")).isEmpty();
        assertThat(diskBytes()).isLessThan(before - 1_000_000);
        assertThat(user.json("verify", "--data").path("damaged")).isEmpty();
        user.ok("restore", "main", "--target", folder.resolve("back").toString());
        assertThat(folder.resolve("back/f9")).hasBinaryContent(Files.readAllBytes(folder.resolve("data/f9")));
        assertThat(user.ok("repair").out()).doesNotContain("losses");
        assertThat(user.json("verify", "--data").path("damaged")).isEmpty();
        assertThat(user.json("gc").path("removed").path(0).path("objects").asLong())
                .isLessThanOrEqualTo(2);
    }

    @Test
    void gc_thenEveryOtherLook_findsNothingWrong() {
        user.ok("scrub");
        user.ok("gc", "--dead-share", "1");
        JsonNode scrub = user.json("scrub");
        assertThat(scrub.path("damageCount").asLong(-1)).as("%s", scrub).isZero();
        assertThat(scrub.path("records").asLong()).isPositive();
        JsonNode stats = user.json("stats");
        assertThat(stats.path("bytesDead").asLong(-1)).as("%s", stats).isZero();
        assertThat(user.json("verify", "--data").path("damaged")).isEmpty();
        user.ok("repair");
        user.ok("drill");
        user.ok("find", "f9");
        assertThat(user.json("scrub").path("damageCount").asLong(-1)).isZero();
        assertThat(user.json("stats").path("bytesDead").asLong(-1)).isZero();
    }

    @Test
    void gc_needsNoKey() throws IOException {
        try (var keys = Files.walk(folder.resolve("home"))) {
            for (Path key :
                    keys.filter(file -> file.toString().endsWith(".key")).toList()) {
                Files.delete(key);
            }
        }
        assertThat(user.ok("gc").out()).contains("Removed 2 snapshots");
    }

    @Test
    void gc_wrongArguments_isUsage() {
        assertThat(user.run("gc", "--dead-share", "101").exitCode()).isEqualTo(2);
        assertThat(user.run("gc", "--data", folder.toString()).exitCode()).isEqualTo(2);
        assertThat(user.run("gc", "nosuch").exitCode()).isEqualTo(2);
        assertThat(user.run("gc", "a/b", "--data", folder.resolve("none").toString())
                        .exitCode())
                .isEqualTo(10);
    }

    @Test
    void gc_repack_givesBackWhatIsDeadInRunsOfSmallFiles() throws IOException {
        Path small = Files.createDirectories(folder.resolve("small"));
        Random random = new Random(4);
        for (int i = 0; i < 2_000; i++) {
            byte[] noise = new byte[2_000];
            random.nextBytes(noise);
            Files.write(small.resolve("f" + i), noise);
        }
        user.ok("snapshot", small.toString(), "--branch", "small");
        for (int i = 0; i < 2_000; i++) {
            if (i % 10 != 0) {
                Files.delete(small.resolve("f" + i));
            }
        }
        user.ok("snapshot", small.toString(), "--branch", "small");
        user.ok("forget", "--keep-last", "1");
        user.ok("gc");
        long before = diskBytes();
        assertThat(user.json("gc").has("recordsRepacked")).isFalse();
        JsonNode done = user.json("gc", "--repack");
        assertThat(done.path("recordsRepacked").asLong()).as("%s", done).isGreaterThan(5);
        assertThat(done.path("objectsBase").asLong(-1)).as("%s", done).isZero();
        assertThat(done.path("bytesFreed").asLong()).isGreaterThan(2_500_000);
        assertThat(diskBytes()).isLessThan(before - 2_500_000);
        assertThat(user.json("verify", "--data").path("damaged")).isEmpty();
        user.ok("restore", "small", "--target", folder.resolve("back").toString());
        for (int i = 0; i < 2_000; i += 10) {
            assertThat(folder.resolve("back/f" + i)).hasBinaryContent(Files.readAllBytes(small.resolve("f" + i)));
        }
        assertThat(user.json("gc", "--repack").path("recordsRepacked").asLong()).isZero();
        user.ok("repair");
        assertThat(user.json("verify", "--data").path("damaged")).isEmpty();
        assertThat(user.ok("gc", "--repack").out()).contains("Sealed anew what was left of");
        assertThat(user.run("gc", "--repack", "a/b").exitCode()).isEqualTo(2);
    }
}
