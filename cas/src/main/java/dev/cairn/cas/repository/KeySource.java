package dev.cairn.cas.repository;

import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.KeyFile;
import dev.cairn.cas.seal.RecipientKey;
import dev.cairn.cas.seal.RecoveryCode;
import dev.cairn.cas.seal.SlotSecret;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Where the secret that opens a repository comes from. What was given is used; nothing else is tried instead. */
public sealed interface KeySource {

    /**
     * Fetches the secret.
     *
     * @throws WrongKeyException if it is missing, empty or malformed; the message names the file
     */
    SlotSecret secret();

    /** A key file, of this repository or of a recipient. */
    record KeyFilePath(Path file) implements KeySource {
        @Override
        public SlotSecret secret() {
            byte[] bytes = SecretFile.read(file, "key file", KeyFile.BYTES_MAX);
            return RecipientKey.isOne(bytes)
                    ? RecipientKey.parse(bytes, file.toString())
                    : KeyFile.parse(bytes, file.toString());
        }
    }

    /** A file whose first line is the password. */
    record PasswordFile(Path file) implements KeySource {

        /** The longest password file, in bytes. */
        public static final int BYTES_MAX = 64 << 10;

        @Override
        public SlotSecret secret() {
            return new SlotSecret.Password(password());
        }

        /**
         * The password itself, for a repository that is to be made.
         *
         * @throws WrongKeyException as {@link #secret}
         */
        public char[] password() {
            return firstLine("password file");
        }

        /**
         * The first line.
         *
         * @param title what the file is, within a sentence
         * @throws WrongKeyException as {@link #secret}
         */
        char[] firstLine(String title) {
            byte[] bytes = SecretFile.read(file, title, BYTES_MAX);
            int end = 0;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                end++;
            }
            if (end == 0) {
                throw SecretFile.unusable(title, file, "is empty", null);
            }
            try {
                CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end));
                char[] password = new char[text.remaining()];
                text.get(password);
                return password;
            } catch (CharacterCodingException e) {
                throw SecretFile.unusable(title, file, "is not UTF-8 text", e);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }
    }

    /**
     * A password that somebody typed, or that the environment or a command gave.
     *
     * @param origin for messages: {@code CAIRN_PASSWORD}, the command, the prompt
     */
    record PasswordText(char[] password, String origin) implements KeySource {
        @Override
        public SlotSecret secret() {
            if (password.length == 0) {
                throw new WrongKeyException(
                        "the password from " + origin + " is empty", "Give the repository's password.", null);
            }
            return new SlotSecret.Password(password);
        }

        @Override
        public String toString() {
            return "password from " + origin;
        }
    }

    /** A recovery code as it was typed. */
    record RecoveryText(String code) implements KeySource {

        /**
         * The code in the first line of a file.
         *
         * @throws WrongKeyException if the file is not there, empty or not readable
         */
        public static RecoveryText ofFile(Path file) {
            return new RecoveryText(new String(new PasswordFile(file).firstLine("recovery code's file")));
        }

        @Override
        public SlotSecret secret() {
            return RecoveryCode.parse(code);
        }

        @Override
        public String toString() {
            return "recovery code";
        }
    }
}
