package dev.cairn.cli.look;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stats}. */
class StatsCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void stats_ofThreeSnapshots_tellWhatIsWhose() throws IOException {
        TestUser user = new TestUser(folder.resolve("home"));
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.write(data.resolve("stays"), noise(20_000, 1));
        Files.writeString(data.resolve("tiny"), "t");
        user.ok("snapshot", data.toString());
        Files.write(data.resolve("second"), noise(30_000, 2));
        user.ok("snapshot", data.toString());
        Files.write(data.resolve("third"), noise(40_000, 3));
        user.ok("snapshot", data.toString(), "--branch", "other");

        JsonNode stats = user.json("stats");

        assertThat(stats.path("bytes").asInt()).isEqualTo(20_001 + 50_001 + 90_001);
        assertThat(stats.path("bytesDistinct").asInt()).isEqualTo(90_001);
        assertThat(stats.path("chunks").asInt()).isEqualTo(3);
        assertThat(stats.path("dedupRatio").asDouble()).isEqualTo(1.78);
        assertThat(stats.path("compressionRatio").asDouble()).isBetween(0.9, 1.0);
        JsonNode snapshots = stats.path("snapshots");
        assertThat(snapshots).hasSize(3);
        assertThat(snapshots.get(0).path("bytesUnique").asInt()).isZero();
        assertThat(snapshots.get(0).path("bytesShared").asInt()).isEqualTo(20_000);
        assertThat(snapshots.get(2).path("bytesUnique").asInt()).isEqualTo(40_000);
        assertThat(snapshots.get(2).path("bytesShared").asInt()).isEqualTo(50_000);
        assertThat(stats.path("branches").get(0).path("branch").asText()).isEqualTo("main");
        assertThat(stats.path("branches").get(1).path("bytesUnique").asInt()).isEqualTo(40_000);
        JsonNode volumes = stats.path("volumes");
        assertThat(volumes).hasSize(1);
        assertThat(volumes.get(0).path("bytesRecords").asLong())
                .isEqualTo(stats.path("bytesStored").asLong())
                .isEqualTo(volumes.get(0).path("bytesLive").asLong())
                .isLessThanOrEqualTo(volumes.get(0).path("bytes").asLong());
        assertThat(volumes.get(0).path("bytes").asLong())
                .isLessThanOrEqualTo(Files.size(user.defaultRepository().resolve("volumes/000001.mdb")));
        assertThat(stats.path("bytesOnlyBase").asLong()
                        + stats.path("bytesDead").asLong())
                .isZero();
        assertThat(stats.path("bytesFree").asLong()).isPositive();
        assertThat(user.ok("stats").out())
                .contains("3 snapshots", "its own", "volume")
                .doesNotContain("NaN");
    }

    @Test
    void stats_ofAnEmptyRepository_areZeros() throws IOException {
        TestUser user = new TestUser(folder.resolve("home"));
        user.ok("init");
        JsonNode stats = user.json("stats");
        assertThat(stats.path("bytes").asInt()).isZero();
        assertThat(stats.path("dedupRatio").asDouble()).isEqualTo(1);
        assertThat(user.ok("stats").out()).contains("0 snapshots");
    }
}
