package dev.cairn.replicator;

import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.replicator.protocol.DeviceKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The file that holds a user's device key, readable by the user alone. */
public final class DeviceKeyFile {

    private static final int BYTES_MAX = 4096;

    private DeviceKeyFile() {}

    /**
     * Reads the key; empty if there is no such file.
     *
     * @throws WrongKeyException if the file holds something else
     */
    public static Optional<DeviceKey> read(Path file) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(DeviceKey.parse(new String(bytes, StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException e) {
            throw new WrongKeyException(
                    "the device key in " + file + " is not one: " + e.getMessage(),
                    "Restore the file, or remove it and enrol this device anew.",
                    e);
        }
    }

    /** Reads the key, or makes one where there is none; of two who make one at once, both get the same. */
    public static DeviceKey readOrMake(Path file) throws IOException {
        Optional<DeviceKey> there = read(file);
        if (there.isPresent()) {
            return there.get();
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("not a file: " + file);
        }
        DurableFile.makeOwnFolder(folder);
        DeviceKey made = DeviceKey.random();
        try {
            DurableFile.create(file, made.text().getBytes(StandardCharsets.US_ASCII));
            return made;
        } catch (FileAlreadyExistsException e) {
            return read(file).orElseThrow(() -> new IOException("gone again: " + file));
        }
    }
}
