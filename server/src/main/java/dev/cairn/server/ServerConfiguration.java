package dev.cairn.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to serve a data folder.
 *
 * @param dataFolder made at the first start
 * @param host the name or address to listen on
 * @param port 0 for any free one
 * @param scrubEvery how often stored records are looked at; zero for never
 * @param tenantQuota what a tenant may use where its own quota says nothing
 * @param inherited the socket to listen on, which is open already at that host and port; null for one of the server's own
 */
public record ServerConfiguration(
        Path dataFolder,
        String host,
        int port,
        Transport transport,
        ServerLimits limits,
        Duration scrubEvery,
        Quota tenantQuota,
        @Nullable ServerSocketChannel inherited) {

    /** Where a server listens if nothing else is said. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    /** The port if nothing else is said. */
    public static final int DEFAULT_PORT = 7420;

    /** How connections are protected. */
    public sealed interface Transport {

        /** TLS with a certificate of the server's own making. */
        record SelfMadeCertificate() implements Transport {}

        /**
         * TLS with a given certificate, both files in PEM. They are read again when they change.
         *
         * @param certificate the chain, the server's own first
         * @param key not encrypted
         */
        record GivenCertificate(Path certificate, Path key) implements Transport {}

        /** None: on loopback addresses only. */
        record Clear() implements Transport {}
    }

    public ServerConfiguration {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port (%d) must be in 0..65535".formatted(port));
        }
        if (scrubEvery.isNegative()) {
            throw new IllegalArgumentException("scrubEvery (%s) must not be negative".formatted(scrubEvery));
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the host to listen on is empty");
        }
        if (transport instanceof Transport.Clear && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "without TLS a server listens on loopback addresses only, and %s is none".formatted(host));
        }
    }

    /** A server on {@code dataFolder} with everything else as it is by default. */
    public static ServerConfiguration of(Path dataFolder) {
        return new ServerConfiguration(
                dataFolder,
                DEFAULT_HOST,
                DEFAULT_PORT,
                new Transport.SelfMadeCertificate(),
                ServerLimits.DEFAULT,
                Duration.ZERO,
                Quota.UNLIMITED,
                null);
    }

    public ServerConfiguration withAddress(String newHost, int newPort) {
        return new ServerConfiguration(dataFolder, newHost, newPort, transport, limits, scrubEvery, tenantQuota, null);
    }

    /**
     * Listens on a socket that is open already, and closes it at the end.
     *
     * @throws IOException if it is not open to connections by TCP
     */
    public ServerConfiguration withInherited(ServerSocketChannel socket) throws IOException {
        if (!(socket.getLocalAddress() instanceof InetSocketAddress address)) {
            throw new IOException("the socket has no address of the Internet");
        }
        String at = address.getAddress().getHostAddress();
        return new ServerConfiguration(
                dataFolder, at, address.getPort(), transport, limits, scrubEvery, tenantQuota, socket);
    }

    public ServerConfiguration withTransport(Transport newTransport) {
        return new ServerConfiguration(
                dataFolder, host, port, newTransport, limits, scrubEvery, tenantQuota, inherited);
    }

    public ServerConfiguration withLimits(ServerLimits newLimits) {
        return new ServerConfiguration(
                dataFolder, host, port, transport, newLimits, scrubEvery, tenantQuota, inherited);
    }

    public ServerConfiguration withScrubEvery(Duration every) {
        return new ServerConfiguration(dataFolder, host, port, transport, limits, every, tenantQuota, inherited);
    }

    public ServerConfiguration withTenantQuota(Quota quota) {
        return new ServerConfiguration(dataFolder, host, port, transport, limits, scrubEvery, quota, inherited);
    }

    private static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
