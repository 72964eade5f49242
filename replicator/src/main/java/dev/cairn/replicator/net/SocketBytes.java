package dev.cairn.replicator.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.transport.Transport;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the bytes of all client sockets, TLS records and handshakes included: a Vert.x transport whose channels carry a
 * counting handler nearest to the socket, below the one that encrypts.
 */
final class SocketBytes implements Transport {

    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final io.vertx.core.spi.transport.Transport plain = Transport.NIO.implementation();

    long sent() {
        return sent.sum();
    }

    long received() {
        return received.sum();
    }

    @Override
    public String name() {
        return "counted-nio";
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
        return new Counted();
    }

    private final class Counter extends ChannelDuplexHandler {

        /** Vert.x clears the pipeline of an open connection down to its own handlers before it speaks HTTP on it. */
        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (context.channel().isActive()) {
                context.pipeline().addFirst(new Counter());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf bytes) {
                received.add(bytes.readableBytes());
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof ByteBuf bytes) {
                sent.add(bytes.readableBytes());
            }
            var _ = context.write(message, promise);
        }
    }

    private final class Counted implements io.vertx.core.spi.transport.Transport {

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
                channel.pipeline().addFirst(new Counter());
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
