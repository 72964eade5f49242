package dev.cairn.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.transport.Transport;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;

/**
 * A Vert.x transport that listens on a socket which whoever started this process has opened already: as a service manager does that
 * holds the port while the server is restarted, or one below 1024 that the server itself may not open. Everything else is as ever.
 */
final class InheritedPort implements Transport {

    private final ServerSocketChannel socket;
    private final io.vertx.core.spi.transport.Transport plain = Transport.NIO.implementation();

    InheritedPort(ServerSocketChannel socket) {
        this.socket = socket;
    }

    @Override
    public String name() {
        return "inherited-nio";
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
        return new Inheriting();
    }

    /** Bound before, and closed with the server. */
    private static final class Bound extends NioServerSocketChannel {
        Bound(ServerSocketChannel socket) {
            super(socket);
        }

        @Override
        protected void doBind(SocketAddress localAddress) {
            // It is.
        }
    }

    private final class Inheriting implements io.vertx.core.spi.transport.Transport {

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return plain.ioHandlerFactory();
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
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return plain.channelFactory(domainSocket);
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return () -> new Bound(socket);
        }
    }
}
