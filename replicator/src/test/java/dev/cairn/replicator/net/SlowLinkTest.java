package dev.cairn.replicator.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link keeps every byte and its order, and is as slow and as far as it was told to be: never faster, never nearer. */
class SlowLinkTest {

    private static final int BYTES = 1 << 20;

    private final long seed = System.nanoTime();
    private final byte[] content = new byte[BYTES];

    @SuppressWarnings("NullAway.Init")
    private ServerSocket echo;

    @BeforeEach
    void echoes() throws IOException {
        System.out.println("seed=" + seed);
        new Random(seed).nextBytes(content);
        echo = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket peer = echo.accept();
                    Thread.ofVirtual().start(() -> echo(peer));
                }
            } catch (IOException e) {
                assertThat(echo.isClosed()).isTrue();
            }
        });
    }

    private static void echo(Socket peer) {
        try (peer) {
            peer.getInputStream().transferTo(peer.getOutputStream());
        } catch (IOException e) {
            assertThat(e).isInstanceOf(SocketException.class); // A cut.
        }
    }

    @AfterEach
    void stop() throws IOException {
        echo.close();
    }

    private SlowLink link(LinkTerms up, LinkTerms down) throws IOException {
        return SlowLink.open(echo.getLocalPort(), up, down, seed);
    }

    private static Socket connect(SlowLink link) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), link.port());
    }

    /** Sends all of {@link #content}, ends the stream, and gives what came back until its end. */
    private byte[] thereAndBack(SlowLink link) throws IOException {
        try (Socket socket = connect(link)) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(content);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            byte[] back = socket.getInputStream().readAllBytes();
            sent.join();
            return back;
        }
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    @Test
    void transfer_free_keepsContentAndCounts() throws IOException {
        try (SlowLink link = link(LinkTerms.FREE, LinkTerms.FREE)) {
            assertThat(thereAndBack(link)).isEqualTo(content);
            assertThat(link.up().forwarded()).isEqualTo(BYTES);
            assertThat(link.down().forwarded()).isEqualTo(BYTES);
            assertThat(link.connections()).isOne();
        }
    }

    @Test
    void transfer_limited_takesTheTimeOfTheSlowerWay() throws IOException {
        LinkTerms twoMegabytes = new LinkTerms(2_000_000, Duration.ZERO, 0);
        try (SlowLink link = link(twoMegabytes, LinkTerms.FREE)) {
            long begun = System.nanoTime();
            assertThat(thereAndBack(link)).isEqualTo(content);
            assertThat(seconds(begun)).isGreaterThanOrEqualTo(BYTES / 2_000_000.0 * 0.99);
        }
    }

    @Test
    void transfer_farAway_hasManyBytesUnderWayAtOnce() throws IOException {
        LinkTerms far = new LinkTerms(0, Duration.ofMillis(50), 0);
        try (SlowLink link = link(far, far)) {
            long begun = System.nanoTime();
            assertThat(thereAndBack(link)).isEqualTo(content);
            double took = seconds(begun);
            assertThat(took).isGreaterThanOrEqualTo(0.1);
            // One segment a round trip would take 16 of them.
            assertThat(took).as("seed=%d", seed).isLessThan(16 * 0.1);
        }
    }

    @Test
    void transfer_losses_areLateButWhole() throws IOException {
        LinkTerms lossy = new LinkTerms(0, Duration.ofMillis(2), 20);
        try (SlowLink link = link(lossy, lossy)) {
            long begun = System.nanoTime();
            assertThat(thereAndBack(link)).isEqualTo(content);
            assertThat(link.up().losses()).as("seed=%d", seed).isPositive();
            assertThat(seconds(begun)).isGreaterThanOrEqualTo(0.004 * link.up().losses());
        }
    }

    @Test
    void cutAfter_bytes_lastOfThemComesAndThenTheEnd() throws IOException {
        for (SlowLink.Cut how : SlowLink.Cut.values()) {
            try (SlowLink link = link(LinkTerms.FREE, LinkTerms.FREE);
                    Socket socket = connect(link)) {
                link.down().cutAfter(1000, how);
                socket.getOutputStream().write(content, 0, 5000);
                InputStream in = socket.getInputStream();
                if (how == SlowLink.Cut.CLOSE) {
                    assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOf(content, 1000));
                } else {
                    // A reset may overtake what the system had not handed over yet.
                    assertThatThrownBy(in::readAllBytes).isInstanceOf(SocketException.class);
                }
                assertThat(link.down().forwarded()).isEqualTo(1000);
                assertThat(link.down().isCutPending()).isFalse();
                assertThat(thereAndBack(link)).as("the next connection").isEqualTo(content);
            }
        }
    }

    @Test
    void stall_nothingComesUntilItIsOver() throws IOException {
        try (SlowLink link = link(LinkTerms.FREE, LinkTerms.FREE);
                Socket socket = connect(link)) {
            link.up().stall();
            socket.getOutputStream().write(42);
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(link.up().forwarded()).isZero();
            link.up().resume();
            socket.setSoTimeout(0);
            assertThat(socket.getInputStream().read()).isEqualTo(42);
        }
    }

    @Test
    void forgetConnections_oldOnesAreSilent_newOnesWork() throws IOException {
        try (SlowLink link = link(LinkTerms.FREE, LinkTerms.FREE);
                Socket socket = connect(link)) {
            socket.getOutputStream().write(42);
            assertThat(socket.getInputStream().read()).isEqualTo(42);

            link.forgetConnections();

            socket.getOutputStream().write(42);
            socket.setSoTimeout(100);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(thereAndBack(link)).isEqualTo(content);
        }
    }
}
