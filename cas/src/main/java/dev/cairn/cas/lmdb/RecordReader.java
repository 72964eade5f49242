package dev.cairn.cas.lmdb;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.SealedRecord;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads records from volumes and checks their digests. Threading: from any thread. */
final class RecordReader {

    private final VolumeSet volumes;

    RecordReader(VolumeSet volumes) {
        this.volumes = volumes;
    }

    /**
     * Reads a record: one copy into a new array.
     *
     * @param known knows the pages that its header may refer to
     * @throws CorruptDataException naming volume, container and record, if it is not there whole and unchanged
     */
    SealedRecord read(long sequence, RecordRow row, ChildSource known) {
        byte[] bytes = bytes(sequence, row);
        String where = where(sequence, row);
        try {
            return SealedRecord.parse(bytes, where, known);
        } catch (MissingObjectsException e) {
            throw CorruptDataException.because(where, "it refers to a page that is not in the index", e);
        }
    }

    private byte[] bytes(long sequence, RecordRow row) {
        String where = where(sequence, row);
        byte[] bytes = volumes.read(row.volume(), view -> {
            var value = view.get(Table.CONTAINERS, RecordRow.key(row.container()));
            if (value == null) {
                throw new CorruptDataException(where, "a container", "none with that key");
            }
            if (row.offset() > value.remaining() - row.length()) {
                throw new CorruptDataException(
                        where, row.length() + " bytes at " + row.offset(), "a container of " + value.remaining());
            }
            byte[] copy = new byte[row.length()];
            value.get(value.position() + row.offset(), copy);
            return copy;
        });
        if (!Arrays.equals(row.digest(), Digests.sha256(bytes))) {
            throw new CorruptDataException(where, "the digest that was stored", "another");
        }
        return bytes;
    }

    private String where(long sequence, RecordRow row) {
        return "volume %s, container %d, record %d"
                .formatted(volumes.path(row.volume()).getFileName(), row.container(), sequence);
    }

    /** Whether the record is there whole and unchanged. */
    boolean isWhole(long sequence, RecordRow row) {
        return damage(sequence, row) == null;
    }

    /** Why the record is not there whole and unchanged; null if it is. */
    @Nullable
    CorruptDataException damage(long sequence, RecordRow row) {
        try {
            return bytes(sequence, row).length == row.length()
                    ? null
                    : new CorruptDataException(where(sequence, row), row.length() + " bytes", "others");
        } catch (CorruptDataException e) {
            return e;
        }
    }
}
