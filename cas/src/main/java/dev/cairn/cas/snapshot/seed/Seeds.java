package dev.cairn.cas.snapshot.seed;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.cas.snapshot.capture.OpenRun;
import dev.cairn.chunker.Cutter;
import dev.cairn.chunker.GearCutter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chunks that folders on this machine hold. The folders are read when the first chunk is asked for, not before: a pull that lacks nothing
 * does not wait for them. That takes about what a capture of them takes to read, cut and name.
 *
 * <p>Memory: a run of each kind and one file's buffer. On the disk, while it is open: 32 to 85 bytes a chunk, and the paths. Not
 * thread-safe.
 */
public final class Seeds implements AutoCloseable {

    private final List<SeedFolder> folders;
    private final Sealer sealer;
    private final Cutter cutter;
    private final FileStat excluded;
    private final Path temporaryFolder;
    private final long chunksMax;
    private final SeedProgress progress;
    private final Cancellation cancellation;
    private @Nullable SeedIndex index;

    /** The file that was read last, and its place in the index. */
    private @Nullable OpenFile open;

    private long openAt;

    /** The file whose change was told last. */
    private long changedAt = -1;

    Seeds(
            List<SeedFolder> folders,
            Sealer sealer,
            Cutter cutter,
            FileStat excluded,
            Path temporaryFolder,
            long chunksMax,
            SeedProgress progress,
            Cancellation cancellation) {
        this.folders = List.copyOf(folders);
        this.sealer = sealer;
        this.cutter = cutter;
        this.excluded = excluded;
        this.temporaryFolder = temporaryFolder;
        this.chunksMax = chunksMax;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * Seeds for a repository. Its own folder is passed over where it stands in one of them.
     *
     * @param folders not closed by this
     */
    public static Seeds of(
            List<SeedFolder> folders, Repository repository, SeedProgress progress, Cancellation cancellation)
            throws IOException {
        FileStat own;
        try (Directory folder = Directory.open(repository.folder())) {
            own = folder.stat();
        }
        return new Seeds(
                folders,
                repository.sealer(),
                new GearCutter(repository.gearTable(), repository.chunkProfile()),
                own,
                repository.temporaryFolder(),
                SeedIndex.CHUNKS_MAX,
                progress,
                cancellation);
    }

    /** Takes runs of chunks. */
    @FunctionalInterface
    public interface Taker {

        /**
         * Takes a run.
         *
         * @param plainBytes of its chunks together
         */
        void take(SealedRecord run, long plainBytes);
    }

    /**
     * Hands over those of {@code wanted} that the folders hold, in that order, in runs as a capture makes them. Each chunk was read again
     * and its id recomputed.
     *
     * @throws dev.cairn.cas.StoreAccessException if the list of chunks cannot be kept on the disk
     * @throws java.util.concurrent.CancellationException if it is time to stop
     */
    public void supply(Collection<ObjectId> wanted, Taker taker) {
        SeedIndex known = index == null ? scan() : index;
        OpenRun small = new OpenRun(OpenRun.SMALL_BYTES);
        OpenRun large = new OpenRun(OpenRun.LARGE_BYTES);
        for (ObjectId id : wanted) {
            cancellation.check();
            SeedIndex.Place place = known.find(id);
            byte[] bytes = place == null ? null : read(known, place, id);
            if (place == null || bytes == null) {
                continue;
            }
            OpenRun run = place.isWhole() ? small : large;
            if (!run.takes(bytes.length)) {
                close(run, taker);
            }
            run.add(id, PlainObject.chunk(bytes));
        }
        close(small, taker);
        close(large, taker);
    }

    private void close(OpenRun run, Taker taker) {
        if (!run.isEmpty()) {
            OpenRun.Closed closed = run.close();
            taker.take(sealer.sealRun(closed.ids(), closed.chunks()), closed.bytes());
        }
    }

    private SeedIndex scan() {
        progress.scanning();
        SeedIndex made = new SeedIndex(temporaryFolder, chunksMax);
        index = made;
        try (Workers workers = new Workers("cairn-seed", Workers.threadsOfMachine())) {
            SeedScan scan = new SeedScan(made, sealer.hasher(), cutter, workers, excluded, progress, cancellation);
            for (int number = 0; number < folders.size(); number++) {
                scan.scan(number, folders.get(number));
            }
        }
        progress.scanned(made.chunks());
        return made;
    }

    /** Reads a chunk again; null if it is not there any more. */
    private byte @Nullable [] read(SeedIndex known, SeedIndex.Place place, ObjectId id) {
        try {
            byte[] bytes = new byte[place.length()];
            int read = opened(known, place.file()).read(place.offset(), bytes, 0, bytes.length);
            if (read == bytes.length && sealer.hasher().chunk(bytes, 0, read).equals(id)) {
                return bytes;
            }
        } catch (IOException e) {
            // It was moved, deleted, or may not be read any more: it is as good as changed.
            closeFile();
        }
        if (changedAt != place.file()) {
            changedAt = place.file();
            SeedIndex.SeedFile file = known.file(place.file());
            progress.changed(folders.get(file.seed()).shown(file.path()));
        }
        return null;
    }

    private OpenFile opened(SeedIndex known, long at) throws IOException {
        OpenFile kept = open;
        if (kept != null && openAt == at) {
            return kept;
        }
        closeFile();
        SeedIndex.SeedFile file = known.file(at);
        OpenFile next = folders.get(file.seed()).file(file.path());
        open = next;
        openAt = at;
        if (next.stat().type() != FileType.REGULAR) {
            throw new IOException("another kind of file took its place");
        }
        return next;
    }

    private void closeFile() {
        OpenFile kept = open;
        open = null;
        if (kept != null) {
            try {
                kept.close();
            } catch (IOException e) {
                return; // It was only read from.
            }
        }
    }

    /** Gives back what it holds, but for the folders. Idempotent. */
    @Override
    public void close() {
        closeFile();
        SeedIndex kept = index;
        if (kept != null) {
            kept.close();
        }
    }
}
