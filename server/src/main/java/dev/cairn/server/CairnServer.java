package dev.cairn.server;

import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Role;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A running server: one data folder behind one port.
 *
 * <p>Thread-safe. Several may run in one process, each on a folder of its own. Writes nothing to standard output; logs to
 * {@link System.Logger}s of this package: what is the server's own fault as a warning, everything else at debug level.
 */
public final class CairnServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CairnServer.class.getName());
    private static final Duration VERTX_CLOSING = Duration.ofSeconds(5);
    private static final long HOUSEKEEPING_MILLIS = 10_000;
    private static final long CERTIFICATE_MILLIS = 60_000;

    private final ServerConfiguration configuration;
    private final int port;
    private final @Nullable CertificateWatch certificate;
    private final @Nullable String enrolmentCode;
    private final Running running;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The parts of a server, as far as they were started. */
    static final class Running {
        private final Deque<AutoCloseable> parts = new ArrayDeque<>();
        private @Nullable Routes routes;
        private @Nullable HttpListener listener;
        private @Nullable RepositoryRequests requests;
        private @Nullable RepositoryShelf shelf;

        private <P extends AutoCloseable> P add(P part) {
            parts.push(part);
            return part;
        }

        /** Closes the parts, the last first; all of them, whatever happens. */
        private void close() {
            for (AutoCloseable part : parts) {
                try {
                    part.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    LOG.log(Level.WARNING, "stopping the server: " + e.getMessage(), e);
                }
            }
        }
    }

    private CairnServer(
            ServerConfiguration configuration,
            int port,
            @Nullable CertificateWatch certificate,
            @Nullable String enrolmentCode,
            Running running) {
        this.configuration = configuration;
        this.port = port;
        this.certificate = certificate;
        this.enrolmentCode = enrolmentCode;
        this.running = running;
    }

    /**
     * Starts a server and returns when it listens. The first start on a folder makes the server's id, its certificate, the
     * tenant {@link Tenants#DEFAULT} and a code by which an admin device can enrol.
     *
     * @throws IOException if the port cannot be opened, or a certificate not read
     * @throws dev.cairn.cas.StoreException if the data folder cannot be used: something else, damaged, of a later version, or
     *     served already
     */
    public static CairnServer start(ServerConfiguration configuration) throws IOException {
        return start(configuration, Surroundings.SYSTEM);
    }

    static CairnServer start(ServerConfiguration configuration, Surroundings surroundings) throws IOException {
        Running running = new Running();
        try {
            return start(configuration, surroundings, running);
        } catch (Throwable e) {
            running.close();
            throw e;
        }
    }

    private static CairnServer start(ServerConfiguration configuration, Surroundings surroundings, Running running)
            throws IOException {
        ServerLimits limits = configuration.limits();
        requireUsable(configuration);
        DataFolder folder = DataFolder.make(configuration.dataFolder());
        running.add(folder.serve());
        CertificateWatch certificate =
                certificate(configuration, folder, surroundings.clock().instant());
        DeviceRegistry registry = folder.registry(surroundings.clock());
        String code = prepare(folder, registry);

        RepositoryShelf shelf =
                running.add(new RepositoryShelf(folder, surroundings.stores(), surroundings.nanoClock(), limits));
        shelf.removeUnfinished();
        if (!configuration.scrubEvery().isZero()) {
            running.add(
                    new Scrubber(shelf, folder.tenants(), configuration.scrubEvery(), surroundings.clock()).start());
        }
        AuditLogs audit = running.add(new AuditLogs(folder, surroundings.clock()));
        Workers workers = running.add(new Workers(limits.storeThreads(), limits.tasksWaiting()));
        Vertx vertx = HttpListener.vertx(configuration.inherited());
        running.add(() -> HttpListener.await(vertx.close(), VERTX_CLOSING, "stop the event loops"));
        Sessions sessions = new Sessions(
                surroundings.nanoClock(), limits.sessionLife(), limits.sessions(), limits.sessionsPerDevice());
        Greeter greeter =
                new Greeter(folder.serverId(), certificate != null, registry, sessions, audit, limits, surroundings);
        Quotas quotas = folder.quotas().unlessSet(configuration.tenantQuota());
        RepositoryRequests requests = new RepositoryRequests(limits, greeter, folder, quotas, shelf, audit, workers);
        Routes routes = new Routes(vertx, limits, greeter, sessions, requests, workers);
        HttpListener listener = new HttpListener(vertx, limits);
        int port = listener.listen(
                configuration.host(), configuration.port(), certificate == null ? null : certificate.current(), routes);
        requests.tenants(folder.tenants().names().size());
        vertx.setPeriodic(
                HOUSEKEEPING_MILLIS,
                id -> workers.runSoon(() -> {
                    shelf.closeIdle();
                    audit.flush();
                    requests.tenants(folder.tenants().names().size());
                }));
        if (certificate != null) {
            vertx.setPeriodic(CERTIFICATE_MILLIS, id -> workers.runSoon(() -> certificate.look(listener::use)));
        }
        running.routes = routes;
        running.listener = listener;
        running.requests = requests;
        running.shelf = shelf;
        return new CairnServer(configuration, port, certificate, code, running);
    }

    /** What was mistyped is found out before a folder is made, which would stand there with a key of its own. */
    private static void requireUsable(ServerConfiguration configuration) throws IOException {
        if (Files.exists(configuration.dataFolder())) {
            return;
        }
        if (configuration.transport() instanceof ServerConfiguration.Transport.GivenCertificate given) {
            CertificateWatch.of(given.certificate(), given.key());
        }
        if (configuration.inherited() == null) {
            HttpListener.requireFree(configuration.host(), configuration.port());
        }
    }

    private static @Nullable CertificateWatch certificate(
            ServerConfiguration configuration, DataFolder folder, Instant now) throws IOException {
        return switch (configuration.transport()) {
            case ServerConfiguration.Transport.SelfMadeCertificate self ->
                CertificateWatch.ofSelfMade(folder.tls(), now);
            case ServerConfiguration.Transport.GivenCertificate given ->
                CertificateWatch.of(given.certificate(), given.key());
            case ServerConfiguration.Transport.Clear clear -> null;
        };
    }

    /** Makes the first tenant; makes a code as long as nobody is there who could make one for others. */
    private static @Nullable String prepare(DataFolder folder, DeviceRegistry registry) {
        if (folder.tenants().names().isEmpty()) {
            folder.tenants().add(Tenants.DEFAULT);
        }
        return registry.hasAdmin() ? null : registry.issueCode(Scope.ALL, Role.ADMIN, DeviceRegistry.CODE_VALIDITY);
    }

    /** The port that is listened on. */
    public int port() {
        return port;
    }

    /** {@code https://HOST:PORT}, or {@code http://HOST:PORT} without TLS. A remote's URL goes on with tenant and repository. */
    public String url() {
        String host = configuration.host();
        String scheme = certificate == null ? "http" : "https";
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** What clients pin now; empty without TLS. */
    public Optional<Fingerprint> fingerprint() {
        return Optional.ofNullable(certificate).map(watch -> watch.current().fingerprint());
    }

    /**
     * Reads the certificate again, as it is done by itself once a minute where its files have changed. New connections get it; those that
     * are open go on. One that cannot be used is logged, and the one before kept. Blocks on I/O.
     */
    public CertificateReload reloadCertificate() {
        HttpListener listener = running.listener;
        return certificate == null || listener == null
                ? new CertificateReload.Unchanged()
                : certificate.reload(listener::use);
    }

    /**
     * The code by which the first admin device can enrol, once, within {@link DeviceRegistry#CODE_VALIDITY}; null when an admin
     * has enrolled. Each start without an admin makes a new one, which leaves earlier ones valid.
     */
    public @Nullable String enrolmentCode() {
        return enrolmentCode;
    }

    /** The parts; for tests. */
    Running running() {
        return running;
    }

    RepositoryRequests requests() {
        return java.util.Objects.requireNonNull(running.requests);
    }

    RepositoryShelf shelf() {
        return java.util.Objects.requireNonNull(running.shelf);
    }

    /**
     * Stops: refuses new requests, lets those under way finish for as long as the limits say, then closes connections and
     * stores. What was acknowledged is durable anyway. Idempotent; blocks, not longer than three times that limit.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Duration patience = configuration.limits().closing();
        Routes routes = running.routes;
        HttpListener listener = running.listener;
        if (routes != null && listener != null) {
            routes.drain();
            try {
                if (!routes.awaitIdle(patience.toNanos())) {
                    LOG.log(Level.WARNING, "requests under way are cut off");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            listener.close(Duration.ofMillis(500));
        }
        running.close();
    }
}
