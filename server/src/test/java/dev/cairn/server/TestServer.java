package dev.cairn.server;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.TestRecords;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.PushId;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A server in this process, with a clock that tests can put forward, and requests to send to it. */
final class TestServer implements AutoCloseable {

    static final RepositoryName NAME = new RepositoryName("default", "photos");
    static final PushId PUSH = new PushId(1, 2);

    private final ServerConfiguration configuration;
    private final AtomicLong ahead = new AtomicLong();
    private final InstantSource clock = () -> Instant.now().plusNanos(ahead.get());
    private final ProtocolVersions versions;
    private final StoreOpener stores;
    private CairnServer server;

    TestServer(Path folder) {
        this(folder, ServerLimits.DEFAULT);
    }

    TestServer(Path folder, ServerLimits limits) {
        this(folder, limits, StoreOpener.LMDB);
    }

    TestServer(Path folder, ServerLimits limits, StoreOpener stores) {
        this(configuration(folder).withLimits(limits), stores, ProtocolVersions.OWN);
    }

    TestServer(ServerConfiguration configuration, StoreOpener stores, ProtocolVersions versions) {
        this.configuration = configuration;
        this.versions = versions;
        this.stores = stores;
        this.server = started();
    }

    /** In clear, on any free port. */
    static ServerConfiguration configuration(Path folder) {
        return ServerConfiguration.of(folder.resolve("data"))
                .withAddress("127.0.0.1", 0)
                .withTransport(new ServerConfiguration.Transport.Clear());
    }

    private CairnServer started() {
        try {
            return CairnServer.start(
                    configuration, new Surroundings(() -> System.nanoTime() + ahead.get(), clock, stores, versions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CairnServer server() {
        return server;
    }

    Path dataFolder() {
        return configuration.dataFolder();
    }

    /** The list of devices as another process would change it. */
    DeviceRegistry registry() {
        return DataFolder.existing(dataFolder()).registry(clock);
    }

    /** Both clocks: the one that counts nanoseconds, and the time of day. */
    void putClockForward(Duration by) {
        ahead.addAndGet(by.toNanos());
    }

    void restart() {
        server.close();
        server = started();
    }

    TestClient client() {
        return new TestClient(server);
    }

    /** A device that was let in. */
    DeviceKey device(TestClient client, Scope scope, Role role) {
        DeviceKey key = DeviceKey.random();
        client.enrol(key, registry().issueCode(scope, role, Duration.ofMinutes(5)));
        return key;
    }

    /** A session of a new device of that role for {@link #NAME}. */
    TestClient.Session session(TestClient client, Role role) {
        return client.session(device(client, Scope.ALL, role), NAME);
    }

    /** A session of a new admin device, in which {@link #NAME} was made. */
    TestClient.Session made(TestClient client, RepositoryId id) {
        TestClient.Session session = session(client, Role.ADMIN);
        session.ask(create(id));
        return session;
    }

    /** What the store of {@link #NAME} counts. */
    StoreStats stats() {
        try (RepositoryShelf.Lease lease = server.shelf().open(NAME)) {
            return lease.store().stats();
        }
    }

    static Request.Create create(RepositoryId id) {
        return new Request.Create(id, new byte[] {1, 2, 3});
    }

    static RepositoryId repositoryId(TestRecords records) {
        return new RepositoryId(records.id());
    }

    static Request.Batch batch(SealedRecord... records) {
        return batch(Arrays.asList(records));
    }

    static Request.Batch batch(List<SealedRecord> records) {
        List<Request.Upload> uploads = new ArrayList<>();
        for (SealedRecord record : records) {
            uploads.add(new Request.Upload(record.bytes(), sha256(record.bytes())));
        }
        return new Request.Batch(PUSH, 0, uploads);
    }

    static Request.Move move(OperationId operation, ObjectId target) {
        return move(operation, null, target);
    }

    static Request.Move move(OperationId operation, @Nullable ObjectId expected, ObjectId target) {
        return new Request.Move(new BranchMove("main", expected, target, List.of(), operation), PUSH);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
