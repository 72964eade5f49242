package dev.cairn.cli.care;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.cli.fixture.VolumeDamage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Damage, and the ways in which a repository becomes whole again: from its source, a remote, another replica, a client. */
@Execution(ExecutionMode.CONCURRENT)
@Order(6)
class HealingTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    private final List<AutoCloseable> servers = new ArrayList<>();

    private Path data() {
        return folder.resolve("data");
    }

    @BeforeEach
    void twoSnapshots() throws IOException {
        user = new TestUser(folder.resolve("home"));
        Files.createDirectories(data().resolve("sub"));
        for (int i = 0; i < 30; i++) {
            Files.write(data().resolve(i % 2 == 0 ? "f" + i : "sub/f" + i), noise(20_000, i));
        }
        Files.write(data().resolve("large"), noise(400_000, 99));
        user.ok("snapshot", data().toString());
        Files.writeString(data().resolve("more"), "m".repeat(3000));
        user.ok("snapshot", data().toString());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private ServerProcess server(String remote, String... options) throws IOException {
        ServerProcess server = new ServerProcess(Files.createDirectories(folder.resolve(remote)), options);
        servers.add(server);
        user.addRemote(remote, server.url("r"), server.enrolmentCode());
        return server;
    }

    /** A remote whose server is nothing that this process looks into. */
    private void localServer(String remote) throws IOException {
        LocalServer server = new LocalServer(folder.resolve(remote));
        servers.add(server);
        user.addRemote(remote, server.url("r"), server.enrolmentCode());
    }

    /** Flips a byte of every fourth page of what stands in the volume's first megabyte. */
    private static void damageMuch(Path repository) throws IOException {
        Path volume = VolumeDamage.firstVolume(repository);
        for (long at = 9_000; at < 900_000; at += 4 * 4096) {
            VolumeDamage.flip(volume, at);
        }
    }

    private void assertWhole() throws IOException {
        user.ok("verify", "--data");
        Path target = folder.resolve("target-" + System.nanoTime());
        user.ok("restore", "main", "--target", target.toString(), "--verify");
        try (Stream<Path> files = Files.walk(data())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(target.resolve(data().relativize(file).toString())).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void verify_damagedRun_saysWhichPathsOfWhichSnapshots() throws IOException {
        VolumeDamage.flip(VolumeDamage.firstVolume(user.defaultRepository()), 150_000);
        TestUser.Ending ending = user.run("verify", "--data");
        assertThat(ending.exitCode()).isEqualTo(13);
        assertThat(ending.err())
                .containsPattern("damaged: snapshot [0-9a-f]{12}: (sub/)?f\\d+, ")
                .contains("cairn repair");
        JsonNode damaged = user.run("verify", "--json").json().path("damaged");
        assertThat(damaged).as("what is known needs no --data").isNotEmpty();
        assertThat(damaged.findValuesAsText("path")).isNotEmpty();
    }

    /** What is noted was told again for each page and snapshot that refers to it, and counted as often. */
    @Test
    void verify_damageThatIsNoted_isListedAndCountedAsWhenItWasFound() throws IOException {
        VolumeDamage.flip(VolumeDamage.firstVolume(user.defaultRepository()), 150_000);
        TestUser.Ending found = user.run("verify", "--data");
        TestUser.Ending noted = user.run("verify");

        assertThat(lines(noted)).isEqualTo(lines(found));
        assertThat(lines(found))
                .doesNotHaveDuplicates()
                .filteredOn(line -> line.contains("snapshot"))
                .allMatch(line -> line.endsWith("(and in 1 older snapshot)"));
        JsonNode counts = user.run("verify", "--json").json();
        long files = lines(found).size() - 1L;
        assertThat(counts.path("damagedParts").asLong()).isEqualTo(1);
        assertThat(counts.path("damagedFiles").asLong()).isEqualTo(files);
        assertThat(counts.path("damagedSnapshots").asLong()).isEqualTo(2);
        assertThat(counts.path("lostObjects").asLong()).isGreaterThanOrEqualTo(files);
        assertThat(counts.path("damageCount").asLong()).isEqualTo(1 + 2 * files);
        assertThat(found.out())
                .startsWith("Damaged: 1 part of what is stored; ")
                .contains("; %d files in 2 snapshots; listed above.".formatted(files));
        assertThat(lines(user.run("repair"))).containsExactlyElementsOf(lines(found));
    }

    private static List<String> lines(TestUser.Ending ending) {
        return ending.err().lines().filter(line -> line.startsWith("damaged: ")).toList();
    }

    /** The files are as they were, so an ordinary snapshot would not open them. */
    @Test
    void snapshot_afterDamageWasFound_storesAgainWhatIsLost() throws IOException {
        damageMuch(user.defaultRepository());
        assertThat(user.run("verify", "--data").exitCode()).isEqualTo(13);
        JsonNode again = user.json("snapshot", data().toString());
        assertThat(again.path("chunksNew").asLong()).isPositive();
        assertThat(user.json("verify", "main", "--data").path("damaged")).isEmpty();
        Path target = folder.resolve("target");
        user.ok("restore", "main", "--target", target.toString(), "--verify");
        assertThat(target.resolve("large")).hasSameBinaryContentAs(data().resolve("large"));
    }

    @Test
    void scrub_damagedRun_isFoundWithoutAKeyAndHealedByASnapshot() throws IOException {
        assertThat(user.json("scrub").path("damageCount").asLong()).isZero();
        VolumeDamage.flip(VolumeDamage.firstVolume(user.defaultRepository()), 150_000);
        try (Stream<Path> keys = Files.walk(user.home.resolve(".config"))) {
            assertThat(keys.filter(path -> path.toString().endsWith(".key"))).isNotEmpty();
        }
        Path hidden = folder.resolve("hidden");
        Files.move(user.home.resolve(".config"), hidden);
        TestUser.Ending scrub = user.run("scrub", "--json");
        assertThat(scrub.exitCode()).isEqualTo(13);
        assertThat(scrub.json().path("damageCount").asLong()).isEqualTo(1);
        TestUser.Ending status = user.run("scrub", "--status", "--json");
        assertThat(status.exitCode()).isEqualTo(13);
        JsonNode volume =
                status.json().path("repositories").get(0).path("volumes").get(0);
        assertThat(volume.path("finished").asText()).startsWith("20");
        assertThat(volume.path("damaged").asLong()).isEqualTo(1);
        assertThat(user.run("scrub", "--older-than", "1h").err()).doesNotContain("damaged:");

        Files.move(hidden, user.home.resolve(".config"));
        user.ok("snapshot", data().toString());
        user.ok("scrub");
        assertWhole();
    }

    @Test
    void repair_everythingOnARemote_makesWhole() throws IOException {
        localServer("origin");
        user.ok("push");
        damageMuch(user.defaultRepository());

        TestUser.Ending dry = user.run("repair", "--dry-run", "--json");
        assertThat(dry.exitCode()).isEqualTo(13);
        assertThat(dry.json().path("lost").asLong()).isPositive();
        TestUser.Ending repaired = user.run("repair", "--json");
        assertThat(repaired.exitCode()).as("%s", repaired).isZero();
        assertThat(repaired.json().path("healed")).isEqualTo(repaired.json().path("lost"));
        assertThat(repaired.json().path("healed").asLong()).isPositive();
        assertThat(repaired.json().path("damaged")).isEmpty();
        assertWhole();
        assertThat(user.json("snapshots")).hasSize(2);
        user.ok("repair");
        assertWhole();
    }

    /** Pages, snapshots, journals, LMDB's own pages: what stands behind the runs. */
    @Test
    void repair_damageBehindTheRuns_makesWhole() throws IOException {
        localServer("origin");
        user.ok("push");
        Path volume = VolumeDamage.firstVolume(user.defaultRepository());
        long size = Files.size(volume);
        int harmful = 0;
        for (long at = size - 2_000; at > 1_020_000; at -= 2 * 4096 + 500) {
            VolumeDamage.flip(volume, at);
            harmful += user.run("verify", "--data").exitCode() == 0 ? 0 : 1;
            TestUser.Ending repaired = user.run("repair", "--json");
            assertThat(repaired.exitCode())
                    .as("byte %d of %d: %s", at, size, repaired)
                    .isZero();
            user.ok("verify", "--data");
            assertThat(user.json("snapshots")).hasSize(2);
        }
        assertThat(harmful).as("flips that were noticed").isPositive();
        assertWhole();
    }

    /** Two remotes, of which one is gone and the other lacks the newest; and another replica on this machine. */
    @Test
    void repair_severalCopies_eachGivesWhatItHasAndFailuresAreTold() throws Exception {
        ServerProcess gone = server("gone");
        ServerProcess server = server("origin");
        user.ok("push", "origin");
        user.ok("clone", server.url("r"), folder.resolve("copy").toString());
        assertThat(gone.stop()).isZero();
        damageMuch(user.defaultRepository());
        Path half = VolumeDamage.firstVolume(server.store("r"));
        server.stop();
        VolumeDamage.flip(half, 150_000);
        server.restart();

        TestUser.Ending part = user.run("repair", "--json", "--retry-for", "1s");
        assertThat(part.exitCode()).as("%s", part).isEqualTo(13);
        JsonNode sources = part.json().path("sources");
        assertThat(sources.get(0).path("error").asText()).isNotEmpty();
        assertThat(sources.get(1).path("healed").asLong()).isPositive();
        assertThat(part.json().path("damaged").findValuesAsText("path"))
                .as("by path")
                .isNotEmpty();
        assertThat(part.json().path("damaged").findValuesAsText("snapshot")).isNotEmpty();

        TestUser.Ending rest = user.run(
                "repair",
                "--json",
                "--retry-for",
                "1s",
                "--from",
                folder.resolve("copy").toString());
        assertThat(rest.exitCode()).as("%s", rest).isZero();
        assertWhole();
    }

    @Test
    void repair_fromAnotherRepository_isRefused() {
        Path other = folder.resolve("other");
        user.ok("init", "-r", other.toString());
        TestUser.Ending ending = user.run("repair", "--from", other.toString());
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("not ");
    }

    /** The server finds the damage itself; a push that has nothing new brings back what it lacks. */
    @Test
    void push_serverKnowsOfDamage_healsIt() throws Exception {
        ServerProcess server = server("origin");
        user.ok("push");
        assertThat(user.json("push").path("recordsSent").asLong()).isZero();
        damageMuch(server.store("r"));
        TestUser.Ending scrub = user.run("scrub", "--data", server.data().toString(), "--json");
        assertThat(scrub.exitCode()).as("%s", scrub).isEqualTo(13);

        assertThat(user.json("push").path("recordsSent").asLong()).isPositive();
        user.ok("scrub", "--data", server.data().toString());
        assertThat(user.json("push").path("recordsSent").asLong()).isZero();
        user.ok("clone", server.url("r"), folder.resolve("copy").toString());
        user.ok("-r", folder.resolve("copy").toString(), "verify", "--data");
        assertThat(server.stop()).isZero();
    }

    @Test
    void serve_scrubEvery_findsDamageByItself() throws Exception {
        ServerProcess server = server("origin", "--scrub-every", "1s");
        user.ok("push");
        VolumeDamage.flip(VolumeDamage.firstVolume(server.store("r")), 150_000);
        long sent = 0;
        for (int i = 0; i < 600 && sent == 0; i++) {
            Thread.sleep(100);
            sent = user.json("push").path("recordsSent").asLong();
        }
        assertThat(sent).as("the server asked for what it lacks").isPositive();
        assertThat(Files.readString(server.log(), StandardCharsets.UTF_8)).contains("scrub of default/r");
        assertThat(server.stop()).isZero();
    }

    @Test
    void drill_soundRepository_comparesAndLeavesNothingBehind() throws IOException {
        assertThat(user.json("drill", "--status").path("time").isNull()).isTrue();
        JsonNode drill = user.json("drill", "--files", "10");
        assertThat(drill.path("files").asLong()).isEqualTo(10);
        assertThat(drill.path("entries").asLong()).isEqualTo(32);
        assertThat(drill.path("faults")).isEmpty();
        JsonNode again =
                user.json("drill", "--files", "10", "--seed", drill.path("seed").asText());
        assertThat(again.path("bytes")).isEqualTo(drill.path("bytes"));
        assertThat(user.json("drill", "--all").path("files").asLong()).isEqualTo(32);
        assertThat(user.json("drill", "--bytes", "50K").path("bytes").asLong()).isBetween(50_000L, 500_000L);
        try (Stream<Path> left = Files.list(user.defaultRepository().resolve("tmp"))) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("drill")))
                    .isEmpty();
        }
        assertThat(user.json("drill", "--status").path("faults").asLong()).isZero();
    }

    @Test
    void drill_damagedRun_isAFault() throws IOException {
        VolumeDamage.flip(VolumeDamage.firstVolume(user.defaultRepository()), 150_000);
        TestUser.Ending ending = user.run("drill", "--all", "--json");
        assertThat(ending.exitCode()).isEqualTo(13);
        assertThat(ending.json().path("faults")).isNotEmpty();
        assertThat(ending.err()).contains("wrong: ").doesNotContain("Exception");
        assertThat(user.run("drill", "--status").exitCode()).isEqualTo(13);
    }
}
