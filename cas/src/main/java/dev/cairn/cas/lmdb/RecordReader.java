package dev.cairn.cas.lmdb;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreException;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Reads records from volumes and checks their digests. Threading: from any thread. */
final class RecordReader {

    /** How often a record is looked for that moves while it is read. */
    private static final int TRIES = 8;

    private final VolumeSet volumes;
    private final LongFunction<@Nullable RecordRow> newest;

    RecordReader(VolumeSet volumes) {
        this(volumes, _ -> null);
    }

    /**
     * A reader that follows records into other volumes.
     *
     * @param newest the row of a record by the newest state of the index
     */
    RecordReader(VolumeSet volumes, LongFunction<@Nullable RecordRow> newest) {
        this.volumes = volumes;
        this.newest = newest;
    }

    /**
     * Reads a record: one copy into a new array.
     *
     * @param known knows the pages that its header may refer to
     * @throws CorruptDataException naming volume, container and record, if it is not there whole and unchanged
     */
    SealedRecord read(long sequence, RecordRow row, ChildSource known) {
        return parse(whole(sequence, row), where(sequence, row), known);
    }

    /**
     * As {@link #read}, without a look at the digest: for whoever opens the record.
     *
     * @throws CorruptDataException if it is not there; if its header cannot be read, it says whether the record was altered
     */
    SealedRecord readToOpen(long sequence, RecordRow row, ChildSource known) {
        byte[] bytes = follow(sequence, row, false);
        String where = where(sequence, row);
        try {
            return parse(bytes, where, known);
        } catch (StoreException e) {
            requireDigest(sequence, row, bytes);
            throw e;
        }
    }

    private static SealedRecord parse(byte[] bytes, String where, ChildSource known) {
        try {
            return SealedRecord.parse(bytes, where, known);
        } catch (MissingObjectsException e) {
            throw CorruptDataException.because(where, "it refers to a page that is not in the index", e);
        }
    }

    private byte[] whole(long sequence, RecordRow row) {
        return follow(sequence, row, true);
    }

    /** Where a volume is gone, or going, since its records were copied, the newest row says where the record is now. */
    private byte[] follow(long sequence, RecordRow row, boolean isCompared) {
        RecordRow place = row;
        for (int attempt = 1; ; attempt++) {
            try {
                byte[] bytes = bytes(sequence, place);
                if (isCompared) {
                    requireDigest(sequence, place, bytes);
                }
                return bytes;
            } catch (CorruptDataException | StoreAccessException e) {
                RecordRow now = attempt < TRIES ? newest.apply(sequence) : null;
                if (now == null || now.volume() == place.volume()) {
                    throw e;
                }
                place = now;
            }
        }
    }

    private byte[] bytes(long sequence, RecordRow row) {
        return volumes.read(row.volume(), view -> {
            var value = view.get(Table.CONTAINERS, RecordRow.key(row.container()));
            if (value == null) {
                throw new CorruptDataException(where(sequence, row), "a container", "none with that key");
            }
            if (row.offset() > value.remaining() - row.length()) {
                throw new CorruptDataException(
                        where(sequence, row),
                        row.length() + " bytes at " + row.offset(),
                        "a container of " + value.remaining());
            }
            byte[] copy = new byte[row.length()];
            value.get(value.position() + row.offset(), copy);
            return copy;
        });
    }

    private static void requireDigest(long sequence, RecordRow row, byte[] bytes) {
        if (!Arrays.equals(row.digest(), Sha256.of(bytes))) {
            throw new CorruptDataException(where(sequence, row), "the digest that was stored", "another");
        }
    }

    private static String where(long sequence, RecordRow row) {
        return "volume " + VolumeSet.name(row.volume()) + ", container " + row.container() + ", record " + sequence;
    }

    /** Whether the record is there whole and unchanged. */
    boolean isWhole(long sequence, RecordRow row) {
        return damage(sequence, row) == null;
    }

    /** Why the record is not there whole and unchanged; null if it is. */
    @Nullable
    CorruptDataException damage(long sequence, RecordRow row) {
        try {
            return whole(sequence, row).length == row.length()
                    ? null
                    : new CorruptDataException(where(sequence, row), row.length() + " bytes", "others");
        } catch (CorruptDataException e) {
            return e;
        }
    }
}
