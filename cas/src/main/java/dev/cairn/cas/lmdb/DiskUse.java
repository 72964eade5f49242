package dev.cairn.cas.lmdb;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Adds up the files below a folder. What goes while it looks, as others' sessions and temporary files do, is not counted. */
final class DiskUse extends SimpleFileVisitor<Path> {

    private long bytes;

    private DiskUse() {}

    /** Bytes of all regular files. */
    static long of(Path folder) {
        DiskUse use = new DiskUse();
        try {
            Files.walkFileTree(folder, use);
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
        return use.bytes;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        bytes += attributes.isRegularFile() ? attributes.size() : 0;
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        return unlessGone(failure);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
        return failure == null ? FileVisitResult.CONTINUE : unlessGone(failure);
    }

    private static FileVisitResult unlessGone(IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }
}
