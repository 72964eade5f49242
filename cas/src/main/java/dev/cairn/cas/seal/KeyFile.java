package dev.cairn.cas.seal;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A random key in a file: what opens a repository when there is nothing to type.
 *
 * <p>The file is text ({@link KeyText}) under the title {@code cairn key file 1}, with the names {@code repository} (its id, in hex), {@code key} (32 bytes,
 * in hex) and {@code checksum} (the first 8 bytes of SHA-256 over the label, the repository id and the key, in hex) are
 * needed. Other names are passed over.
 */
public final class KeyFile implements SlotSecret {

    /** The largest key file that is read, in bytes. */
    public static final int BYTES_MAX = 4096;

    private static final String TITLE = "cairn key file ";
    private static final int VERSION = 1;
    private static final int CHECKSUM_BYTES = 8;
    private static final HexFormat HEX = HexFormat.of();

    private final RepositoryId repositoryId;
    private final Secret key;

    private KeyFile(RepositoryId repositoryId, Secret key) {
        this.repositoryId = repositoryId;
        this.key = key;
    }

    /** A new key for a slot of that repository. */
    public static KeyFile generate(RepositoryId repositoryId, Entropy entropy) {
        return new KeyFile(repositoryId, Secret.random(entropy));
    }

    /**
     * Reads a key file.
     *
     * @param where the file, for the message of an error
     * @throws WrongKeyException if it is empty, malformed or damaged
     * @throws VersionMismatchException if a newer Cairn wrote it
     */
    public static KeyFile parse(byte[] bytes, String where) {
        KeyText text = KeyText.parse(bytes, TITLE, where);
        byte[] repository = text.hex("repository", RepositoryId.BYTES);
        byte[] key = text.hex("key", Secret.BYTES);
        byte[] checksum = text.hex("checksum", CHECKSUM_BYTES);
        KeyFile file = new KeyFile(RepositoryId.of(repository), Secret.of(key));
        if (!Arrays.equals(checksum, file.checksum())) {
            throw text.malformed("is damaged: its checksum does not fit");
        }
        return file;
    }

    /** The file's bytes. */
    public byte[] encode() {
        String text = """
            # Whoever holds this file can read the repository. Without it, or the recovery code, nobody can.
            %s%d
            repository: %s
            key: %s
            checksum: %s
            """.formatted(TITLE, VERSION, repositoryId, HEX.formatHex(key.copy()), HEX.formatHex(checksum()));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] checksum() {
        byte[] digest = Derivation.digest(TITLE + VERSION, repositoryId.bytes(), key.copy());
        return Arrays.copyOf(digest, CHECKSUM_BYTES);
    }

    /** The repository that the key was made for. */
    @Override
    public RepositoryId repositoryId() {
        return repositoryId;
    }

    Secret key() {
        return key;
    }

    @Override
    public SlotKind kind() {
        return SlotKind.KEY_FILE;
    }

    @Override
    public String toString() {
        return "key file of repository " + repositoryId;
    }
}
