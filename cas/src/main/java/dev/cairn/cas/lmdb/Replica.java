package dev.cairn.cas.lmdb;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A replica's folder, open in this process: index environment, volumes, writer. LMDB forbids to open an environment twice in
 * one process, so that all stores on one folder share this.
 *
 * <p>Threading: from any thread.
 */
final class Replica {

    private static final Map<Path, Replica> OPEN = new HashMap<>();

    private final Path folder;
    private final boolean readOnly;
    private final LmdbObjectStore.Options options;
    private final Environment index;
    private final VolumeSet volumes;
    private final RecordReader reader;
    private final ChildSource children;
    private final WriterLock writerLock;
    private final Writer writer;
    private final RepositoryId repository;
    private final Object indexKey;
    private final StoreSessions sessions;
    private final AtomicBoolean collecting = new AtomicBoolean();
    private volatile Runnable betweenCommits = () -> {};
    private int users;

    private Replica(Path folder, LmdbObjectStore.Options options, Environment.Mode mode) {
        this.folder = folder;
        this.options = options;
        this.readOnly = mode != Environment.Mode.WRITE;
        Path indexFolder = ReplicaFolder.index(folder);
        new IndexCheck(indexFolder).require();
        this.index = Environment.index(indexFolder, options.indexMapBytes(), mode);
        RepositoryId id = null;
        try {
            id = read(IndexView::repository);
        } finally {
            if (id == null) {
                index.close();
            }
        }
        this.repository = requireRepository(id, folder);
        this.volumes = new VolumeSet(ReplicaFolder.volumes(folder), mode, volume -> read(view -> view.volume(volume)));
        this.reader = new RecordReader(volumes, sequence -> read(view -> view.record(sequence)));
        this.sessions = new StoreSessions(folder);
        this.children = new PageChildren(
                object -> read(view -> view.object(object)), sequence -> read(view -> view.record(sequence)), reader);
        this.writerLock = new WriterLock(ReplicaFolder.writerLock(folder));
        this.writer = new Writer("cairn-writer", this::write);
        this.indexKey = indexKey(folder);
    }

    /** Which file the index is: another one after a rebuild. */
    private static Object indexKey(Path folder) {
        Path file = ReplicaFolder.indexFile(folder);
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (IOException e) {
            throw Faults.of(e, file);
        }
    }

    private static RepositoryId requireRepository(@Nullable RepositoryId id, Path folder) {
        if (id == null && ReplicaFolder.hasVolumes(folder)) {
            // Never "remove the folder": a row of the index is damaged, and the volumes have everything.
            throw new CorruptDataException(ReplicaFolder.index(folder).toString(), "the id of a repository", "none");
        }
        if (id == null) {
            throw new NoRepositoryException(
                    folder.toString(), "Making it was cut short. Remove the folder, or run 'cairn init' on it again.");
        }
        return id;
    }

    /** Opens the replica in {@code folder}, or shares it where this process has it open. */
    static Replica open(Path folder, LmdbObjectStore.Options options) {
        Path real = ReplicaFolder.require(folder, options.networkFileSystem());
        synchronized (OPEN) {
            Replica shared = OPEN.get(real);
            if (shared == null) {
                shared = new Replica(real, options, mode(real, options.readOnly()));
                OPEN.put(real, shared);
            } else if (shared.readOnly && !options.readOnly()) {
                throw new StoreAccessException(
                        real + " is open for reading only in this process",
                        "Close it first, or make the folder writable.",
                        null);
            }
            shared.users++;
            return shared;
        }
    }

    private static Environment.Mode mode(Path folder, boolean readOnly) {
        boolean writable = Files.isWritable(ReplicaFolder.index(folder))
                && Files.isWritable(ReplicaFolder.index(folder).resolve("data.mdb"))
                && Files.isWritable(ReplicaFolder.volumes(folder));
        if (!writable) {
            return Environment.Mode.LOCK_FREE;
        }
        return readOnly ? Environment.Mode.READ : Environment.Mode.WRITE;
    }

    /** Whether this process has the replica in {@code folder} open. */
    static boolean isOpen(Path folder) {
        synchronized (OPEN) {
            return OPEN.containsKey(folder);
        }
    }

    /** Another share of this open replica. */
    Replica share() {
        synchronized (OPEN) {
            users++;
            return this;
        }
    }

    /** Gives back one share; the last one closes. */
    void release() {
        synchronized (OPEN) {
            users--;
            if (users == 0) {
                writer.close();
                volumes.close();
                index.close();
                writerLock.close();
                OPEN.remove(folder);
            }
        }
    }

    Path folder() {
        return folder;
    }

    RepositoryId repository() {
        return repository;
    }

    VolumeSet volumes() {
        return volumes;
    }

    /** A way to read a record whose row is known. */
    @FunctionalInterface
    private interface RowReading {
        SealedRecord read(long sequence, RecordRow row);
    }

    /** As {@link dev.cairn.cas.ObjectStore#read}. */
    SealedRecord read(RecordRef ref) {
        return read(ref, this::read);
    }

    /** As {@link dev.cairn.cas.ObjectStore#readToOpen}. */
    SealedRecord readToOpen(RecordRef ref) {
        return read(ref, (sequence, row) -> reader.readToOpen(sequence, row, children));
    }

    private SealedRecord read(RecordRef ref, RowReading reading) {
        RecordRow row = read(view -> view.record(ref.sequence()));
        String where = "record " + ref.sequence();
        if (row == null) {
            throw new CorruptDataException(where, "a row in the index", "none");
        }
        SealedRecord record = reading.read(ref.sequence(), row);
        if (ref.ordinal() >= record.header().provided().size()) {
            throw new CorruptDataException(
                    where,
                    "an object with ordinal " + ref.ordinal(),
                    record.header().provided().size() + " objects");
        }
        return record;
    }

    /** Reads a record by its row. */
    SealedRecord read(long sequence, RecordRow row) {
        return reader.read(sequence, row, children);
    }

    /** Reads records, and looks whether they are whole. */
    RecordReader reader() {
        return reader;
    }

    /** The children of pages, by the newest state of the index. */
    ChildSource children() {
        return children;
    }

    /** Reads from the newest state of the index. */
    <R extends @Nullable Object> R read(Function<IndexView, R> reading) {
        return index.read(view -> reading.apply(new IndexView(view)));
    }

    /** As {@link #read}, below the level of values. */
    <R extends @Nullable Object> R readRows(Function<ReadView, R> reading) {
        return index.read(reading);
    }

    /** Whether the index has a row of this record now, sound or not. */
    boolean hasRecord(long sequence) {
        return read(view -> view.has(sequence));
    }

    /** Begins a session; null where the replica can only be read, and nobody may write meanwhile. */
    StoreSessions.@Nullable Begun session(String where) {
        if (readOnly && !Files.isWritable(folder)) {
            return null;
        }
        closeGoneVolumes();
        return sessions.begin(where, () -> read(IndexView::collection).epoch());
    }

    StoreSessions sessions() {
        return sessions;
    }

    /** Set while this process collects: its lock on the file does not hold off itself. */
    AtomicBoolean collecting() {
        return collecting;
    }

    /** Runs a step in a transaction of its own, and waits for it. */
    <T> T step(Function<Commit, T> step) {
        Outcome<T> outcome = new Outcome<>(true);
        return await(new Request.Step<>(step, outcome), outcome);
    }

    /** Gives back volumes that were removed: the file system has their space only when nobody has them open. */
    void closeGoneVolumes() {
        volumes.retain(() -> Set.copyOf(read(IndexView::volumes)));
    }

    /** Queues a request for the writer. */
    void submit(Request request) {
        if (readOnly) {
            throw new StoreAccessException(
                    "cannot write to " + folder + ": it is open for reading only",
                    "Make the folder writable for this user.",
                    null);
        }
        writer.submit(request);
    }

    /** Waits for a request's outcome. */
    <T> T await(Request request, Outcome<T> outcome) {
        submit(request);
        return outcome.await();
    }

    private void write(List<Request> requests) {
        try (FileLock lock = writerLock.acquire(options.lockWait())) {
            if (!lock.isValid() || !indexKey.equals(indexKey(folder))) {
                throw new StoreAccessException(
                        "the index of " + folder + " was rebuilt by another process", "Run the command again.", null);
            }
            recover();
            closeGoneVolumes();
            commit(requests);
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }

    /**
     * Recovers, in a transaction of its own: a crash after the volume's next commit must find an index that is no more than
     * that one commit behind.
     */
    private void recover() {
        try (WriteView view = index.write()) {
            IndexChange change = new IndexChange(view);
            new Recovery(change, repository, volumes, reader).run();
            if (change.isChanged()) {
                view.commit();
            }
        }
    }

    private void commit(List<Request> requests) {
        try (WriteView view = index.write()) {
            IndexChange change = new IndexChange(view);
            Commit commit = new Commit(change, repository, volumes, reader, options.volumeBytesMax(), betweenCommits);
            requests.forEach(commit::decide);
            commit.finish();
            if (change.isChanged()) {
                view.commit();
            }
        }
    }

    /** Lets a test end a transaction between the commits of volume and index. */
    void betweenCommits(Runnable seam) {
        betweenCommits = seam;
    }

    /** The folder for temporary files. */
    Path temporary() {
        return ReplicaFolder.temporary(folder);
    }

    /** Bytes of all files. */
    long diskBytes() {
        return DiskUse.of(folder);
    }
}
