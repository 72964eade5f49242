package dev.cairn.cas.repository;

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

/** Small files that only their owner reads, written whole or not at all, and on disk before the call returns. */
public final class DurableFile {

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
        syncFolder(file);
    }

    /** Writes a file, in place of what may be there. */
    public static void replace(Path file, byte[] bytes) throws IOException {
        Path temporary = writeTemporary(file, bytes);
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncFolder(file);
    }

    private static Path writeTemporary(Path file, byte[] bytes) throws IOException {
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path temporary = Files.createTempFile(folder(file), "." + file.getFileName(), ".tmp", ownerOnly);
        try (FileChannel channel = FileChannel.open(temporary, Set.of(StandardOpenOption.WRITE))) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        return temporary;
    }

    private static void syncFolder(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(folder(file), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path folder(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " is no file");
        }
        return parent;
    }
}
