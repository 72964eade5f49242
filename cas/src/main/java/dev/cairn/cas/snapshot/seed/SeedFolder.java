package dev.cairn.cas.snapshot.seed;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.capture.AbsolutePath;
import java.io.IOException;
import java.util.List;

/**
 * A folder that a person named as a seed. It is held open, so that nothing can be put in its place; files below are reached by name from
 * open folder to open folder, through no link. For one thread.
 */
public final class SeedFolder implements AutoCloseable {

    private final AbsolutePath path;
    private final Directory toWalk;
    private final Directory toRead;

    private SeedFolder(AbsolutePath path, Directory toWalk, Directory toRead) {
        this.path = path;
        this.toWalk = toWalk;
        this.toRead = toRead;
    }

    /**
     * Opens a folder.
     *
     * @param raw the path as a person gave it
     * @throws IllegalArgumentException if there is none, or it is a link or no folder, or cannot be opened
     */
    public static SeedFolder open(byte[] raw) {
        String shown = RawName.display(raw);
        try {
            AbsolutePath path = AbsolutePath.of(raw, AbsolutePath.workingFolder());
            List<byte[]> names = path.components();
            if (names.isEmpty()) {
                return new SeedFolder(path, Directory.open(path.bytes()), Directory.open(path.bytes()));
            }
            byte[] name = names.getLast();
            try (Directory parent = Directory.open(AbsolutePath.bytes(names.subList(0, names.size() - 1)))) {
                FileType type = parent.stat(name).type();
                if (type != FileType.DIRECTORY) {
                    throw new IllegalArgumentException("the seed '%s' is %s"
                            .formatted(shown, type == FileType.SYMLINK ? "a symbolic link" : "not a folder"));
                }
                return new SeedFolder(path, parent.openDirectory(name), parent.openDirectory(name));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the seed '%s' cannot be opened: %s".formatted(shown, reason(e)), e);
        }
    }

    /** Why something failed, for people. */
    static String reason(IOException e) {
        return e instanceof PosixException posix ? posix.reason() : String.valueOf(e.getMessage());
    }

    /** The folder, once, for a walk that closes it. */
    Directory toWalk() {
        return toWalk;
    }

    /** Opens a file for reading, from folder to folder; whether it is a regular one the caller asks. */
    OpenFile file(EntryPath below) throws IOException {
        Directory folder = toRead;
        try {
            for (int depth = 1; depth < below.depth(); depth++) {
                Directory next = folder.openDirectory(below.prefix(depth).name());
                close(folder);
                folder = next;
            }
            return folder.openFile(below.name());
        } finally {
            close(folder);
        }
    }

    private void close(Directory folder) throws IOException {
        if (!folder.equals(toRead)) {
            folder.close();
        }
    }

    /** The path of what stands below, for people. */
    String shown(EntryPath below) {
        return below.isRoot() ? path.toString() : path + (path.components().isEmpty() ? "" : "/") + below;
    }

    /** Gives the folder back. Idempotent; does not fail: it was only read from. */
    @Override
    public void close() {
        closeQuietly(toWalk);
        closeQuietly(toRead);
    }

    private static void closeQuietly(Directory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            return; // Nothing was written.
        }
    }
}
