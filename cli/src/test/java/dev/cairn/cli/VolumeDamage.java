package dev.cairn.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What may happen to the files of a repository while nobody looks. */
final class VolumeDamage {

    private VolumeDamage() {}

    static Path firstVolume(Path repository) {
        return repository.resolve("volumes/000001.mdb");
    }

    static Path index(Path repository) {
        return repository.resolve("index/data.mdb");
    }

    /** Flips the bits of the byte that stands so far into the first volume. */
    static void flipWithin(Path repository, long position) throws IOException {
        flip(firstVolume(repository), position);
    }

    static void flip(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            if (channel.read(one, position) != 1) {
                throw new IOException("nothing at " + position + " of " + file);
            }
            one.put(0, (byte) ~one.get(0)).rewind();
            channel.write(one, position);
        }
    }

    static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
