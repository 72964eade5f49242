package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where a replica's files are, and whether there is a replica at all. */
public final class ReplicaFolder {

    private ReplicaFolder() {}

    /** Whether a replica stands at {@code folder}, sound or not. */
    public static boolean isAt(Path folder) {
        return Files.exists(indexFile(folder)) || hasVolumes(folder);
    }

    static Path index(Path folder) {
        return folder.resolve("index");
    }

    static Path indexFile(Path folder) {
        return index(folder).resolve("data.mdb");
    }

    static Path volumes(Path folder) {
        return folder.resolve("volumes");
    }

    static Path temporary(Path folder) {
        return folder.resolve("tmp");
    }

    static Path sessions(Path folder) {
        return folder.resolve("sessions");
    }

    static Path collectorLock(Path folder) {
        return folder.resolve("collector.lock");
    }

    static Path writerLock(Path folder) {
        return folder.resolve("writer.lock");
    }

    /**
     * The real path of a replica's folder.
     *
     * @throws NoRepositoryException if there is none
     * @throws CorruptDataException if its index is gone but its volumes are there
     */
    static Path require(Path folder, boolean networkFileSystem) {
        if (!Files.exists(folder)) {
            throw new NoRepositoryException(
                    folder.toString(),
                    "There is no such folder. Make a repository with 'cairn init', or check the path.");
        }
        if (!Files.isDirectory(folder)) {
            throw new NoRepositoryException(folder.toString(), "That is a file; a repository is a folder.");
        }
        Path real = real(folder);
        requireSearchable(real);
        requireSearchable(index(real));
        if (!Files.exists(indexFile(real))) {
            if (hasVolumes(real)) {
                throw new CorruptDataException(index(real).toString(), "the index of a repository", "no such file");
            }
            throw new NoRepositoryException(
                    folder.toString(),
                    "The folder is there but holds no repository. Make one with 'cairn init', or check the path.");
        }
        requireLocal(real, networkFileSystem);
        return real;
    }

    /** A folder that is closed to this user looks like an empty one. */
    private static void requireSearchable(Path folder) {
        if (Files.isDirectory(folder) && !Files.isExecutable(folder)) {
            throw Faults.of(new AccessDeniedException(folder.toString()), folder);
        }
    }

    static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }

    static boolean hasVolumes(Path folder) {
        return !volumeNumbers(folder).isEmpty();
    }

    /** Numbers of the volume files that are there, ascending. */
    static List<Integer> volumeNumbers(Path folder) {
        if (!Files.isDirectory(volumes(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(volumes(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{6}\\.mdb"))
                    .map(name -> Integer.valueOf(name.substring(0, 6)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }

    /** Refuses a file system whose locks and maps LMDB cannot rely on. */
    static void requireLocal(Path folder, boolean networkFileSystem) {
        String type;
        try {
            type = Files.getFileStore(folder).type();
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
        requireLocal(folder, type, networkFileSystem);
    }

    static void requireLocal(Path folder, String type, boolean networkFileSystem) {
        if (!networkFileSystem && NetworkFileSystem.isOfType(type)) {
            throw new StoreAccessException(
                    "%s is on a network file system (%s)".formatted(folder, type),
                    "Keep the repository on a local disk and push it to a server.",
                    null);
        }
    }
}
