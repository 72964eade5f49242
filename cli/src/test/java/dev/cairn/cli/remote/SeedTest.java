package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clone and pull with files that are on this machine already, through a server process. */
@Execution(ExecutionMode.CONCURRENT)
class SeedTest {

    private static final int LARGE_BYTES = 4 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Random random = new Random(5);

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    private Path data() {
        return folder.resolve("data");
    }

    private String copy() {
        return folder.resolve("copy").toString();
    }

    private byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return noise;
    }

    @BeforeEach
    void aServerWithASnapshot() throws IOException {
        server = new LocalServer(folder.resolve("server"));
        user = new TestUser(folder.resolve("user"));
        Files.createDirectories(data().resolve("below"));
        Files.write(data().resolve("large"), noise(LARGE_BYTES));
        for (int i = 0; i < 30; i++) {
            Files.write(data().resolve("below/f" + i), noise(20_000));
        }
        user.ok("snapshot", data().toString());
        user.addRemote("origin", server.url("r"), server.enrolmentCode());
        user.ok("push");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void assertCopyIsWhole() {
        user.ok("-r", copy(), "verify", "--data");
        assertThat(user.json("-r", copy(), "snapshots")).isEqualTo(user.json("snapshots"));
    }

    @Test
    void clone_seedHoldsAll_receivesPagesOnly() throws IOException {
        JsonNode clone = user.json("clone", server.url("r"), copy(), "--seed", data().toString());

        assertThat(clone.path("bytesReceived").asLong()).isLessThan(50_000);
        assertThat(clone.path("seedBytes").asLong()).isEqualTo(LARGE_BYTES + 30 * 20_000);
        assertThat(clone.path("seedChunks").asLong()).isGreaterThan(60);
        assertCopyIsWhole();
        try (Stream<Path> left = Files.list(folder.resolve("copy/tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void clone_severalSeedsThatHoldSome_receivesTheRest() throws IOException {
        Path one = Files.createDirectories(folder.resolve("one"));
        Path two = Files.createDirectories(folder.resolve("two/deeper"));
        byte[] large = Files.readAllBytes(data().resolve("large"));
        large[LARGE_BYTES / 2]++;
        Files.write(one.resolve("under another name"), large);
        Files.copy(data().resolve("below/f3"), two.resolve("f3"));

        JsonNode clone = user.json(
                "clone",
                server.url("r"),
                copy(),
                "--seed",
                one.toString(),
                "--seed",
                folder.resolve("two").toString());

        assertThat(clone.path("seedBytes").asLong()).isBetween(LARGE_BYTES - 300_000L, LARGE_BYTES + 20_000L);
        assertThat(clone.path("bytesReceived").asLong()).isBetween(29 * 20_000L, 29 * 20_000L + 1_500_000);
        assertCopyIsWhole();
    }

    @Test
    void pull_nothingLacks_doesNotReadTheSeed() {
        user.ok("clone", server.url("r"), copy());

        TestUser.Ending pull = user.ok("-v", "-r", copy(), "pull", "--seed", data().toString());

        assertThat(pull.err()).doesNotContain("the seeds hold");
        assertThat(pull.out()).doesNotContain("seeds");
    }

    @Test
    void pull_changedFileIsOnThisMachine_comesFromThere() throws IOException {
        user.ok("clone", server.url("r"), copy());
        Files.write(data().resolve("another"), noise(LARGE_BYTES));
        user.ok("snapshot", data().toString());
        user.ok("push");

        TestUser.Ending pull = user.ok("-v", "-r", copy(), "pull", "--seed", data().toString());

        assertThat(pull.err()).contains("the seeds hold");
        assertThat(pull.out()).contains("came from the seeds");
        assertCopyIsWhole();
    }

    @Test
    void clone_seedIsNoFolder_isWrongUsageAndNothingIsMade() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), data());
        for (Path seed : List.of(link, folder.resolve("missing"), data().resolve("large"))) {
            TestUser.Ending ending = user.run("clone", server.url("r"), copy(), "--seed", seed.toString(), "--json");
            assertThat(ending.exitCode()).as(seed.toString()).isEqualTo(2);
            assertThat(ending.error().path("message").asText()).contains(seed.toString());
            assertThat(folder.resolve("copy")).doesNotExist();
            assertThat(user.run("pull", "--seed", seed.toString()).exitCode()).isEqualTo(2);
        }
    }
}
