package dev.cairn.cas.lmdb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of a few MiB, mounted for a test, with a file in it that can be let go to make room. Skips the test that wants
 * one where it cannot be had.
 */
final class SmallDisk implements AutoCloseable {

    private static final String FILLER = "filler";

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts one. {@code kind} is tmpfs, or ext4 on an image. */
    static SmallDisk mount(Path temporary, String kind, long bytes) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: only root may mount");
        Path folder = Files.createDirectories(temporary.resolve("mounted-" + kind));
        List<String> mount;
        if (kind.equals("tmpfs")) {
            mount = List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "none", folder.toString());
        } else {
            Path image = temporary.resolve("image-" + kind);
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(bytes);
            }
            boolean made = isDone(List.of("mkfs." + kind, "-q", "-F", "-m", "0", image.toString()));
            assumeTrue(made, "skipped: mkfs." + kind + " is missing or fails");
            mount = List.of("mount", "-o", "loop", image.toString(), folder.toString());
        }
        assumeTrue(isDone(mount), "skipped: mount -t " + kind + " is not allowed here");
        return new SmallDisk(folder);
    }

    /** Runs a program, silently. False where it is missing or fails. */
    static boolean isDone(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.onExit().join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    Path folder() {
        return folder;
    }

    /** Fills all but {@code freePages} pages. */
    static void fill(Path folder, int freePages) throws IOException {
        Path filler = folder.resolve(FILLER);
        byte[] block = new byte[1 << 16];
        int length = block.length;
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (length >= Damage.PAGE_BYTES) {
                try {
                    out.write(block, 0, length);
                } catch (IOException e) {
                    length /= 2;
                }
            }
        }
        try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
            file.setLength(Math.max(0, file.length() - (long) freePages * Damage.PAGE_BYTES));
        }
    }

    /** Lets go of what {@link #fill} took. */
    static void empty(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILLER));
    }

    @Override
    public void close() {
        if (!isDone(List.of("umount", "-l", folder.toString()))) {
            throw new AssertionError(folder + " stays mounted");
        }
    }
}
