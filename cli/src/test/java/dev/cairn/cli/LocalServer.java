package dev.cairn.cli;

import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.server.CairnServer;
import dev.cairn.server.ServerConfiguration;
import java.io.IOException;
import java.nio.file.Path;

/** A server in this process, on a free port that it keeps when it is started again. */
final class LocalServer implements AutoCloseable {

    private final Path data;
    private final String enrolmentCode;
    private CairnServer running;

    LocalServer(Path data) throws IOException {
        this.data = data;
        this.running = CairnServer.start(ServerConfiguration.of(data).withAddress(ServerConfiguration.DEFAULT_HOST, 0));
        this.enrolmentCode = String.valueOf(running.enrolmentCode());
    }

    Path data() {
        return data;
    }

    String enrolmentCode() {
        return enrolmentCode;
    }

    /** The URL of a repository of the default tenant. */
    String url(String repository) {
        return url("default", repository);
    }

    String url(String tenant, String repository) {
        Fingerprint fingerprint = running.fingerprint().orElseThrow();
        return running.url() + "/" + tenant + "/" + repository + "#" + fingerprint;
    }

    /** Where the store of a repository of the default tenant is. */
    Path store(String repository) {
        return data.resolve("tenants/default").resolve(repository);
    }

    void stop() {
        running.close();
    }

    void restart() throws IOException {
        running = CairnServer.start(
                ServerConfiguration.of(data).withAddress(ServerConfiguration.DEFAULT_HOST, running.port()));
    }

    @Override
    public void close() {
        stop();
    }
}
