package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The file in a replica's folder that holds its identity. A folder that was copied, or restored on another machine, finds
 * that its file was bound to another place, and gets an identity of its own.
 */
final class ReplicaFile {

    static final String NAME = "replica";

    private final Path folder;
    private final RepositoryKeys keys;
    private final Entropy entropy;
    private final InstantSource clock;

    ReplicaFile(Path folder, RepositoryKeys keys, Entropy entropy, InstantSource clock) {
        this.folder = folder;
        this.keys = keys;
        this.entropy = entropy;
        this.clock = clock;
    }

    /**
     * The identity in the file, or a new one where there is none that belongs here. A damaged file is set aside: nothing but
     * the identity is in it, and for others this becomes another replica.
     *
     * @param name what a new one is called
     * @throws StoreAccessException if the file cannot be read or written
     */
    ReplicaIdentity identity(String name) {
        Path file = folder.resolve(NAME);
        try {
            byte[] place = ReplicaPlace.of(folder);
            Optional<byte[]> bytes = read(file);
            if (bytes.isEmpty()) {
                return make(file, place, name);
            }
            Optional<ReplicaIdentity> own = fromFile(file, bytes.get(), place);
            if (own.isPresent()) {
                return own.get();
            }
            ReplicaIdentity fresh = fresh(name);
            DurableFile.replace(file, fresh.toFile(keys, place, entropy));
            return fresh;
        } catch (IOException e) {
            throw new StoreAccessException(
                    "the replica's identity %s cannot be kept: %s".formatted(file, e.getMessage()),
                    "Check the permissions of the repository's folder and the free space.",
                    e);
        }
    }

    private Optional<ReplicaIdentity> fromFile(Path file, byte[] bytes, byte[] place) throws IOException {
        try {
            return ReplicaIdentity.fromFile(keys, bytes, place, file.toString());
        } catch (CorruptDataException e) {
            Files.write(folder.resolve(NAME + ".damaged"), bytes);
            return Optional.empty();
        }
    }

    private ReplicaIdentity make(Path file, byte[] place, String name) throws IOException {
        ReplicaIdentity fresh = fresh(name);
        try {
            DurableFile.create(file, fresh.toFile(keys, place, entropy));
            return fresh;
        } catch (FileAlreadyExistsException e) {
            // Another process was quicker: this is one replica, so its identity is ours.
            return ReplicaIdentity.fromFile(keys, Files.readAllBytes(file), place, file.toString())
                    .orElse(fresh);
        }
    }

    private ReplicaIdentity fresh(String name) {
        String called = name.isEmpty() ? ReplicaPlace.hostName() : name;
        return ReplicaIdentity.generate(keys.roster(), called, clock.instant(), entropy);
    }

    private static Optional<byte[]> read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            // One byte more than is allowed, so that a longer file is refused rather than cut.
            return Optional.of(in.readNBytes(ReplicaIdentity.FILE_BYTES_MAX + 1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
