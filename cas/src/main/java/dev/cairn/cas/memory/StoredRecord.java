package dev.cairn.cas.memory;

import dev.cairn.cas.RecordKind;
import dev.cairn.cas.Sha256;
import java.util.Arrays;

/** A record on the heap, with the SHA-256 that it had when it came, and who sent it. */
record StoredRecord(RecordKind kind, int epoch, byte[] bytes, byte[] digest, int uploader) {

    static StoredRecord of(RecordKind kind, int epoch, byte[] bytes, int uploader) {
        return new StoredRecord(kind, epoch, bytes, Sha256.of(bytes), uploader);
    }

    boolean isWhole() {
        return Arrays.equals(digest, Sha256.of(bytes));
    }
}
