package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The local table {@value #TABLE}: volume 4 to version 1 (1), started 8, finished 8 (milliseconds since 1970, 0 for never),
 * next record 8, bytes read 8, damaged 8. A row that cannot be read counts as none.
 */
final class ScrubRows {

    static final String TABLE = "scrub";

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 5 * Long.BYTES;

    private static final Comparator<ScrubState> LONGEST_AGO_FIRST = Comparator.comparing(
                    (ScrubState state) -> state.finished() == null ? Instant.EPOCH : state.finished())
            .thenComparingInt(ScrubState::volume);

    private ScrubRows() {}

    /** Of each volume that the index knows, the one first that was looked through longest ago. */
    static List<ScrubState> states(ReadView view) {
        IndexView index = new IndexView(view);
        Table table = index.local(TABLE);
        List<ScrubState> states = new ArrayList<>();
        for (int volume : index.volumes()) {
            VolumeRow row = index.volume(volume);
            states.add(state(view, table, volume, row == null ? 0 : row.bytes()));
        }
        states.sort(LONGEST_AGO_FIRST);
        return states;
    }

    private static ScrubState state(ReadView view, @Nullable Table table, int volume, long bytes) {
        ScrubState none = new ScrubState(volume, bytes, null, null, 0, 0, 0);
        byte[] key = VolumeRow.key(volume);
        ByteBuffer row = table == null ? null : view.get(table, key);
        if (table == null || row == null) {
            return none;
        }
        try {
            ByteBuffer value = RowCheck.open(table, key, row);
            if (value.remaining() != BYTES || value.get() != VERSION) {
                return none;
            }
            Instant started = time(value.getLong());
            Instant finished = time(value.getLong());
            return new ScrubState(volume, bytes, started, finished, value.getLong(), value.getLong(), value.getLong());
        } catch (CorruptDataException e) {
            return none;
        }
    }

    private static @Nullable Instant time(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    static LocalTable.Row row(ScrubState state) {
        ByteBuffer value = ByteBuffer.allocate(BYTES).put(VERSION);
        value.putLong(millis(state.started())).putLong(millis(state.finished()));
        value.putLong(state.next()).putLong(state.bytesRead()).putLong(state.damaged());
        return new LocalTable.Row(VolumeRow.key(state.volume()), value.array());
    }

    private static long millis(@Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli();
    }
}
