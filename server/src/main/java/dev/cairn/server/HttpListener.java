package dev.cairn.server;

import dev.cairn.replicator.net.StreamWakeUp;
import dev.cairn.replicator.protocol.Fingerprint;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The open port: HTTP/2 over TLS 1.3 with ALPN {@code h2}, or in clear with prior knowledge, on as many event loops as there
 * are processors, within limits that a peer cannot talk its way around.
 */
final class HttpListener {

    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());

    /**
     * What a peer may send on a stream, and on a connection, before anybody reads it. A whole batch on a stream, so that a client that sends
     * one after the other fills any link. On a connection twice that: it is opened again when half is used up, so 8 MiB are under way at
     * least, enough for 300 Mbit/s over 200 ms there and back.
     */
    private static final int STREAM_WINDOW_BYTES = 8 << 20;

    private static final int CONNECTION_WINDOW_BYTES = 16 << 20;
    private static final int FRAME_BYTES = 64 << 10;
    private static final int HEADER_BYTES_MAX = 8 << 10;

    /** Streams that a peer resets within the window before its connection is closed (CVE-2023-44487). */
    private static final int RESETS_MAX = 200;

    private static final int RESETS_WINDOW_SECONDS = 10;
    private static final Duration START = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final ServerLimits limits;
    private final Queue<HttpServer> servers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    HttpListener(Vertx vertx, ServerLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /**
     * The Vert.x of one server: nothing on disk, a thread an event loop.
     *
     * @param inherited the socket that it listens on; null to open one
     */
    static Vertx vertx(@Nullable ServerSocketChannel inherited) {
        VertxBuilder builder = Vertx.builder().with(vertxOptions());
        return inherited == null
                ? builder.build()
                : builder.withTransport(new InheritedPort(inherited)).build();
    }

    private static VertxOptions vertxOptions() {
        return new VertxOptions()
                .setEventLoopPoolSize(eventLoops())
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setMaxEventLoopExecuteTime(5)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.SECONDS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    private static int eventLoops() {
        return Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16);
    }

    /**
     * Opens the port.
     *
     * @param certificate null for none
     * @param port 0 for any free one
     * @return the port
     * @throws IOException if it cannot be opened
     */
    int listen(String host, int port, @Nullable ServerCertificate certificate, Handler<HttpServerRequest> routes)
            throws IOException {
        // A negative port stands for one free port that all event loops share.
        HttpServerOptions options = options(certificate).setHost(host).setPort(port == 0 ? -1 : port);
        Future<String> deployed = vertx.deployVerticle(
                () -> new Listening(options, routes), new DeploymentOptions().setInstances(eventLoops()));
        await(deployed, START, "listen on %s:%d".formatted(host, port));
        return servers.element().actualPort();
    }

    /**
     * Tries whether an address can be listened on.
     *
     * @throws IOException that says why not
     */
    static void requireFree(String host, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        String reason;
        if (address.isUnresolved()) {
            reason = "no machine has that name";
        } else {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(address);
                return;
            } catch (IOException e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        throw new IOException("cannot listen on %s:%d: %s".formatted(host, port, reason));
    }

    /** One event loop's part of the port. */
    private final class Listening extends VerticleBase {
        private final HttpServerOptions options;
        private final Handler<HttpServerRequest> routes;

        Listening(HttpServerOptions options, Handler<HttpServerRequest> routes) {
            this.options = options;
            this.routes = routes;
        }

        @Override
        public Future<?> start() {
            HttpServer server = vertx.createHttpServer(options)
                    .connectionHandler(HttpListener.this::count)
                    .invalidRequestHandler(request -> request.connection().close())
                    .exceptionHandler(e -> LOG.log(Level.DEBUG, "a connection failed", e))
                    .requestHandler(routes);
            return server.listen().onSuccess(servers::add);
        }
    }

    private void count(HttpConnection connection) {
        connection.exceptionHandler(e -> LOG.log(Level.DEBUG, "a connection failed", e));
        if (connections.incrementAndGet() > limits.connections()) {
            connections.decrementAndGet();
            connection.close();
            return;
        }
        connection.closeHandler(v -> connections.decrementAndGet());
        StreamWakeUp.watch(connection);
    }

    int connections() {
        return connections.get();
    }

    /**
     * Takes another certificate for handshakes from now on. Connections that are open go on with theirs.
     *
     * @throws IOException if it cannot be used; the one before stays
     */
    void use(ServerCertificate certificate) throws IOException {
        ServerSSLOptions options = Objects.requireNonNull(options(certificate).getSslOptions());
        List<Future<Boolean>> updates =
                servers.stream().map(server -> server.updateSSLOptions(options)).toList();
        await(Future.join(updates), START, "use the certificate");
    }

    /** The fingerprint of the key that a connection was opened with; null without TLS. */
    static @Nullable Fingerprint fingerprint(HttpConnection connection) {
        SSLSession session = connection.sslSession();
        Certificate[] chain = session == null ? null : session.getLocalCertificates();
        return chain == null || chain.length == 0 ? null : Fingerprint.of(chain[0].getPublicKey());
    }

    private HttpServerOptions options(@Nullable ServerCertificate certificate) {
        HttpServerOptions options = new HttpServerOptions()
                .setIdleTimeout((int) Math.min(limits.idle().toMillis(), Integer.MAX_VALUE))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setTcpNoDelay(true)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxInitialLineLength(HEADER_BYTES_MAX)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setHttp2RstFloodWindowDuration(RESETS_WINDOW_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setInitialSettings(new Http2Settings()
                        .setPushEnabled(false)
                        .setMaxConcurrentStreams(limits.streamsPerConnection())
                        .setInitialWindowSize(STREAM_WINDOW_BYTES)
                        .setMaxFrameSize(FRAME_BYTES)
                        .setMaxHeaderListSize(HEADER_BYTES_MAX));
        if (certificate == null) {
            return options.setHttp2ClearTextEnabled(true);
        }
        return options.setSsl(true)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2))
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setSslHandshakeTimeout(10)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(certificate.certificatePem()))
                        .setKeyValue(Buffer.buffer(certificate.keyPem())));
    }

    /** Closes the port, tells connected peers to begin nothing more, and closes each connection when it is idle. */
    void close(Duration patience) {
        List<Future<Void>> closing = servers.stream()
                .map(server -> server.shutdown(patience.toMillis(), TimeUnit.MILLISECONDS))
                .toList();
        try {
            await(Future.join(closing), patience.plusSeconds(1), "close the port");
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the port", e);
        }
    }

    static void await(Future<?> future, Duration patience, String what) throws IOException {
        try {
            Object ignored =
                    future.toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            LOG.log(Level.TRACE, "{0}: {1}", what, ignored);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("cannot " + what + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("cannot " + what + " within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: cannot " + what, e);
        }
    }
}
