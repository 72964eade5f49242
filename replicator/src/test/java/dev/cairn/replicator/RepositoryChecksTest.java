package dev.cairn.replicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryChecksTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Repository repository;

    @SuppressWarnings("NullAway.Init")
    private Replica.Checks checks;

    @BeforeEach
    void make() {
        CreateOptions options = CreateOptions.withKeyFile(_ -> folder.resolve("key"));
        repository = Repository.create(folder.resolve("repository"), options).repository();
        checks = Replica.of(repository).checks();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private StoredConfiguration stored() {
        return repository.store().configuration().orElseThrow();
    }

    private ObjectId capture(String content) throws IOException {
        Path source = Files.createDirectories(folder.resolve("source"));
        Files.writeString(source.resolve("file"), content);
        Capture capture = new Capture(CaptureStore.of(repository, "a test"));
        capture.run(CapturePlan.of(source, "main"), CaptureProgress.NONE, Cancellation.NEVER);
        return repository.store().branch("main").orElseThrow().snapshot();
    }

    private SealedRecord record(ObjectId id) {
        List<RecordRef> providers = repository.store().providers(id);
        return repository.store().read(providers.getFirst());
    }

    @Test
    void requireReadable_remoteWithoutTheNewestEpoch_isNotAllowed() {
        StoredConfiguration before = stored();
        assertThatCode(() -> checks.requireReadable(before)).doesNotThrowAnyException();
        repository.keyring().rotate();
        assertThatExceptionOfType(RemoteException.NotAllowed.class)
                .isThrownBy(() -> checks.requireReadable(before))
                .satisfies(e -> assertThat(e.hint()).contains("role write"));
        StoredConfiguration after = stored();
        assertThatCode(() -> checks.requireReadable(after)).doesNotThrowAnyException();
    }

    @Test
    void snapshot_recordOfAnother_isCorrupt() throws IOException {
        ObjectId first = capture("one");
        ObjectId second = capture("two");
        assertThatCode(() ->
                        checks.snapshot(first, repository.objects().read(first, ObjectType.SNAPSHOT), record(first)))
                .doesNotThrowAnyException();
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() ->
                        checks.snapshot(first, repository.objects().read(first, ObjectType.SNAPSHOT), record(second)));
    }

    @Test
    void signedRevision_configurationOfAnotherRepository_isNone() {
        CreateOptions options = CreateOptions.withKeyFile(_ -> folder.resolve("other.key"));
        try (Repository other =
                Repository.create(folder.resolve("other"), options).repository()) {
            assertThat(checks.signedRevision(other.store().configuration().orElseThrow()))
                    .isEmpty();
            assertThat(checks.signedRevision(stored())).isPresent();
        }
    }
}
