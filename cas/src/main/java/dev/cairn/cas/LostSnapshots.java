package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Snapshots that repairs of a replica left out of its index, since what they need is in no volume: the one row of the local table
 * {@value #TABLE}, key {@code snapshots}: version 1 (1), then for each: accepted 1 (0 or 1), time of the repair 8 (milliseconds since
 * 1970), snapshot 32. Without it a repository that has lost everything would look like a new one. Immutable.
 */
public final class LostSnapshots {

    /** The local table's name. */
    public static final String TABLE = "lost";

    /** The most snapshots that are remembered: those that were found first. */
    public static final int SNAPSHOTS_MAX = 10_000;

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + Long.BYTES + ObjectId.BYTES;

    /** None. */
    public static final LostSnapshots NONE = new LostSnapshots(Map.of());

    private final Map<ObjectId, Lost> all;

    /**
     * One of them.
     *
     * @param repaired when the repair was that left it out
     * @param accepted whether somebody has said that it is not to be asked for any more
     */
    public record Lost(ObjectId snapshot, Instant repaired, boolean accepted) {}

    private LostSnapshots(Map<ObjectId, Lost> all) {
        this.all = all;
    }

    /** The key of the one row. */
    public static byte[] key() {
        return "snapshots".getBytes(StandardCharsets.US_ASCII);
    }

    /** Those of a replica, whether they have come back since or not. */
    public static LostSnapshots of(ObjectStore store) {
        try {
            Optional<byte[]> row = store.local(TABLE).get(key());
            return row.map(LostSnapshots::decode).orElse(NONE);
        } catch (CorruptDataException e) {
            return NONE;
        }
    }

    /** Reads a row; one of another version counts as none, and so does what does not parse. */
    public static LostSnapshots decode(byte[] row) {
        if (row.length == 0 || row[0] != VERSION || (row.length - 1) % BYTES != 0) {
            return NONE;
        }
        Map<ObjectId, Lost> all = new LinkedHashMap<>();
        ByteBuffer value = ByteBuffer.wrap(row, 1, row.length - 1);
        while (value.hasRemaining() && all.size() < SNAPSHOTS_MAX) {
            boolean accepted = value.get() != 0;
            Instant repaired = Instant.ofEpochMilli(value.getLong());
            byte[] snapshot = new byte[ObjectId.BYTES];
            value.get(snapshot);
            ObjectId id = ObjectId.of(snapshot);
            all.put(id, new Lost(id, repaired, accepted));
        }
        return new LostSnapshots(all);
    }

    /** The row. */
    public byte[] encode() {
        ByteBuffer row = ByteBuffer.allocate(1 + all.size() * BYTES).put(VERSION);
        for (Lost lost : all.values()) {
            row.put((byte) (lost.accepted() ? 1 : 0))
                    .putLong(lost.repaired().toEpochMilli())
                    .put(lost.snapshot().bytes());
        }
        return row.array();
    }

    /** These and {@code more}, which a repair at {@code now} left out. What is remembered already stays as it is. */
    public LostSnapshots with(Iterable<ObjectId> more, Instant now) {
        Map<ObjectId, Lost> both = new LinkedHashMap<>(all);
        for (ObjectId snapshot : more) {
            if (both.size() < SNAPSHOTS_MAX) {
                both.putIfAbsent(snapshot, new Lost(snapshot, now, false));
            }
        }
        return new LostSnapshots(both);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** Those that {@code store} still lacks, that nobody has forgotten since and that nobody has accepted as lost. */
    public List<Lost> missing(ObjectStore store) {
        if (all.isEmpty()) {
            return List.of();
        }
        History history = History.of(store);
        List<Lost> missing = new ArrayList<>();
        for (Lost lost : all.values()) {
            if (!lost.accepted()
                    && !history.contains(lost.snapshot())
                    && !store.notes(lost.snapshot()).isForgotten()) {
                missing.add(lost);
            }
        }
        return missing;
    }

    /** From now on nobody asks for any of them. Durable when it returns. */
    public void accept(ObjectStore store) {
        Map<ObjectId, Lost> accepted = new LinkedHashMap<>();
        all.forEach((id, lost) -> accepted.put(id, new Lost(id, lost.repaired(), true)));
        store.local(TABLE).putAll(List.of(new LocalTable.Row(key(), new LostSnapshots(accepted).encode())));
    }
}
