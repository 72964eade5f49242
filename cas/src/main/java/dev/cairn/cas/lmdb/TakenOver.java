package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.LostSnapshots;
import dev.cairn.cas.ObjectId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a rebuild takes over from the index that it replaces, as far as that can be read: when volumes were looked through, when a restore
 * was tried, which snapshots there were. Everything else comes from the volumes. Not thread-safe.
 *
 * <p>Memory: at most {@value #ROWS_MAX} rows, and 60 bytes for each snapshot.
 */
final class TakenOver {

    /** The most rows of one table: a row for each volume, of which there are few. */
    private static final int ROWS_MAX = 10_000;

    /** The longest value of a row that is taken over, in bytes. */
    private static final int VALUE_BYTES_MAX = 1 << 20;

    private static final List<String> TABLES = List.of(ScrubRows.TABLE, "drill");

    private final Map<String, List<LocalTable.Row>> rows = new LinkedHashMap<>();
    private final Set<ObjectId> retained = new HashSet<>();
    private LostSnapshots lost = LostSnapshots.NONE;

    /** Reads an index. What is damaged in it counts as not there. */
    void read(ReadView view) {
        IndexView index = new IndexView(view);
        for (String name : TABLES) {
            rows.put(name, rows(view, index, name));
        }
        for (LocalTable.Row row : rows(view, index, LostSnapshots.TABLE)) {
            if (Arrays.equals(row.key(), LostSnapshots.key())) {
                lost = LostSnapshots.decode(row.value());
            }
        }
        try {
            index.snapshots().forEach(snapshot -> retained.add(snapshot.snapshot()));
        } catch (CorruptDataException e) {
            // Those that were read before it are known.
        }
    }

    /** What was written anew has not been looked through. */
    void rewritten(int volume) {
        byte[] key = VolumeRow.key(volume);
        rows.getOrDefault(ScrubRows.TABLE, new ArrayList<>()).removeIf(row -> Arrays.equals(row.key(), key));
    }

    private static List<LocalTable.Row> rows(ReadView view, IndexView index, String name) {
        List<LocalTable.Row> rows = new ArrayList<>();
        try {
            Table table = index.local(name);
            if (table != null) {
                view.scan(table, null, (key, value) -> {
                    byte[] bytes = IndexView.bytes(key);
                    if (value.remaining() <= VALUE_BYTES_MAX) {
                        ByteBuffer opened = RowCheck.open(table, bytes, value);
                        rows.add(new LocalTable.Row(bytes, IndexView.bytes(opened)));
                    }
                    return rows.size() < ROWS_MAX;
                });
            }
        } catch (CorruptDataException e) {
            // These rows save time, and nothing hangs on them.
            return rows;
        }
        return rows;
    }

    /**
     * Puts it into a new index, and notes there which snapshots are lost: those that were retained before, and {@code gone}, as far as they
     * are not in it and nobody has forgotten them.
     */
    void put(IndexChange index, Set<ObjectId> gone, Instant now) {
        rows.forEach((name, all) -> {
            if (!all.isEmpty()) {
                index.putLocal(name, all);
            }
        });
        Set<ObjectId> missing = new HashSet<>(retained);
        missing.addAll(gone);
        missing.removeIf(
                snapshot -> index.isRetained(snapshot) || index.notes(snapshot).isForgotten());
        LostSnapshots all = lost.with(missing.stream().sorted().toList(), now);
        if (!all.isEmpty()) {
            index.putLocal(LostSnapshots.TABLE, List.of(new LocalTable.Row(LostSnapshots.key(), all.encode())));
        }
    }
}
