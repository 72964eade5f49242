package dev.cairn.cas.seal;

import dev.cairn.cas.RepositoryId;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** What somebody holds that opens a key slot. Says nothing of itself in {@code toString}. */
public sealed interface SlotSecret permits KeyFile, RecipientKey, SlotSecret.Password, RecoveryCode {

    /** The kind of slot that it opens. */
    SlotKind kind();

    /** The only repository that it is for; null if it does not say. */
    default @Nullable RepositoryId repositoryId() {
        return null;
    }

    /**
     * A password, in Unicode's composed form (NFC), so that one typed on another system is the same. Keeps its own copy; the
     * caller may wipe his.
     */
    final class Password implements SlotSecret {

        private final byte[] bytes;

        /**
         * A password.
         *
         * @throws IllegalArgumentException if it is empty
         */
        public Password(char[] password) {
            if (password.length == 0) {
                throw new IllegalArgumentException("the password is empty");
            }
            String composed = Normalizer.normalize(CharBuffer.wrap(password), Normalizer.Form.NFC);
            this.bytes = composed.getBytes(StandardCharsets.UTF_8);
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public SlotKind kind() {
            return SlotKind.PASSWORD;
        }

        @Override
        public String toString() {
            return "password";
        }
    }
}
