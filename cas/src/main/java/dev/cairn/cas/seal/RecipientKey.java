package dev.cairn.cas.seal;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.WrongKeyException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An X25519 key of somebody's own, in a file. Whoever has the keys of a repository makes a slot for its public half, without a
 * secret passing between them; the file then opens that repository.
 *
 * <p>Anybody can seal something to a public key, so such a slot does not prove by itself whose repository it is of: the file may
 * name the one repository that it is for, and opens no other then. Text ({@link KeyText}) under the title {@code cairn recipient
 * key 1}, with the names {@code private} and {@code checksum} and, if it is for one repository, {@code repository}.
 */
public final class RecipientKey implements SlotSecret {

    private static final String TITLE = "cairn recipient key ";
    private static final String LABEL = "cairn recipient key 1";
    private static final int CHECKSUM_BYTES = 8;

    private final Secret privateKey;
    private final @Nullable RepositoryId repositoryId;

    private RecipientKey(Secret privateKey, @Nullable RepositoryId repositoryId) {
        this.privateKey = privateKey;
        this.repositoryId = repositoryId;
    }

    /** A new key, for any repository. */
    public static RecipientKey generate(Entropy entropy) {
        return new RecipientKey(Secret.random(entropy), null);
    }

    /** Whether a file begins like that of such a key. */
    public static boolean isOne(byte[] bytes) {
        return KeyText.hasTitle(bytes, TITLE);
    }

    /**
     * Reads a file.
     *
     * @param where the file, for the message of an error
     * @throws WrongKeyException if it is malformed or damaged
     * @throws dev.cairn.cas.VersionMismatchException if a newer Cairn wrote it
     */
    public static RecipientKey parse(byte[] bytes, String where) {
        KeyText text = KeyText.parse(bytes, TITLE, where);
        Secret privateKey = Secret.of(text.hex("private", Secret.BYTES));
        RepositoryId repositoryId =
                text.has("repository") ? RepositoryId.of(text.hex("repository", RepositoryId.BYTES)) : null;
        RecipientKey key = new RecipientKey(privateKey, repositoryId);
        if (!Arrays.equals(text.hex("checksum", CHECKSUM_BYTES), key.checksum())) {
            throw text.malformed("is damaged: its checksum does not fit");
        }
        return key;
    }

    /** The file's bytes. */
    public byte[] encode() {
        HexFormat hex = HexFormat.of();
        return """
            # Whoever holds this file opens what was sealed to its public key, %s
            %s
            %sprivate: %s
            checksum: %s
            """.formatted(
                        publicKey(),
                        LABEL,
                        repositoryId == null ? "" : "repository: " + repositoryId + "\n",
                        hex.formatHex(privateKey.copy()),
                        hex.formatHex(checksum()))
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] checksum() {
        RepositoryId only = repositoryId;
        byte[] digest = only == null
                ? Derivation.digest(LABEL, privateKey.copy())
                : Derivation.digest(LABEL, privateKey.copy(), only.bytes());
        return Arrays.copyOf(digest, CHECKSUM_BYTES);
    }

    /** The same key, for one repository only. */
    public RecipientKey only(RepositoryId repository) {
        return new RecipientKey(privateKey, repository);
    }

    /** The one repository that it is for; null if it names none. */
    @Override
    public @Nullable RepositoryId repositoryId() {
        return repositoryId;
    }

    /** What others make slots with. */
    public RecipientPublicKey publicKey() {
        return RecipientPublicKey.of(privateKey);
    }

    Secret privateKey() {
        return privateKey;
    }

    @Override
    public SlotKind kind() {
        return SlotKind.RECIPIENT;
    }

    @Override
    public String toString() {
        return "key of recipient " + publicKey();
    }
}
