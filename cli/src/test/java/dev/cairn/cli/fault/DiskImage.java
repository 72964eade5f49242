package dev.cairn.cli.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Files and folders as they may be found after a power cut, before anybody wrote them anywhere. */
final class DiskImage {

    private final List<Path> folders = new ArrayList<>();
    private final List<Found> files = new ArrayList<>();

    private record Found(Path path, byte[] bytes, int length) {}

    /** Folders come before what is in them. */
    void addFolder(Path path) {
        folders.add(path);
    }

    /** A file of the first {@code length} of {@code bytes}, which are not copied. */
    void addFile(Path path, byte[] bytes, int length) {
        files.add(new Found(path, bytes, length));
    }

    /** The same for images of the same names and bytes. */
    ByteBuffer digest() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        folders.forEach(folder -> name(digest, folder, -1));
        for (Found file : files) {
            name(digest, file.path, file.length);
            digest.update(file.bytes, 0, file.length);
        }
        return ByteBuffer.wrap(digest.digest());
    }

    private static void name(MessageDigest digest, Path path, int length) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(8).putInt(length).putInt(name.length).flip());
        digest.update(name);
    }

    void writeTo(Path target) throws IOException {
        Files.createDirectories(target);
        for (Path folder : folders) {
            Files.createDirectory(target.resolve(folder));
        }
        for (Found file : files) {
            try (OutputStream out = Files.newOutputStream(target.resolve(file.path))) {
                out.write(file.bytes, 0, file.length);
            }
        }
    }
}
