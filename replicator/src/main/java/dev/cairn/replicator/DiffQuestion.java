package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.Sha256;
import dev.cairn.replicator.protocol.RecordDigest;
import dev.cairn.replicator.protocol.Request;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * What a pull asks a diff for; the same question has the same answer, so that one which was cut off goes on where it was.
 *
 * @param through whether what lies between is wanted too
 */
record DiffQuestion(List<ObjectId> want, List<ObjectId> have, List<RecordDigest> refused, boolean through) {

    private static final int NAME_BYTES = 16;

    /** The request for what comes after {@code skip} records of the answer. */
    Request request(long skip) {
        return new Request.Diff(want, have, skip, refused, through);
    }

    /** A name for the spool of the answer. */
    byte[] spoolName() {
        MessageDigest digest = Sha256.begin();
        want.forEach(id -> digest.update(id.bytes()));
        digest.update((byte) (through ? 2 : 0));
        have.forEach(id -> digest.update(id.bytes()));
        for (RecordDigest record : refused) {
            ByteBuffer bytes = ByteBuffer.allocate(RecordDigest.BYTES);
            record.write(bytes);
            digest.update((byte) 1);
            digest.update(bytes.flip());
        }
        return Arrays.copyOf(digest.digest(), NAME_BYTES);
    }
}
