package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.KeyFile;
import dev.cairn.cas.seal.RecoveryCode;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotSecret;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the folder of a replica, whole or not at all: it is made beside its place under another name and then renamed. Where
 * that cannot be (the place is a mount point, or the folder above is not writable) it is made in place.
 */
final class RepositoryMaker {

    private final Storage storage;
    private final Entropy entropy;
    private final InstantSource clock;

    RepositoryMaker(Storage storage, Entropy entropy, InstantSource clock) {
        this.storage = storage;
        this.entropy = entropy;
        this.clock = clock;
    }

    /** What was made: the keys to open it with, and what its owner must keep. */
    record Made(
            RepositoryKeys keys,
            RepositoryConfiguration configuration,
            String recoveryCode,
            @Nullable Path keyFile) {}

    /** Makes a new repository's first replica. */
    Made create(Path folder, CreateOptions options) {
        requireFree(folder);
        RepositoryKeys keys = RepositoryKeys.generate(entropy);
        List<Slot> slots = new ArrayList<>();
        KeyFile keyFile = null;
        if (options.keyFile() != null) {
            keyFile = KeyFile.generate(keys.repositoryId(), entropy);
            slots.add(slot(keyFile, keys));
        }
        char[] password = options.password();
        if (password != null) {
            slots.add(slot(new SlotSecret.Password(password), keys));
        }
        RecoveryCode recoveryCode = RecoveryCode.generate(entropy);
        slots.add(slot(recoveryCode, keys));
        RepositoryConfiguration configuration =
                RepositoryConfiguration.create(keys, options.chunks(), options.compression(), slots, clock.instant());

        Path keyFilePath = null;
        if (keyFile != null && options.keyFile() != null) {
            keyFilePath = options.keyFile().apply(keys.repositoryId());
            writeKeyFile(keyFilePath, keyFile);
        }
        try {
            place(folder, configuration, options.open());
        } catch (RuntimeException e) {
            // Nobody can use the key of a repository that there is not.
            deleteQuietly(keyFilePath, e);
            throw e;
        }
        return new Made(keys, configuration, recoveryCode.text(), keyFilePath);
    }

    private Slot slot(SlotSecret secret, RepositoryKeys keys) {
        return Slot.make(secret, keys, "", clock.instant(), entropy);
    }

    static void deleteQuietly(@Nullable Path file, RuntimeException because) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                because.addSuppressed(e);
            }
        }
    }

    /**
     * Writes a key file that is not there yet, and the folders above it.
     *
     * @throws StoreAccessException if it is there, or cannot be written
     */
    static void writeKeyFile(Path file, KeyFile key) {
        writeKeyFile(file, key.encode());
    }

    /** Not the name of a temporary file, which is all that some of these say. */
    private static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such folder";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> String.valueOf(failure.getMessage());
        };
    }

    static void writeKeyFile(Path file, byte[] encoded) {
        try {
            Path above = file.toAbsolutePath().getParent();
            if (above != null && Files.exists(above) && !Files.isDirectory(above)) {
                throw new IOException(above + " is no folder");
            }
            if (above != null) {
                DurableFile.makeOwnFolder(above);
            }
            DurableFile.create(file, encoded);
        } catch (FileAlreadyExistsException e) {
            throw new StoreAccessException(
                    "there is a file at " + file + " already", "Name another place for the key file.", e);
        } catch (IOException e) {
            throw new StoreAccessException(
                    "the key file %s cannot be written: %s".formatted(file, reason(e)),
                    "Name another place for the key file, or check the permissions.",
                    e);
        }
    }

    /** Makes a replica of the repository that the configuration is of. */
    void place(Path folder, RepositoryConfiguration configuration, OpenOptions options) {
        requireFree(folder);
        Path temporary = temporaryBeside(folder);
        if (temporary == null) {
            fill(folder, configuration, options);
            return;
        }
        try {
            fill(temporary, configuration, options);
            try {
                Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                requireFree(folder);
                fill(folder, configuration, options);
            }
            DurableFile.syncName(folder);
        } catch (IOException e) {
            throw new StoreAccessException(
                    "the folder above %s cannot be synced: %s".formatted(folder, e.getMessage()), "Check the disk.", e);
        } finally {
            deleteTree(temporary);
        }
    }

    private void fill(Path folder, RepositoryConfiguration configuration, OpenOptions options) {
        try (ObjectStore store = storage.create(folder, configuration.repositoryId(), options)) {
            if (!store.configure(0, configuration.bytes())) {
                throw new CorruptDataException(folder.toString(), "an empty store", "one with a configuration");
            }
        }
    }

    private static @Nullable Path temporaryBeside(Path folder) {
        Path absolute = folder.toAbsolutePath();
        Path above = absolute.getParent();
        Path name = absolute.getFileName();
        if (above == null || name == null || Files.isSymbolicLink(absolute)) {
            return null;
        }
        try {
            DurableFile.makeFolder(above);
            return Files.createTempDirectory(above, "." + name + ".new-");
        } catch (IOException e) {
            return null;
        }
    }

    private static void requireFree(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.of(folder)) {
            if (files.findAny().isPresent()) {
                boolean repository = Files.exists(folder.resolve("index"));
                throw new StoreAccessException(
                        repository ? "there is a repository at " + folder : folder + " is not an empty folder",
                        repository
                                ? "Use another folder, or the repository that is there."
                                : "Name a folder that is empty, or not there yet.",
                        null);
            }
        } catch (IOException e) {
            throw new StoreAccessException(
                    "%s cannot be read: %s".formatted(folder, e.getMessage()), "Check its permissions.", e);
        }
    }

    private static void deleteTree(Path folder) {
        try {
            FolderTree.deleteIfExists(folder);
        } catch (IOException e) {
            throw new StoreAccessException(
                    "%s cannot be removed: %s".formatted(folder, e.getMessage()), "Remove it by hand.", e);
        }
    }

    /** Checks that a store and its configuration belong together. */
    static void requireSame(RepositoryId store, RepositoryId configuration, Path folder) {
        if (!store.equals(configuration)) {
            throw new CorruptDataException(
                    folder.toString(), "the configuration of repository " + store, "that of " + configuration);
        }
    }
}
