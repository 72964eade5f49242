package dev.cairn.replicator.net;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.transport.Transport;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of all client sockets, TLS records and handshakes included, and holds them to the rate limits: a Vert.x transport
 * whose channels carry a {@link SocketMeter} nearest to the socket, below the handler that encrypts.
 */
final class SocketBytes implements Transport {

    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final @Nullable TokenBucket upload;
    private final @Nullable TokenBucket download;
    private final io.vertx.core.spi.transport.Transport plain = Transport.NIO.implementation();

    SocketBytes(RateLimits limits, LongSupplier nanoClock) {
        this.upload = bucket(limits.uploadBytesPerSecond(), nanoClock);
        this.download = bucket(limits.downloadBytesPerSecond(), nanoClock);
    }

    private static @Nullable TokenBucket bucket(long bytesPerSecond, LongSupplier nanoClock) {
        return bytesPerSecond == 0 ? null : new TokenBucket(bytesPerSecond, nanoClock);
    }

    long sent() {
        return sent.sum();
    }

    long received() {
        return received.sum();
    }

    void sent(int bytes) {
        sent.add(bytes);
    }

    /**
     * Asks whether that much may go out.
     *
     * @return 0 if it may, and is taken for gone; else how long to wait before asking again
     */
    long beforeSending(long bytes) {
        TokenBucket bucket = upload;
        if (bucket == null) {
            return 0;
        }
        long nanos = bucket.waitNanos();
        if (nanos == 0) {
            bucket.take(bytes);
        }
        return nanos;
    }

    /**
     * That much came in.
     *
     * @return how long nothing more should be read
     */
    long received(int bytes) {
        received.add(bytes);
        return download == null ? 0 : download.take(bytes);
    }

    /** Small steps under a low limit, so that no side takes the pauses between them for silence. */
    private void configure(ChannelConfig config) {
        if (upload != null) {
            int high = upload.stepBytes();
            config.setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
        }
        if (download != null) {
            int most = download.stepBytes();
            config.setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(512, most, most));
        }
    }

    @Override
    public String name() {
        return "metered-nio";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Throwable unavailabilityCause() {
        throw new IllegalStateException("always available");
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return new Metered();
    }

    private final class Metered implements io.vertx.core.spi.transport.Transport {

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return plain.ioHandlerFactory();
        }

        @Override
        public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
            return plain.eventLoopGroup(type, threads, factory, ioRatio);
        }

        @Override
        public DatagramChannel datagramChannel() {
            return plain.datagramChannel();
        }

        @Override
        @SuppressWarnings("deprecation")
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return plain.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends io.netty.channel.Channel> channelFactory(boolean domainSocket) {
            ChannelFactory<? extends io.netty.channel.Channel> factory = plain.channelFactory(domainSocket);
            return () -> {
                io.netty.channel.Channel channel = factory.newChannel();
                SocketBytes.this.configure(channel.config());
                channel.pipeline().addFirst(new SocketMeter(SocketBytes.this));
                return channel;
            };
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return plain.serverChannelFactory(domainSocket);
        }

        @Override
        public void configure(
                ClientOptionsBase options, int connectTimeout, boolean domainSocket, io.netty.bootstrap.Bootstrap b) {
            plain.configure(options, connectTimeout, domainSocket, b);
        }
    }
}
