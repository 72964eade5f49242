package dev.cairn.bench.data;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.cas.snapshot.restore.Restore;
import dev.cairn.cas.snapshot.restore.RestorePlan;
import dev.cairn.cas.snapshot.restore.RestoreProgress;
import dev.cairn.cas.snapshot.restore.RestoreResult;
import java.nio.file.Path;

/** A repository with a key file beside it, used as the commands use one. */
public final class SampleRepository implements AutoCloseable {

    /** The branch that is captured to. */
    public static final String BRANCH = "main";

    private final Repository repository;

    private SampleRepository(Repository repository) {
        this.repository = repository;
    }

    /** A new, empty repository with the default settings at {@code folder}; its key is in {@link #keyFile}. */
    public static SampleRepository create(Path folder) {
        CreateOptions options = CreateOptions.withKeyFile(_ -> keyFile(folder));
        return new SampleRepository(Repository.create(folder, options).repository());
    }

    /** An empty replica at {@code folder} of the repository with this configuration and key file. */
    static SampleRepository adopt(Path folder, byte[] configuration, Path keyFile) {
        KeySource key = new KeySource.KeyFilePath(keyFile);
        return new SampleRepository(
                Repository.adopt(folder, configuration, "the benchmark", _ -> key, OpenOptions.DEFAULT));
    }

    /** Where the key of the repository that was made at {@code folder} is. */
    public static Path keyFile(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".key");
    }

    /** The repository itself. */
    public Repository repository() {
        return repository;
    }

    /**
     * Captures a folder to {@link #BRANCH}.
     *
     * @throws IllegalStateException if something could not be read: what was measured is then another thing
     */
    public CaptureResult capture(Path source) {
        CaptureStore store = CaptureStore.of(repository, "benchmark");
        CapturePlan plan = CapturePlan.of(source, BRANCH);
        CaptureResult result = new Capture(store).run(plan, CaptureProgress.NONE, Cancellation.NEVER);
        if (result.isPartial()) {
            throw new IllegalStateException("capture left something out: " + result.errors());
        }
        return result;
    }

    /**
     * Restores a manifest to a folder.
     *
     * @throws IllegalStateException if something could not be restored
     */
    public RestoreResult restore(ObjectId manifest, Path target) {
        RestorePlan plan = RestorePlan.of(manifest, target);
        RestoreResult result = new Restore(repository.objects()).run(plan, RestoreProgress.NONE, Cancellation.NEVER);
        if (result.errorCount() > 0) {
            throw new IllegalStateException("restore left something out: " + result.errors());
        }
        return result;
    }

    @Override
    public void close() {
        repository.close();
    }
}
