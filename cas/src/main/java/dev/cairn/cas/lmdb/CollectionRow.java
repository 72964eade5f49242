package dev.cairn.cas.lmdb;

import dev.cairn.cas.CollectionState;
import dev.cairn.cas.CollectionState.Phase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The row that says how far a collection has come.
 *
 * <p>Format, before the checksum: phase 1, epoch 8, boundary 8, scanned to 8.
 */
final class CollectionRow {

    private static final byte[] KEY = "collection".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES = 25;

    private CollectionRow() {}

    static byte[] key() {
        return KEY.clone();
    }

    static byte[] encode(CollectionState state) {
        ByteBuffer value = ByteBuffer.allocate(BYTES);
        value.put((byte) state.phase().code()).putLong(state.epoch());
        value.putLong(state.boundary()).putLong(state.scannedTo());
        return RowCheck.seal(Table.META, KEY, value);
    }

    static CollectionState decode(ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.META, KEY, row);
        if (value.remaining() != BYTES) {
            throw RowCheck.damaged(Table.META, KEY, BYTES + " bytes", value.remaining() + " bytes");
        }
        int code = value.get();
        for (Phase phase : Phase.values()) {
            if (phase.code() == code) {
                try {
                    return new CollectionState(phase, value.getLong(), value.getLong(), value.getLong());
                } catch (IllegalArgumentException e) {
                    throw RowCheck.damaged(Table.META, KEY, "an epoch and sequences", String.valueOf(e.getMessage()));
                }
            }
        }
        throw RowCheck.damaged(Table.META, KEY, "a phase", "phase " + code);
    }
}
