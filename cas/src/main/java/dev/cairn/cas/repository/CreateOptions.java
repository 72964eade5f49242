package dev.cairn.cas.repository;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.seal.Compression;
import dev.cairn.chunker.ChunkProfile;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a new repository is made. It always gets a recovery code; beside it a key file, a password or both.
 *
 * @param keyFile where the key file goes, by the new repository's id; null for none
 * @param password null for none
 */
public record CreateOptions(
        ChunkProfile chunks,
        Compression compression,
        @Nullable Function<RepositoryId, Path> keyFile,
        char @Nullable [] password,
        OpenOptions open) {

    public CreateOptions {
        if (keyFile == null && password == null) {
            throw new IllegalArgumentException("a repository needs a key file or a password");
        }
    }

    /** The default profile and compression, with a key file. */
    public static CreateOptions withKeyFile(Function<RepositoryId, Path> keyFile) {
        return new CreateOptions(ChunkProfile.DEFAULT, Compression.DEFAULT, keyFile, null, OpenOptions.DEFAULT);
    }

    /** The default profile and compression, with a password. */
    public static CreateOptions withPassword(char[] password) {
        return new CreateOptions(ChunkProfile.DEFAULT, Compression.DEFAULT, null, password, OpenOptions.DEFAULT);
    }

    /** The same with another chunk profile. */
    public CreateOptions withChunks(ChunkProfile other) {
        return new CreateOptions(other, compression, keyFile, password, open);
    }

    /** The same with another compression. */
    public CreateOptions withCompression(Compression other) {
        return new CreateOptions(chunks, other, keyFile, password, open);
    }

    /** The same, opened otherwise. */
    public CreateOptions withOpen(OpenOptions other) {
        return new CreateOptions(chunks, compression, keyFile, password, other);
    }

    @Override
    public String toString() {
        return "CreateOptions[%s, %s]".formatted(chunks.sizes(), compression);
    }
}
