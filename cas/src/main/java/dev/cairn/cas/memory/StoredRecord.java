package dev.cairn.cas.memory;

import dev.cairn.cas.RecordKind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** A record on the heap, with the SHA-256 that it had when it came, and who sent it. */
record StoredRecord(RecordKind kind, int epoch, byte[] bytes, byte[] digest, int uploader) {

    static StoredRecord of(RecordKind kind, int epoch, byte[] bytes, int uploader) {
        return new StoredRecord(kind, epoch, bytes, sha256(bytes), uploader);
    }

    boolean isWhole() {
        return Arrays.equals(digest, sha256(bytes));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
