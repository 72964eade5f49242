package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cli.fixture.ChildProcess;
import dev.cairn.cli.fixture.ServerProcess;
import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** kill -9 in the middle of a push and of a clone, of either side: what was acknowledged is not sent again, and nothing is lost. */
@Execution(ExecutionMode.CONCURRENT)
@Order(1)
class InterruptedTransferTest {

    private static final int KILLS = 5;
    private static final int FILES = 24;
    private static final int FILE_BYTES = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private ServerProcess server;

    @SuppressWarnings("NullAway.Init")
    private StoreStats local;

    @BeforeEach
    void noiseToSend() throws IOException {
        System.out.println("seed=" + seed);
        server = new ServerProcess(folder);
        user = new TestUser(folder.resolve("user"));
        Path data = Files.createDirectories(folder.resolve("data"));
        byte[] noise = new byte[FILE_BYTES];
        for (int i = 0; i < FILES; i++) {
            random.nextBytes(noise);
            Files.write(data.resolve("f" + i), noise);
        }
        user.ok("snapshot", data.toString());
        user.addRemote("origin", server.url("r"), server.enrolmentCode());
        local = stats(user.defaultRepository());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void push_clientKilledAgainAndAgain_nextPushFinishesWithoutSendingAcknowledgedAgain() throws Exception {
        long before = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Process push = ChildProcess.start(user.environment(), folder.resolve("push.log"), "push");
            awaitBytes(server.store("r"), share(kill), push);
            push.destroyForcibly().waitFor();
            long now = settledRecords();
            assertThat(now).as("seed=%d: records after kill %d", seed, kill).isGreaterThanOrEqualTo(before);
            before = now;
        }

        JsonNode last = user.json("push");

        assertThat(last.path("recordsSent").asLong()).as("seed=%d", seed).isEqualTo(local.records() - before);
        assertWholeOnTheServer();
    }

    @Test
    void push_serverKilledAgainAndAgain_samePushGoesOn() throws Exception {
        Path out = folder.resolve("push.json");
        Process push = ChildProcess.prepare(user.environment(), "push", "--json", "--retry-for", "15m")
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("push.log").toFile())
                .start();
        for (int kill = 1; kill <= KILLS; kill++) {
            awaitBytes(server.store("r"), share(kill), push);
            server.kill();
            server.restart();
        }
        assertThat(push.waitFor(15, TimeUnit.MINUTES)).as("seed=%d", seed).isTrue();

        assertThat(push.exitValue())
                .as("seed=%d: %s", seed, Files.readString(folder.resolve("push.log")))
                .isZero();
        JsonNode result = new ObjectMapper().readTree(Files.readString(out));
        // Each record is acknowledged once; what was under way when the server died goes out again: five batches at
        // most.
        assertThat(result.path("recordsSent").asLong()).isEqualTo(local.records());
        assertThat(result.path("batchesResent").asLong()).isLessThanOrEqualTo(5L * KILLS);
        assertWholeOnTheServer();
    }

    @Test
    void clone_clientAndServerKilled_goesOnWhereItWas() throws Exception {
        user.ok("push");
        Path copy = folder.resolve("copy");
        for (int kill = 1; kill <= KILLS; kill++) {
            Process clone = ChildProcess.start(
                    user.environment(), folder.resolve("clone.log"), "clone", server.url("r"), copy.toString());
            awaitBytes(copy, share(kill), clone);
            if (kill % 2 == 0) {
                server.kill();
                clone.destroyForcibly().waitFor();
                server.restart();
            } else {
                clone.destroyForcibly().waitFor();
            }
        }
        long before = stats(copy).records();

        JsonNode last = user.json("clone", server.url("r"), copy.toString());

        // Pages come first and wait in a file; chunks that were committed are not fetched again.
        assertThat(last.path("recordsReceived").asLong())
                .as("seed=%d", seed)
                .isLessThanOrEqualTo(local.records() - before);
        user.ok("-r", copy.toString(), "verify", "--data");
        assertThat(user.json("-r", copy.toString(), "snapshots")).isEqualTo(user.json("snapshots"));
    }

    /** How much must have arrived before a kill: somewhere in its share of the whole. */
    private long share(int kill) {
        double part = (kill - 1 + random.nextDouble()) / (KILLS + 1);
        return (long) (part * FILES * FILE_BYTES);
    }

    /** Waits until the volumes of a store have that many bytes, or the process has ended. */
    private static void awaitBytes(Path store, long bytes, Process process) throws InterruptedException, IOException {
        while (process.isAlive() && volumeBytes(store) < bytes) {
            Thread.sleep(5);
        }
    }

    private static long volumeBytes(Path store) throws IOException {
        Path volumes = store.resolve("volumes");
        if (!Files.isDirectory(volumes)) {
            return 0;
        }
        long bytes = 0;
        try (Stream<Path> files = Files.list(volumes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".mdb")).toList()) {
                bytes += Files.size(file);
            }
        } catch (NoSuchFileException e) {
            return bytes;
        }
        return bytes;
    }

    /** The records on the server once it has dealt with what the dead client had sent. */
    private long settledRecords() throws InterruptedException {
        long before = -1;
        long now = stats(server.store("r")).records();
        for (int same = 0; same < 5; same = now == before ? same + 1 : 0) {
            before = now;
            Thread.sleep(100);
            now = stats(server.store("r")).records();
        }
        return now;
    }

    private static StoreStats stats(Path store) {
        if (!Files.isDirectory(store)) {
            return new StoreStats(0, 0, 0, 0);
        }
        try (LmdbObjectStore opened = LmdbObjectStore.open(store, LmdbObjectStore.Options.DEFAULT.withReadOnly(true))) {
            return opened.stats();
        }
    }

    private void assertWholeOnTheServer() {
        StoreStats there = stats(server.store("r"));
        assertThat(there.records()).isEqualTo(local.records());
        assertThat(there.recordBytes()).isEqualTo(local.recordBytes());
        String copy = folder.resolve("whole").toString();
        user.ok("clone", server.url("r"), copy);
        user.ok("-r", copy, "verify", "--data");
        assertThat(user.json("-r", copy, "snapshots")).isEqualTo(user.json("snapshots"));
    }
}
