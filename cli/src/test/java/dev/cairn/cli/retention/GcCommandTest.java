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
}
