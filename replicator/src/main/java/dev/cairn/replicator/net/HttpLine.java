package dev.cairn.replicator.net;

import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The line to one server: an HTTP/2 connection that is opened when it is needed and again when it broke. Before the first
 * byte of a request goes out on it, the server's key is compared with the pinned one, in the handshake and once more after
 * it.
 *
 * <p>Thread-safe; each request blocks its own thread.
 */
final class HttpLine implements AutoCloseable {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int HANDSHAKE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 2;
    private static final int BLOCKED_CHECK_MILLIS = 60_000;

    /**
     * What a server may send before anybody has read it. Windows are opened again when half is used up: half of one is what is under way
     * at least, 4 MiB, enough for 150 Mbit/s over 200 ms there and back.
     */
    private static final int STREAM_WINDOW_BYTES = 8 << 20;

    private static final int CONNECTION_WINDOW_BYTES = 16 << 20;

    /**
     * Bodies of several frames that are written at once; the others wait their turn. With more, all batches under way would end at the
     * same time, the link would be idle until the first is acknowledged, and a cut would cost all of them.
     */
    private static final int BODIES_WRITTEN_MAX = 1;

    private final RemoteUrl url;
    private final PinnedTrust trust;
    private final RateLimits limits;
    private final Deadlines deadlines;
    private final SocketBytes socketBytes;
    private final Semaphore bodies = new Semaphore(BODIES_WRITTEN_MAX, true);
    private final LongAdder requests = new LongAdder();
    private volatile @Nullable Instant serverDate;
    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;

    HttpLine(RemoteUrl url, RateLimits limits, Deadlines deadlines) {
        this.deadlines = deadlines;
        this.url = url;
        this.limits = limits;
        this.socketBytes = new SocketBytes(limits, System::nanoTime);
        this.trust = new PinnedTrust(url.fingerprint());
        this.vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setWorkerPoolSize(1)
                        .setInternalBlockingPoolSize(1)
                        // A busy machine is no news to the person at the terminal, whose bar a warning would tear.
                        .setBlockedThreadCheckInterval(BLOCKED_CHECK_MILLIS)
                        .setMaxEventLoopExecuteTime(BLOCKED_CHECK_MILLIS)
                        .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)))
                .withTransport(socketBytes)
                .build();
        this.context = vertx.getOrCreateContext();
        this.client = vertx.httpClientBuilder()
                .with(options())
                .with(new PoolOptions().setHttp2MaxSize(1))
                .withConnectHandler(StreamWakeUp::watch)
                .build();
    }

    /** Tells the header by which a request proves who sends it. */
    @FunctionalInterface
    interface Authorization {

        /** No header. */
        Authorization NONE = connection -> null;

        /** The header's value on a connection, which is null without TLS; null for no header. */
        @Nullable
        String header(@Nullable SSLSession connection);
    }

    /** Bytes at the socket, TLS included, and requests, repetitions included. */
    WireCounts counts(long batchesRepeated) {
        return new WireCounts(socketBytes.sent(), socketBytes.received(), requests.sum(), batchesRepeated);
    }

    /** The key that the server showed last; null if it showed none. */
    @Nullable
    Fingerprint serverKey() {
        return trust.seen();
    }

    /** What time it was at the server when it said so last; null if it never did. */
    @Nullable
    Instant serverDate() {
        return serverDate;
    }

    /**
     * Carries a request out, once.
     *
     * @param method as {@link Route#method}
     * @param authorization what the header of that name says, by the connection that the request goes out on
     * @return the problem that the server answered, or null if {@code consumer} took the answer
     * @throws TransportFault if it may go better another time
     * @throws RemoteException if it will not
     */
    @Nullable
    Problem request(
            String method,
            String path,
            Authorization authorization,
            List<byte[]> body,
            int frameBytesMax,
            HttpTry.FrameConsumer consumer)
            throws InterruptedException {
        if (body.size() <= 1) {
            return request(method, path, authorization, body, () -> {}, frameBytesMax, consumer);
        }
        bodies.acquire();
        AtomicBoolean writing = new AtomicBoolean(true);
        Runnable written = () -> {
            if (writing.compareAndSet(true, false)) {
                bodies.release();
            }
        };
        try {
            return request(method, path, authorization, body, written, frameBytesMax, consumer);
        } finally {
            written.run();
        }
    }

    private @Nullable Problem request(
            String method,
            String path,
            Authorization authorization,
            List<byte[]> body,
            Runnable written,
            int frameBytesMax,
            HttpTry.FrameConsumer consumer)
            throws InterruptedException {
        requests.increment();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(method))
                .setHost(url.host())
                .setPort(url.port())
                .setServer(address())
                .setURI(path)
                .setConnectTimeout(CONNECT_MILLIS)
                .putHeader("content-type", Route.CONTENT_TYPE);
        HttpClientRequest request = open(options);
        check(request);
        String authorized = authorization.header(request.connection().sslSession());
        if (authorized != null) {
            request.putHeader(HttpHeaders.AUTHORIZATION, authorized);
        }
        HttpTry attempt = new HttpTry(request, context, this::moved, socketBytes::received, deadlines, frameBytesMax);
        Problem problem = attempt.run(body, written, consumer);
        Instant date = attempt.date();
        serverDate = date == null ? serverDate : date;
        return problem;
    }

    /** Bytes at the socket, in both directions. */
    private long moved() {
        return socketBytes.sent() + socketBytes.received();
    }

    private HttpClientRequest open(RequestOptions options) throws InterruptedException {
        CompletableFuture<HttpClientRequest> opened = new CompletableFuture<>();
        context.runOnContext(run -> client.request(options).onComplete(result -> {
            if (result.failed()) {
                opened.completeExceptionally(result.cause());
            } else if (!opened.complete(result.result())) {
                result.result().reset();
            }
        }));
        try {
            return opened.get(deadlines.connection().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            if (!opened.cancel(false)) {
                opened.join().reset();
            }
            if (e instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw TransportFault.noConnection("no connection to " + url.server() + " in time", e);
        } catch (ExecutionException e) {
            throw refusal(e.getCause());
        }
    }

    /** Why no connection came about: for good if the server has the wrong key, else for now. */
    private RuntimeException refusal(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RemoteException.WrongFingerprint wrong) {
                return wrong;
            }
        }
        String reason = failure == null ? "unknown" : String.valueOf(failure.getMessage());
        return TransportFault.noConnection("no connection to %s: %s".formatted(url.server(), reason), failure);
    }

    private void check(HttpClientRequest request) {
        HttpConnection connection = request.connection();
        try {
            if (request.version() != HttpVersion.HTTP_2) {
                throw new RemoteException.PeerMisbehaved("it does not speak HTTP/2", null);
            }
            if (url.isSecure()) {
                trust.check(connection.sslSession());
            }
        } catch (RemoteException e) {
            request.reset();
            connection.close();
            throw e;
        }
    }

    /** Looked up anew each time, by the system's resolver, so that a machine that moved is found. */
    private SocketAddress address() {
        try {
            InetAddress address = InetAddress.getByName(url.host());
            if (!url.isSecure() && !address.isLoopbackAddress()) {
                throw new RemoteException.NotAllowed(
                        url.host() + " is not this machine, and http:// is for this machine only",
                        "Use an https:// URL.");
            }
            return SocketAddress.inetSocketAddress(url.port(), address.getHostAddress());
        } catch (UnknownHostException e) {
            throw TransportFault.noConnection("there is no host named " + url.host(), e);
        }
    }

    private HttpClientOptions options() {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW_BYTES))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setConnectTimeout(CONNECT_MILLIS)
                .setTcpNoDelay(true);
        if (limits.downloadBytesPerSecond() > 0) {
            // What the system takes in ahead of us is on the wire already. Linux takes twice what it is told: half a
            // second.s worth.
            options.setReceiveBufferSize(Math.clamp(limits.downloadBytesPerSecond() / 4, 64 << 10, 4 << 20));
        }
        if (url.isSecure()) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setAlpnVersions(List.of(HttpVersion.HTTP_2))
                    .setTrustOptions(TrustOptions.wrap(trust))
                    .setVerifyHost(false)
                    .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                    .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
        }
        return options;
    }

    /** Closes the connection at once. Idempotent. */
    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Nothing is left to save: the process, or the next line, goes on without it.
            return;
        }
    }
}
