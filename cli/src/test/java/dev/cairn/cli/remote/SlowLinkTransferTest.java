package dev.cairn.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.LocalServer;
import dev.cairn.cli.fixture.TestUser;
import dev.cairn.replicator.net.LinkTerms;
import dev.cairn.replicator.net.SlowLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Push, pull and clone over links that are slow, far, lossy, or cut: a cut costs what was under way, at most a batch. */
@Execution(ExecutionMode.CONCURRENT)
@Order(5)
class SlowLinkTransferTest {

    private static final int FILES = 24;
    private static final int FILE_BYTES = 1 << 20;
    private static final int CUTS = 4;
    private static final long BATCH_BYTES = 8 << 20;

    /** What one of the links below carries while a batch is committed and acknowledged, and handshakes. */
    private static final long SLACK_BYTES = 2 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    @BeforeEach
    void start() throws IOException {
        System.out.println("seed=" + seed);
        server = new LocalServer(folder.resolve("server"));
        user = new TestUser(folder.resolve("user"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SlowLink link(LinkTerms terms) throws IOException {
        return SlowLink.open(server.port(), terms, terms, seed);
    }

    private String url(SlowLink link) {
        return server.url("r").replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + link.port());
    }

    /** A snapshot of noise, and a remote at the other end of the link. */
    private void prepare(SlowLink link, int files) throws IOException {
        addNoise(0, files);
        user.ok("snapshot", folder.resolve("data").toString());
        user.addRemote("origin", url(link), server.enrolmentCode());
    }

    private void addNoise(int from, int to) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        byte[] noise = new byte[FILE_BYTES];
        for (int i = from; i < to; i++) {
            random.nextBytes(noise);
            Files.write(data.resolve("f" + i), noise);
        }
    }

    private SlowLink.Cut anyCut() {
        return random.nextBoolean() ? SlowLink.Cut.CLOSE : SlowLink.Cut.RESET;
    }

    @Test
    void push_cutAgainAndAgain_sendsAtMostOneBatchAgainForEachCut() throws Exception {
        try (SlowLink link = link(LinkTerms.of(200, 5))) {
            prepare(link, FILES);
            long begun = link.up().forwarded();
            long recordBytes = 0;
            long repeated = 0;
            for (int cut = 0; cut < CUTS; cut++) {
                // The command goes on by itself: its retries are what is looked at.
                link.up().cutAfter(random.nextInt(1000, 6 * FILE_BYTES), anyCut());
                JsonNode push = user.json("push");
                recordBytes += push.path("recordBytesSent").asLong();
                repeated += push.path("batchesResent").asLong();
                assertThat(link.up().isCutPending()).isFalse();
                addNoise(FILES * (cut + 1), FILES * (cut + 2));
                user.ok("snapshot", folder.resolve("data").toString());
            }
            long through = link.up().forwarded() - begun;

            assertThat(repeated).as("seed=%d", seed).isLessThanOrEqualTo(2L * CUTS);
            assertThat(through - recordBytes)
                    .as("seed=%d: %d bytes of records, %d through the link", seed, recordBytes, through)
                    .isLessThanOrEqualTo(recordBytes / 50 + CUTS * (BATCH_BYTES + SLACK_BYTES));
            user.ok("push");
            assertCloneIsWhole(link);
        }
    }

    @Test
    void clone_cutAgainAndAgain_receivesLittleAgain() throws Exception {
        try (SlowLink link = link(LinkTerms.of(200, 5))) {
            prepare(link, FILES);
            user.ok("push");
            long begun = link.down().forwarded();
            Thread cutter = Thread.ofVirtual().start(() -> {
                try {
                    for (int cut = 0; cut < CUTS; cut++) {
                        link.down().cutAfter(random.nextInt(1000, 5 * FILE_BYTES), anyCut());
                        while (link.down().isCutPending()) {
                            Thread.sleep(1);
                        }
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            JsonNode clone =
                    user.json("clone", url(link), folder.resolve("copy").toString());
            cutter.join();
            long through = link.down().forwarded() - begun;
            long recordBytes = clone.path("recordBytesReceived").asLong();

            // What is received is committed when the connection breaks; a record that was cut comes again.
            assertThat(through - recordBytes)
                    .as("seed=%d: %d bytes of records, %d through the link", seed, recordBytes, through)
                    .isLessThanOrEqualTo(recordBytes / 50 + CUTS * SLACK_BYTES);
            user.ok("-r", folder.resolve("copy").toString(), "verify", "--data");
        }
    }

    @Test
    void pushAndPull_tenMegabitsFarAwayWithLosses_work() throws Exception {
        try (SlowLink link = link(LinkTerms.of(10, 80).withLosses(5))) {
            prepare(link, 1);
            JsonNode push = user.json("push");
            assertThat(push.path("recordBytesSent").asLong()).isGreaterThan(FILE_BYTES);
            assertCloneIsWhole(link);
            assertThat(link.up().losses() + link.down().losses())
                    .as("seed=%d", seed)
                    .isPositive();

            addNoise(3, 4);
            user.ok("snapshot", folder.resolve("data").toString());
            user.ok("push");
            String copy = folder.resolve("whole").toString();
            user.ok("-r", copy, "pull");
            assertThat(user.json("-r", copy, "snapshots")).isEqualTo(user.json("snapshots"));
        }
    }

    @Test
    void pushAndClone_limited_keepToTheLimitOnTheWire() throws Exception {
        try (SlowLink link = link(LinkTerms.FREE)) {
            prepare(link, 3);
            double rate = 1 << 20;
            JsonNode push = user.json("push", "--limit-upload", "1M");
            assertRate(push, push.path("bytesSent").asLong(), rate);
            JsonNode clone = user.json(
                    "clone",
                    url(link),
                    folder.resolve("copy").toString(),
                    "--limit-upload",
                    "16",
                    "--limit-download",
                    "1024");
            assertRate(clone, clone.path("bytesReceived").asLong(), rate);
            assertCloneIsWhole(link);
        }
    }

    /** Never faster. That it is not much slower is a matter of the machine; the fake clocks of the unit tests look at it. */
    private static void assertRate(JsonNode report, long bytes, double rate) {
        assertThat(bytes).isGreaterThan(3 * FILE_BYTES);
        assertThat(bytes / report.path("seconds").asDouble()).isLessThanOrEqualTo(1.1 * rate);
    }

    private void assertCloneIsWhole(SlowLink link) {
        String copy = folder.resolve("whole").toString();
        user.ok("clone", url(link), copy);
        user.ok("-r", copy, "verify", "--data");
        assertThat(user.json("-r", copy, "snapshots")).isEqualTo(user.json("snapshots"));
    }
}
