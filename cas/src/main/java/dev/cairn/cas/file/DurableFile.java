package dev.cairn.cas.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Small files that only their owner reads, written whole or not at all: whoever reads one, also after a crash at any moment,
 * finds the old or the new content. Once a call returns it is the new, and power may fail.
 *
 * <p>Threading: any. Two that write one file at once leave the content of one of them. Cost: a sync of the file and of its folder.
 */
public final class DurableFile {

    private static final FileAttribute<?> OWN_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWN_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private DurableFile() {}

    /**
     * Writes a file that is not there yet.
     *
     * @throws FileAlreadyExistsException if it is there; it is not touched
     */
    public static void create(Path file, byte[] bytes) throws IOException {
        Path temporary = writeTemporary(file, bytes);
        try {
            // A hard link, unlike a rename, fails where the name is taken.
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) {
            // No hard links here (FAT has none): then the name is looked for first, and may be taken in between.
            Files.move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncName(file);
    }

    /** Writes a file, its parts one after the other, in place of what may be there. */
    public static void replace(Path file, byte[]... parts) throws IOException {
        Path temporary = writeTemporary(file, parts);
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncName(file);
    }

    private static Path writeTemporary(Path file, byte[]... parts) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is not in a folder");
        }
        Path temporary = Files.createTempFile(folder, "." + file.getFileName(), ".tmp", OWN_FILE);
        try (FileChannel channel = FileChannel.open(temporary, Set.of(StandardOpenOption.WRITE))) {
            for (byte[] part : parts) {
                ByteBuffer buffer = ByteBuffer.wrap(part);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        return temporary;
    }

    /** Makes a folder that only its owner may enter, and those above it, where they are not there. */
    public static void makeOwnFolder(Path folder) throws IOException {
        makeFolder(folder, OWN_FOLDER);
    }

    /** Makes a folder, and those above it, with these attributes, where they are not there. */
    public static void makeFolder(Path folder, FileAttribute<?>... attributes) throws IOException {
        Path absolute = folder.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path above = absolute.getParent();
        if (above != null) {
            makeFolder(above, attributes);
        }
        try {
            Files.createDirectory(absolute, attributes);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
        }
        syncName(absolute);
    }

    /** Makes the name of a file or a folder durable, or that it is gone: syncs the folder that it is in. */
    public static void syncName(Path path) throws IOException {
        Path above = path.toAbsolutePath().getParent();
        if (above != null) {
            try (FileChannel channel = FileChannel.open(above, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
