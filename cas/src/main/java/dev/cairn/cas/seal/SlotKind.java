package dev.cairn.cas.seal;

/** What opens a key slot. */
public enum SlotKind {
    /** A file with a random key. */
    KEY_FILE,
    /** A password, stretched by Argon2id. */
    PASSWORD,
    /** A code printed once, to be kept on paper. */
    RECOVERY_CODE,
    /** The holder of an X25519 key of his own. */
    RECIPIENT,
    /** A kind of a later version: kept, never opened. */
    UNKNOWN;

    /** The kind's name within a sentence. */
    public String title() {
        return switch (this) {
            case KEY_FILE -> "key file";
            case PASSWORD -> "password";
            case RECOVERY_CODE -> "recovery code";
            case RECIPIENT -> "recipient key";
            case UNKNOWN -> "unknown";
        };
    }
}
