package dev.cairn.replicator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The handler on a channel whose time stands still until the test moves it. */
class SocketMeterTest {

    private static final int RATE = 10_000;
    private static final long SECOND = 1_000_000_000L;
    private static final long TICK = SECOND / 1000;

    private long now;

    private EmbeddedChannel channel(SocketBytes bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new SocketMeter(bytes));
        channel.freezeTime();
        return channel;
    }

    private SocketBytes bytes(long up, long down) {
        return new SocketBytes(new RateLimits(up, down), () -> now);
    }

    private void tick(EmbeddedChannel channel) {
        now += TICK;
        channel.advanceTimeBy(TICK, TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    private static int takeSent(EmbeddedChannel channel) {
        int length = 0;
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            length += sent.readableBytes();
            sent.release();
        }
        return length;
    }

    @Test
    void flush_noLimit_passesAtOnceAndIsCounted() {
        SocketBytes bytes = bytes(0, 0);
        EmbeddedChannel channel = channel(bytes);

        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[1 << 20]));
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[100]));

        assertThat(takeSent(channel)).isEqualTo(1 << 20);
        assertThat(bytes.sent()).isEqualTo(1 << 20);
        assertThat(bytes.received()).isEqualTo(100);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void flush_limited_keepsToTheRateAndLosesNothing() {
        SocketBytes bytes = bytes(RATE, 0);
        EmbeddedChannel channel = channel(bytes);
        int written = 0;
        int sent = 0;
        for (int i = 0; i < 100_000; i++) {
            if (written - sent < 2000) { // As a writer does that heeds the high-water mark.
                var _ = channel.write(Unpooled.wrappedBuffer(new byte[500]));
                channel.flush();
                written += 500;
            }
            tick(channel);
            sent += takeSent(channel);
        }
        assertThat(sent / 100.0).isCloseTo(RATE, Percentage.withPercentage(2));

        for (int i = 0; i < 1000; i++) {
            tick(channel);
        }
        assertThat(sent + takeSent(channel)).isEqualTo(written);
        assertThat(bytes.sent()).isEqualTo(written);
    }

    @Test
    void channelRead_limited_socketRestsUntilItIsPaidFor() {
        SocketBytes bytes = bytes(0, RATE);
        EmbeddedChannel channel = channel(bytes);
        long received = 0;
        for (int i = 0; i < 100_000; i++) {
            if (channel.config().isAutoRead()) {
                channel.writeInbound(Unpooled.wrappedBuffer(new byte[700]));
                received += 700;
            }
            tick(channel);
        }
        assertThat(received / 100.0).isCloseTo(RATE, Percentage.withPercentage(2));
        assertThat(bytes.received()).isEqualTo(received);
    }

    @Test
    void read_whileTheSocketRests_isNotHandedOn() {
        int[] reads = new int[1];
        EmbeddedChannel channel = channel(bytes(0, RATE));
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext context) {
                reads[0]++;
                context.read();
            }
        });
        channel.read();
        assertThat(reads[0]).isOne();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[RATE]));
        reads[0] = 0;

        channel.read(); // As Netty's handlers of TLS and HTTP/2 do.
        assertThat(reads[0]).isZero();

        for (int i = 0; i < 1000; i++) {
            tick(channel);
        }
        assertThat(reads[0]).isOne();
    }

    @Test
    void handlerRemoved_flushThatWaits_isNotForgotten() {
        EmbeddedChannel channel = channel(bytes(RATE, 0));
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[5000]));
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[100]));
        assertThat(takeSent(channel)).isEqualTo(5000);

        channel.pipeline().remove(SocketMeter.class);

        assertThat(channel.pipeline().get(SocketMeter.class))
                .as("comes back by itself")
                .isNotNull();
        for (int i = 0; i < 1000; i++) {
            tick(channel);
        }
        assertThat(takeSent(channel)).isEqualTo(100);
    }
}
