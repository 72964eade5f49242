package dev.cairn.cas.seal;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A random key in a file: what opens a repository when there is nothing to type.
 *
 * <p>The file is text. Lines that are empty or begin with {@code #} do not count; the first that does is {@code cairn key
 * file 1}; the others are a name, a colon and a value, of which {@code repository} (its id, in hex), {@code key} (32 bytes,
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
        if (bytes.length > BYTES_MAX) {
            throw malformed(where, "has more than " + BYTES_MAX + " bytes");
        }
        Map<String, String> fields = new HashMap<>();
        boolean titled = false;
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (!titled) {
                requireTitle(text, where);
                titled = true;
                continue;
            }
            int colon = text.indexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon).strip();
            if (colon < 0 || fields.put(name, text.substring(colon + 1).strip()) != null) {
                throw malformed(where, "is malformed");
            }
        }
        if (!titled) {
            throw malformed(where, "is empty");
        }
        return ofFields(fields, where);
    }

    private static void requireTitle(String line, String where) {
        if (!line.startsWith(TITLE) || !line.substring(TITLE.length()).matches("[1-9]\\d{0,5}")) {
            throw malformed(where, "is not a key file");
        }
        int version = Integer.parseInt(line.substring(TITLE.length()));
        if (version != VERSION) {
            throw new VersionMismatchException("key file " + where, VERSION, version);
        }
    }

    private static KeyFile ofFields(Map<String, String> fields, String where) {
        byte[] repository = hex(fields, "repository", RepositoryId.BYTES, where);
        byte[] key = hex(fields, "key", Secret.BYTES, where);
        byte[] checksum = hex(fields, "checksum", CHECKSUM_BYTES, where);
        KeyFile file = new KeyFile(RepositoryId.of(repository), Secret.of(key));
        if (!Arrays.equals(checksum, file.checksum())) {
            throw malformed(where, "is damaged: its checksum does not fit");
        }
        return file;
    }

    private static byte[] hex(Map<String, String> fields, String name, int bytes, String where) {
        String digits = fields.get(name);
        if (digits == null || digits.length() != 2 * bytes) {
            throw malformed(where, "has no %s of %d hex digits".formatted(name, 2 * bytes));
        }
        try {
            return HEX.parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw malformed(where, "has a %s that is not hex".formatted(name));
        }
    }

    private static WrongKeyException malformed(String where, String what) {
        return new WrongKeyException(
                "the key file %s %s".formatted(where, what),
                "Give the whole key file of this repository, or use the password or the recovery code.",
                null);
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
