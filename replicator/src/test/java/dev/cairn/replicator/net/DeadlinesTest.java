package dev.cairn.replicator.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.TestRepository;
import dev.cairn.replicator.TransferProgress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Connections that stay open while nothing comes over them any more. */
@Execution(ExecutionMode.CONCURRENT)
@Order(3)
class DeadlinesTest {

    private static final Deadlines SHORT =
            new Deadlines(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(4));
    private static final RetryPolicy PATIENT =
            new RetryPolicy(Duration.ofSeconds(60), Duration.ofMillis(10), Duration.ofMillis(50));
    private static final RetryPolicy BRIEF =
            new RetryPolicy(Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMillis(50));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @SuppressWarnings("NullAway.Init")
    private SlowLink link;

    @BeforeEach
    void serve() throws Exception {
        server = new TestServer(null, null);
        link = SlowLink.open(server.port(), LinkTerms.FREE, LinkTerms.FREE, 1);
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        server.close();
    }

    private RemoteClient client(RetryPolicy policy) {
        RemoteUrl url = RemoteUrl.parse("http://127.0.0.1:" + link.port() + "/default/photos");
        return RemoteClient.open(url, ClientIdentity.of(server.device, "test"), policy, RateLimits.NONE, SHORT);
    }

    private static TestRepository repository() {
        TestRepository repository = TestRepository.make(new SplittableRandom(5));
        repository.fill(1500);
        repository.snapshot("main");
        return repository;
    }

    @Test
    void push_stalledForGood_isUnreachableAfterRetries() {
        link.up().stallAfter(60_000);
        try (RemoteClient client = client(BRIEF)) {
            assertThatThrownBy(() -> client.push(repository().replica(), List.of(), TransferProgress.NONE))
                    .isInstanceOf(RemoteException.Unreachable.class)
                    .hasMessageContaining("tried for 1 s");
        }
    }

    @Test
    void pull_stalledForGood_isUnreachableAfterRetries() {
        TestRepository local = repository();
        server.serve(local.store);
        link.down().stallAfter(60_000);
        try (RemoteClient client = client(BRIEF)) {
            assertThatThrownBy(
                            () -> client.pull(local.emptyReplica().replica(), List.of(), folder, TransferProgress.NONE))
                    .isInstanceOf(RemoteException.Unreachable.class)
                    .hasMessageContaining("tried for 1 s");
        }
    }

    @Test
    void push_connectionForgottenByTheNetwork_goesOnOverANewOne() {
        TestRepository local = repository();
        try (RemoteClient client = client(PATIENT)) {
            assertThatThrownBy(client::info).isInstanceOf(RemoteException.NoRepository.class);
            link.forgetConnections();

            client.push(local.replica(), List.of(), TransferProgress.NONE);

            assertThat(link.connections()).isEqualTo(2);
            assertThat(server.store().branches()).isEqualTo(local.store.branches());
        }
    }
}
