package dev.cairn.cas.lmdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How far the index has come.
 *
 * @param activeVolume the volume that is written to, 0 before the first
 * @param nextSequence the number of the next record
 * @param recordBytes of all records in the index together
 */
record Mark(int activeVolume, long nextSequence, long recordBytes) {

    static final Mark START = new Mark(0, 0, 0);

    private static final byte[] KEY = "mark".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES = 20;

    static byte[] key() {
        return KEY.clone();
    }

    byte[] encode() {
        ByteBuffer value = ByteBuffer.allocate(BYTES);
        value.putInt(activeVolume).putLong(nextSequence).putLong(recordBytes);
        return RowCheck.seal(Table.META, KEY, value);
    }

    static Mark decode(ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.META, KEY, row);
        if (value.remaining() != BYTES) {
            throw RowCheck.damaged(Table.META, KEY, BYTES + " bytes", value.remaining() + " bytes");
        }
        Mark mark = new Mark(value.getInt(), value.getLong(), value.getLong());
        boolean inRange = mark.activeVolume >= 0
                && mark.nextSequence >= 0
                && mark.nextSequence <= RecordRow.SEQUENCE_MAX
                && mark.recordBytes >= 0;
        if (!inRange) {
            throw RowCheck.damaged(Table.META, KEY, "a volume, a sequence and a size", mark.toString());
        }
        return mark;
    }
}
