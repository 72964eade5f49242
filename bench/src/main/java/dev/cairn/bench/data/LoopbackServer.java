package dev.cairn.bench.data;

import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.TransferProgress;
import dev.cairn.replicator.net.ClientIdentity;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.server.CairnServer;
import dev.cairn.server.ServerConfiguration;
import dev.cairn.server.ServerConfiguration.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** A real server on a free port of the loopback interface, in this process, and a device that is enrolled there. */
public final class LoopbackServer implements AutoCloseable {

    private static final String TENANT = "default";

    private final CairnServer server;
    private final ClientIdentity identity = ClientIdentity.of(DeviceKey.random(), "benchmark");

    private LoopbackServer(CairnServer server) {
        this.server = server;
    }

    /**
     * Starts a server and enrols the device.
     *
     * @param data the server's data folder, made by it
     * @param tls whether connections are TLS 1.3, as they are by default, or clear
     */
    public static LoopbackServer start(Path data, boolean tls) throws IOException {
        Transport transport = tls ? new Transport.SelfMadeCertificate() : new Transport.Clear();
        LoopbackServer started = new LoopbackServer(CairnServer.start(ServerConfiguration.of(data)
                .withAddress(ServerConfiguration.DEFAULT_HOST, 0)
                .withTransport(transport)));
        try (RemoteClient client = started.client("any")) {
            client.enrol(Objects.requireNonNull(started.server.enrolmentCode()), "benchmark");
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** A client for a repository on the server; it connects at its first request. */
    public RemoteClient client(String repository) {
        RemoteUrl url = new RemoteUrl(
                server.fingerprint().isPresent(),
                ServerConfiguration.DEFAULT_HOST,
                server.port(),
                new RepositoryName(TENANT, repository),
                server.fingerprint().orElse(null));
        return RemoteClient.open(url, identity, RetryPolicy.within(Duration.ofSeconds(5)));
    }

    /** Pushes every branch. */
    public TransferReport push(SampleRepository from, String repository) {
        try (RemoteClient client = client(repository)) {
            return client.push(Replica.of(from.repository()), List.of(), TransferProgress.NONE);
        }
    }

    /** Makes a replica of what was pushed, at {@code folder}, and pulls every branch into it. */
    public SampleRepository pull(String repository, Path folder, Path keyFile) throws IOException {
        try (RemoteClient client = client(repository)) {
            SampleRepository replica =
                    SampleRepository.adopt(folder, client.info().configuration().bytes(), keyFile);
            try {
                Path spool = replica.repository().temporaryFolder();
                client.pull(Replica.of(replica.repository()), List.of(), spool, TransferProgress.NONE);
                return replica;
            } catch (RuntimeException e) {
                replica.close();
                throw e;
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
