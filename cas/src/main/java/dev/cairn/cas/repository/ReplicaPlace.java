package dev.cairn.cas.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tells a replica's folder from a copy of it: the machine's id, and the folder's inode. */
final class ReplicaPlace {

    private static final int FILE_BYTES_MAX = 256;

    private ReplicaPlace() {}

    /** The place of a folder, as bytes. A folder that is moved within its file system keeps its place. */
    static byte[] of(Path folder) throws IOException {
        byte[] machine = firstLine(Path.of("/etc/machine-id")).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + machine.length)
                .putLong(inode(folder))
                .put(machine)
                .array();
    }

    private static long inode(Path folder) throws IOException {
        try {
            return Files.getAttribute(folder, "unix:ino") instanceof Long inode ? inode : 0;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // No inodes here: then the machine's id alone has to do.
            return 0;
        }
    }

    /** What this host calls itself; empty where that cannot be told without asking the network. */
    static String hostName() {
        return firstLine(Path.of("/proc/sys/kernel/hostname"));
    }

    private static String firstLine(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(FILE_BYTES_MAX), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            return "";
        }
    }
}
