package dev.cairn.cli.care;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.fixture.VolumeDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyAndRepairTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void twoSnapshots() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Path data = Files.createDirectories(folder.resolve("data"));
        Random random = new Random(3);
        for (int i = 0; i < 30; i++) {
            byte[] noise = new byte[20_000];
            random.nextBytes(noise);
            Files.write(data.resolve("f" + i), noise);
        }
        user.ok("snapshot", data.toString());
        Files.writeString(data.resolve("more"), "m".repeat(3000));
        user.ok("snapshot", data.toString());
    }

    @Test
    void verify_soundRepository_countsEverything() {
        JsonNode structure = user.json("verify");
        JsonNode data = user.json("verify", "--data");
        assertThat(structure.path("damaged")).isEmpty();
        assertThat(data.path("objects").asLong())
                .isGreaterThan(structure.path("objects").asLong() - 1)
                .isGreaterThan(30);
        assertThat(data.path("bytes").asLong()).isGreaterThan(600_000);
        assertThat(user.json("verify", "main~1", "--data").path("damaged")).isEmpty();
        assertThat(user.run("verify", "nosuch").exitCode()).isEqualTo(1);
    }

    @Test
    void truncatedVolume_everyCommand_saysSoWithTheWayOn() throws IOException {
        Path volume = VolumeDamage.firstVolume(user.defaultRepository());
        VolumeDamage.truncate(volume, Files.size(volume) / 2);

        TestUser.Ending ending = user.run("verify", "--data", "--json");
        assertThat(ending.exitCode()).isEqualTo(13);
        TestUser.Ending restored =
                user.run("restore", "main", "--target", folder.resolve("t").toString());
        assertThat(restored.exitCode()).isEqualTo(13);
        assertThat(restored.err()).contains("000001.mdb").doesNotContain("Exception");
        assertThat(user.run("snapshot", folder.resolve("data").toString()).exitCode())
                .isEqualTo(13);
    }

    @Test
    void truncatedIndex_repair_bringsEverythingBack() throws IOException {
        Path index = VolumeDamage.index(user.defaultRepository());
        VolumeDamage.truncate(index, Files.size(index) / 2 / 4096 * 4096);

        TestUser.Ending broken = user.run("snapshots");
        assertThat(broken.exitCode()).isEqualTo(13);
        assertThat(broken.err()).contains("data.mdb").contains("cairn repair").doesNotContain("Exception");

        JsonNode report = user.json("repair");
        assertThat(report.path("lossCount").asLong()).isZero();
        assertThat(report.path("snapshots").asLong()).isEqualTo(2);
        assertThat(report.path("setAside")).isNotEmpty();
        assertThat(user.json("snapshots")).hasSize(2);
        user.ok("verify", "--data");
        user.ok("restore", "main", "--target", folder.resolve("t").toString());
        assertThat(folder.resolve("t/more")).hasContent("m".repeat(3000));
    }

    @Test
    void oneDamagedByte_repair_takesNoSnapshotAway() throws IOException {
        Path volume = VolumeDamage.firstVolume(user.defaultRepository());
        byte[] before = Files.readAllBytes(volume);
        // Amid the first run, which the noise fills.
        VolumeDamage.flip(volume, 150_000);
        Path first = folder.resolve("t1");
        assertThat(user.run("restore", "main", "--target", first.toString()).exitCode())
                .isEqualTo(13);
        assertThat(first.resolve("more")).exists();

        TestUser.Ending careful = user.run("repair", "--json");
        assertThat(careful.exitCode()).isEqualTo(13);
        assertThat(careful.json().path("replaced").asBoolean(true)).isFalse();
        Path second = folder.resolve("t2");
        assertThat(user.run("restore", "main", "--target", second.toString()).exitCode())
                .isEqualTo(13);
        assertThat(second.resolve("more")).hasContent("m".repeat(3000));
        Files.write(volume, before);
        user.ok("verify", "--data");

        VolumeDamage.flip(volume, 150_000);
        TestUser.Ending forced = user.run("repair", "--force", "--json");
        assertThat(forced.exitCode()).isEqualTo(13);
        assertThat(forced.json().path("snapshots").asLong()).isZero();
        assertThat(user.json("snapshots")).isEmpty();
    }

    @Test
    void everyByteOfTheMetaPages_flipped_isDetectedOrHarmless() throws IOException {
        Path volume = VolumeDamage.firstVolume(user.defaultRepository());
        byte[] before = Files.readAllBytes(volume);
        for (int at = 0; at < 8192; at += 37) {
            VolumeDamage.flip(volume, at);
            TestUser.Ending ending = user.run("verify", "--data", "--json");
            assertThat(ending.exitCode()).as("byte %d: %s", at, ending).isIn(0, 13);
            assertThat(ending.err()).doesNotContain("Exception");
            Files.write(volume, before);
        }
        user.ok("verify", "--data");
    }

    /** The replica's identity: damage costs an identity, and nothing else. */
    @Test
    void bytesOfTheReplicaFile_flippedOrGone_costNothingButAnIdentity() throws IOException {
        Path file = user.defaultRepository().resolve("replica");
        byte[] whole = Files.readAllBytes(file);
        String data = folder.resolve("data").toString();
        for (int at = 0; at < whole.length; at += 17) {
            VolumeDamage.flip(file, at);
            TestUser.Ending ending = user.run("snapshot", data);
            assertThat(ending.exitCode()).as("byte %d: %s", at, ending).isIn(0, 13);
            assertThat(ending.err()).doesNotContain("Exception");
            Files.write(file, whole);
        }
        for (byte[] other : new byte[][] {{}, {1}, new byte[5000], whole}) {
            Files.write(file, other);
            TestUser.Ending ending = user.run("snapshot", data);
            assertThat(ending.exitCode()).as("%s", ending).isIn(0, 13);
        }
        Files.deleteIfExists(file);
        user.ok("snapshot", data);
        user.ok("verify", "--data");
    }

    @Test
    void wholeFilesGone_areDamageOrNoRepository() throws IOException {
        Path repository = user.defaultRepository();
        Path index = VolumeDamage.index(repository);
        Path volume = VolumeDamage.firstVolume(repository);
        byte[] indexBytes = Files.readAllBytes(index);
        byte[] volumeBytes = Files.readAllBytes(volume);

        Files.write(index, volumeBytes);
        Files.write(volume, indexBytes);
        assertThat(user.run("verify", "--data").exitCode()).as("swapped").isEqualTo(13);
        Files.write(index, indexBytes);
        Files.delete(volume);
        for (String[] command : new String[][] {
            {"verify", "--data"},
            {"scrub"},
            {"restore", "main", "--target", folder.resolve("t").toString()},
            {"snapshot", folder.resolve("data").toString()},
            {"ls", "main"},
            {"drill"}
        }) {
            TestUser.Ending ending = user.run(command);
            assertThat(ending.exitCode()).as("%s: %s", command[0], ending).isEqualTo(13);
            assertThat(ending.err()).doesNotContain("Exception");
        }
        Files.write(volume, volumeBytes);
        Files.delete(index);
        assertThat(user.run("snapshots").exitCode()).as("index gone").isEqualTo(13);
        user.ok("repair");
        user.ok("verify", "--data");
        Files.delete(index);
        Files.delete(volume);
        assertThat(user.run("snapshots").exitCode()).as("both gone").isEqualTo(10);
        assertThat(user.run("repair").exitCode()).isEqualTo(10);
    }

    @Test
    void folderThatIsNoRepository_isTold() throws IOException {
        Files.createDirectories(folder.resolve("empty"));
        TestUser.Ending ending = user.run("-r", folder.resolve("empty").toString(), "snapshots");
        assertThat(ending.exitCode()).isEqualTo(10);
        assertThat(user.run("-r", folder.resolve("data").toString(), "snapshots")
                        .exitCode())
                .isEqualTo(10);
        assertThat(user.run("-r", folder.resolve("data/f1").toString(), "snapshots")
                        .exitCode())
                .isEqualTo(10);
        assertThat(user.run("-r", folder.resolve("data").toString(), "repair").exitCode())
                .isEqualTo(10);
    }

    /** Nothing that is left is damaged: that must not look as if nothing had been lost. */
    @Test
    void snapshotsLeftOutByARepair_areTold_untilTheyAreBackOrAccepted() throws IOException {
        String lost = user.json("snapshots").get(0).path("snapshot").asText();
        Path volume = VolumeDamage.firstVolume(user.defaultRepository());
        VolumeDamage.truncate(volume, Files.size(volume) / 2);
        TestUser.Ending repaired = user.run("repair");
        assertThat(repaired.exitCode()).as("%s", repaired).isEqualTo(13);
        assertThat(repaired.err()).contains("--accept-losses");
        assertThat(user.json("snapshots")).isEmpty();

        TestUser.Ending verified = user.run("verify");
        assertThat(verified.exitCode()).as("%s", verified).isEqualTo(13);
        assertThat(verified.err()).contains("snapshot " + lost.substring(0, 12), "left out by the repair of");
        assertThat(user.run("doctor").exitCode()).isEqualTo(13);
        user.ok("snapshot", folder.resolve("data").toString());
        assertThat(user.run("verify", "--data").exitCode()).isEqualTo(13);
        user.ok("verify", "main");

        user.ok("repair", "--accept-losses");
        user.ok("verify", "--data");
        user.ok("repair");
        user.ok("verify");
        assertThat(user.ok("doctor").out()).doesNotContain("lost-snapshots");
    }

    @Test
    void repair_keepsWhatIsKnownOfScrubsAndDrills() {
        user.ok("scrub");
        user.ok("drill");
        String before = user.json("scrub", "--status")
                .path("repositories")
                .get(0)
                .path("volumes")
                .toString();
        user.ok("repair");
        assertThat(user.json("scrub", "--status")
                        .path("repositories")
                        .get(0)
                        .path("volumes")
                        .toString())
                .isEqualTo(before);
        assertThat(user.run("doctor").out())
                .contains("every volume was looked through", "the last drill was")
                .doesNotContain("no restore was ever tried");
    }
}
