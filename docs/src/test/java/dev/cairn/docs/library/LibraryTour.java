package dev.cairn.docs.library;

import dev.cairn.cas.Branch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChange;
import dev.cairn.cas.manifest.EntryDiff;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.FileContentStream;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.CreateOptions;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.cas.snapshot.restore.Restore;
import dev.cairn.cas.snapshot.restore.RestorePlan;
import dev.cairn.cas.snapshot.restore.RestoreProgress;
import dev.cairn.cas.snapshot.restore.RestoreResult;
import dev.cairn.cas.snapshot.verify.Damage;
import dev.cairn.cas.snapshot.verify.Verification;
import dev.cairn.cas.snapshot.verify.VerificationProgress;
import dev.cairn.cas.snapshot.verify.VerificationResult;
import dev.cairn.replicator.DeviceKeyFile;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.RollbackWatch;
import dev.cairn.replicator.Sighting;
import dev.cairn.replicator.TransferProgress;
import dev.cairn.replicator.TransferResult;
import dev.cairn.replicator.net.ClientIdentity;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.replicator.net.TransferReport;
import dev.cairn.server.CairnServer;
import dev.cairn.server.ServerConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A program that uses Cairn as a library: it keeps a folder in a repository, looks into it, restores it, and replicates it through a
 * server of its own. Run it with an empty folder to work in.
 */
final class LibraryTour {

    private static final String PROGRAM = "library-tour 1.0";

    private final Path place;
    private final PrintStream out;

    /** What was last seen of the remote; a program that is to notice a rollback keeps this from run to run. */
    private @Nullable Sighting seen;

    LibraryTour(Path place, PrintStream out) {
        this.place = place;
        this.out = out;
    }

    /** Runs the tour in the folder that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        new LibraryTour(Path.of(arguments[0]), System.out).run();
    }

    void run() throws IOException {
        Path source = place.resolve("source");
        Files.createDirectories(source.resolve("notes"));
        Files.writeString(source.resolve("notes/today.txt"), "Bread, milk.\n");
        Files.write(source.resolve("picture"), new byte[300_000]);
        try (Repository repository = create(place.resolve("repository"))) {
            ObjectId first = capture(repository, source, Cancellation.NEVER);
            Files.writeString(source.resolve("notes/today.txt"), "Bread, milk, honey.\n");
            ObjectId second = capture(repository, source, Cancellation.NEVER);

            list(repository);
            read(repository, second, "notes/today.txt");
            compare(repository, repository.snapshot(first), repository.snapshot(second));
            restore(repository, repository.snapshot(first), place.resolve("as-it-was"));
            verify(repository);
            replicate(repository, source);
        }
    }

    /** Makes a repository that a key file opens, and a recovery code for the day when that file is lost. */
    Repository create(Path folder) {
        CreateOptions options = CreateOptions.withKeyFile(_ -> keyFile());
        Repository.Created created = Repository.create(folder, options);
        out.println("Keep this code on paper: " + created.recoveryCode());
        return created.repository();
    }

    /** Opens a repository with its key file. */
    Repository open(Path folder) {
        KeySource key = new KeySource.KeyFilePath(keyFile());
        return Repository.open(folder, key, OpenOptions.DEFAULT.withLockWait(Duration.ofSeconds(2)));
    }

    Path keyFile() {
        return place.resolve("repository.key");
    }

    /** Captures a folder and moves the branch {@code main} to the new snapshot. */
    ObjectId capture(Repository repository, Path source, Cancellation cancellation) {
        CapturePlan plan = CapturePlan.of(source, "main")
                .withTags(List.of("tour"))
                .withExcludedFolders(List.of(repository.folder()));
        CaptureProgress progress = new CaptureProgress() {
            @Override
            public void recorded(EntryPath path, boolean folder, Change change) {
                if (change != Change.UNMODIFIED) {
                    out.println("captured " + path + (folder ? "/" : ""));
                }
            }
        };
        Capture capture = new Capture(CaptureStore.of(repository, PROGRAM));
        CaptureResult result = capture.run(plan, progress, cancellation);
        result.errors().forEach(error -> out.println("not as it should be: " + error));
        return Objects.requireNonNull(result.snapshot(), "only a dry run makes none");
    }

    /** Lists the snapshots, oldest first, and what stands in the newest of a branch. */
    void list(Repository repository) {
        for (RetainedSnapshot retained : repository.store().snapshots()) {
            SnapshotRecord snapshot = repository.snapshot(retained.snapshot());
            SnapshotDescription description = snapshot.description();
            out.printf(
                    "%s  %s  %d files  %s%n",
                    snapshot.id().abbreviated(),
                    description.time(),
                    description.totals().files(),
                    description.tags());
        }
        for (Entry entry : manifest(repository, head(repository, "main"))) {
            out.println(entry.type() + " " + entry.path());
        }
    }

    /** The snapshot that a branch points at, its signature checked. */
    static SnapshotRecord head(Repository repository, String branch) {
        return repository
                .store()
                .branch(branch)
                .map(Branch::snapshot)
                .map(repository::snapshot)
                .orElseThrow();
    }

    static MerkleMap<Entry> manifest(Repository repository, SnapshotRecord snapshot) {
        return MerkleMap.ofEntries(snapshot.manifest(), repository.objects());
    }

    /** Reads one file of a snapshot. Nothing is read of the others. */
    void read(Repository repository, ObjectId snapshot, String path) throws IOException {
        MerkleMap<Entry> manifest = manifest(repository, repository.snapshot(snapshot));
        try (InputStream content = FileContentStream.open(manifest, EntryPath.parse(path))) {
            out.print(path + ": " + new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Tells what changed from one snapshot to another. Pages that both share are not read. */
    void compare(Repository repository, SnapshotRecord before, SnapshotRecord after) {
        EntryDiff.stream(manifest(repository, before), manifest(repository, after))
                .forEach(change -> out.println(
                        switch (change) {
                            case EntryChange.Added added -> "+ " + added.path();
                            case EntryChange.Removed removed -> "- " + removed.path();
                            case EntryChange.Changed changed -> "M " + changed.path() + " " + changed.aspects();
                        }));
    }

    /** Makes a folder equal to a snapshot, reads it back, and says what could not be restored. */
    void restore(Repository repository, SnapshotRecord snapshot, Path target) {
        RestorePlan plan = RestorePlan.of(snapshot.manifest(), target)
                .withDelete(true)
                .withVerify(true)
                .withKeptFolders(List.of(repository.folder()));
        RestoreResult result = new Restore(repository.objects()).run(plan, RestoreProgress.NONE, Cancellation.NEVER);
        out.printf("restored %d files, compared %d%n", result.files(), result.verified());
        result.errors().forEach(error -> out.println("not restored: " + error));
    }

    /** Reads every byte of the repository and tells what is damaged. */
    boolean verify(Repository repository) {
        VerificationProgress progress = new VerificationProgress() {
            @Override
            public void damaged(Damage damage) {
                out.println("damaged: " + damage.where() + " " + damage.path());
            }
        };
        Verification verification = new Verification(repository, progress, Cancellation.NEVER);
        VerificationResult result = verification.repository(true);
        out.printf("%d objects are right, %d are damaged%n", result.objects(), result.damageCount());
        // So that the next capture, pull or repair brings again what is lost.
        repository.store().note(verification.findings());
        return result.isSound();
    }

    /** Pushes the repository to a server, makes a second replica of it, and lets that one follow. */
    void replicate(Repository repository, Path source) throws IOException {
        try (CairnServer server = serve(place.resolve("server"));
                RemoteClient client = client(server)) {
            client.enrol(Objects.requireNonNull(server.enrolmentCode()), "tour");
            push(client, repository);
            try (Repository clone = cloneFrom(client, place.resolve("clone"))) {
                out.println("the same: " + isSame(repository, clone));
                Files.writeString(source.resolve("notes/tomorrow.txt"), "Nothing yet.\n");
                capture(repository, source, Cancellation.NEVER);
                out.println("the same: " + isSame(repository, clone));
                push(client, repository);
                pull(client, clone);
                out.println("the same: " + isSame(repository, clone) + ", sound: " + verify(clone));
            }
        }
    }

    /** Starts a server in this process, on a free port of this machine, with a certificate of its own. */
    static CairnServer serve(Path data) throws IOException {
        return CairnServer.start(ServerConfiguration.of(data).withAddress("127.0.0.1", 0));
    }

    /** A client of the repository {@code photos} on that server, whose key it pins. */
    RemoteClient client(CairnServer server) throws IOException {
        RemoteUrl url = RemoteUrl.parse(server.url() + "/default/photos")
                .pinned(server.fingerprint().orElseThrow());
        ClientIdentity identity = ClientIdentity.of(DeviceKeyFile.readOrMake(place.resolve("device.key")), PROGRAM);
        return RemoteClient.open(url, identity, RetryPolicy.within(Duration.ofSeconds(10)));
    }

    /** Sends what the server lacks, and moves its branches. */
    void push(RemoteClient client, Repository repository) {
        RollbackWatch watch = RollbackWatch.since(seen, false, Instant.now());
        try {
            Replica replica = Replica.of(repository).watching(watch);
            tell("pushed", client.push(replica, List.of(), progress()));
        } finally {
            seen = watch.after(seen);
        }
    }

    /** Fetches what a replica lacks, and moves its branches. */
    void pull(RemoteClient client, Repository repository) {
        Path spool = repository.temporaryFolder();
        tell("pulled", client.pull(Replica.of(repository), List.of(), spool, progress()));
    }

    /** Makes a replica of what the server has. Needs a key and nothing else of the first one. */
    Repository cloneFrom(RemoteClient client, Path folder) {
        byte[] configuration = client.info().configuration().bytes();
        KeySource key = new KeySource.KeyFilePath(keyFile());
        Repository clone = Repository.adopt(folder, configuration, "the server", _ -> key, OpenOptions.DEFAULT);
        pull(client, clone);
        return clone;
    }

    private TransferProgress progress() {
        return new TransferProgress() {
            @Override
            public void phase(String branch, Phase phase) {
                out.println(branch + ": " + phase);
            }

            @Override
            public void transferred(long records, long recordBytes) {}

            @Override
            public void listed(long pages) {}
        };
    }

    private void tell(String what, TransferReport report) {
        TransferResult result = report.result();
        out.printf(
                "%s %d records in %d requests%n",
                what, result.recordsSent() + result.recordsReceived(), result.requests());
        for (TransferResult.BranchOutcome branch : result.branches()) {
            Optional.ofNullable(branch.conflict()).ifPresent(conflict -> out.println("conflict: " + conflict));
        }
    }

    /** Whether two replicas have the same branches: equal snapshot ids mean equal contents, to the last byte. */
    static boolean isSame(Repository one, Repository other) {
        return heads(one).equals(heads(other));
    }

    private static List<String> heads(Repository repository) {
        return repository.store().branches().stream()
                .map(branch -> branch.name() + " " + branch.snapshot())
                .sorted()
                .toList();
    }

    /** What a failure means, and what the program does next. */
    static String explain(RuntimeException failure) {
        return switch (failure) {
            case StoreException e -> explain(e) + ": " + e.getMessage() + " " + e.hint();
            case RemoteException.QuotaExceeded e -> "no room on the server: " + e.getMessage();
            case RemoteException.Cancelled _ -> "stopped; the next run goes on from there";
            case RemoteException e -> "the remote: " + e.getMessage() + " " + e.hint();
            case CancellationException _ -> "stopped; the next run goes on from there";
            default -> throw failure;
        };
    }

    private static String explain(StoreException failure) {
        return switch (failure) {
            case WrongKeyException _ -> "wrong key: ask for another";
            case CorruptDataException _ -> "damaged: verify, then pull or capture again";
            case MissingObjectsException _ -> "damaged: verify, then pull or capture again";
            case StoreBusyException _ -> "busy: try later";
            case StoreFullException e -> "no room, only " + e.freeBytes() + " bytes: try when there is some";
            case NoRepositoryException _ -> "not there: create it";
            case StoreAccessException _ -> "not possible here";
            case VersionMismatchException _ -> "made by a later version";
        };
    }
}
