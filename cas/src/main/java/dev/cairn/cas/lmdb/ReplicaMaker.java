package dev.cairn.cas.lmdb;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** Makes the folder of an empty replica. Its last step is the row that names the repository: before it there is none. */
final class ReplicaMaker {

    private static final Set<String> OWN_NAMES = Set.of("index", "volumes", "tmp", "writer.lock");

    private ReplicaMaker() {}

    static void make(Path folder, RepositoryId repository, LmdbObjectStore.Options options) {
        try {
            Files.createDirectories(folder);
            Path real = ReplicaFolder.real(folder);
            ReplicaFolder.requireLocal(real, options.networkFileSystem());
            requireUnused(real);
            WriterLock writerLock = new WriterLock(ReplicaFolder.writerLock(real));
            try (writerLock;
                    FileLock lock = writerLock.acquire(options.lockWait())) {
                if (!lock.isValid()) {
                    throw new IllegalStateException("the writer lock is gone");
                }
                Files.createDirectories(ReplicaFolder.volumes(real));
                Files.createDirectories(ReplicaFolder.temporary(real));
                Files.createDirectories(ReplicaFolder.index(real));
                makeIndex(real, repository, options);
            }
            VolumeAppend.syncFolder(ReplicaFolder.index(real));
            VolumeAppend.syncFolder(real);
            Path parent = real.getParent();
            if (parent != null) {
                VolumeAppend.syncFolder(parent);
            }
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }

    private static void makeIndex(Path folder, RepositoryId repository, LmdbObjectStore.Options options) {
        makeIndexIn(ReplicaFolder.index(folder), repository, options.indexMapBytes());
    }

    /** Makes an index that knows its repository and nothing else, in a folder that is there. */
    static void makeIndexIn(Path indexFolder, RepositoryId repository, long mapBytes) {
        try (Environment index = Environment.index(indexFolder, mapBytes, Environment.Mode.CREATE);
                WriteView view = index.write()) {
            IndexChange change = new IndexChange(view);
            if (change.repository() != null) {
                throw isRepository(indexFolder.getParent());
            }
            change.put(repository);
            change.put(Mark.START);
            view.commit();
        }
    }

    /** Nothing may be there but what a creation that was cut short left. */
    private static void requireUnused(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            if (files.anyMatch(file -> !OWN_NAMES.contains(file.getFileName().toString()))) {
                throw new StoreAccessException(
                        folder + " is not empty", "Choose a folder that does not exist yet, or an empty one.", null);
            }
        }
        Path volumes = ReplicaFolder.volumes(folder);
        if (Files.isDirectory(volumes)) {
            try (Stream<Path> files = Files.list(volumes)) {
                if (files.findAny().isPresent()) {
                    throw isRepository(folder);
                }
            }
        }
        Path index = ReplicaFolder.index(folder);
        if (Replica.isOpen(folder)) {
            throw isRepository(folder);
        }
        if (Files.exists(index.resolve("data.mdb"))) {
            new IndexCheck(index).require();
        }
    }

    private static StoreAccessException isRepository(@org.jspecify.annotations.Nullable Path folder) {
        return new StoreAccessException(
                "there is a repository at " + folder, "Use it as it is, or choose another folder.", null);
    }
}
