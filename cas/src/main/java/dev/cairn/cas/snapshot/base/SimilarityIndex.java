package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.manifest.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a repository holds that is like a given file, by the super-features that both have. It knows the {@value
 * #SMALL_MAX} small files and the {@value #LARGE_MAX} larger ones that were noted last.
 *
 * <p>What it finds may be gone, damaged or not durable yet, and it may be unlike: whoever builds on it checks.
 *
 * <h2>Rows</h2>
 *
 * <p>A head says how many files of each kind were ever noted; the number of a file is its place in a ring. Small files stand
 * {@value #SMALL_EACH} in a row, so that two rows fill a page of the index: 41 bytes a file, of which the chunk's id takes 32. A
 * larger file has a row of its own, 50 to 1,200 bytes. The features are looked up in memory: the first question reads all rows,
 * some 10 ms for 100,000 files, and takes 12 to 24 bytes of heap a feature, 8 MiB at most.
 *
 * <p>Nothing but bytes is lost with a row. For one thread; of two processes that write at once, one overwrites what the other
 * noted.
 */
public final class SimilarityIndex {

    /** Name of the table. */
    public static final String TABLE = "similar";

    /** How many small files stand in a row. */
    static final int SMALL_EACH = 48;

    /** The most small files. */
    static final int SMALL_MAX = SMALL_EACH << 12;

    /** The most larger files. */
    static final int LARGE_MAX = 1 << 14;

    /** The most candidates that are given for one file. */
    private static final int FOUND_MAX = 4;

    /**
     * How many super-features a file must share with one that was noted in the same capture. A first snapshot of many files
     * finds much that is alike a little: deltas of that take a third more time and save 2 %.
     */
    private static final int NEW_SHARED_MIN = 2;

    private static final int ROWS_MAX = 512;
    private static final int SMALL_BYTES = Sketch.BYTES + ObjectId.BYTES;
    private static final byte VERSION = 1;
    private static final byte HEAD = 0;
    private static final byte SMALL = 1;
    private static final byte LARGE = 2;
    private static final int LARGE_FLAG = 1 << 30;
    private static final byte[] HEAD_KEY = {HEAD};
    private static final int HEAD_BYTES = 1 + 2 * Long.BYTES;

    private final LocalTable table;
    private final boolean readOnly;
    private final TreeMap<byte[], byte[]> pending = new TreeMap<>(Arrays::compareUnsigned);
    private boolean headRead;
    private long smallNoted;
    private long largeNoted;
    private long smallBefore;
    private long largeBefore;
    /** The row that small files are added to. */
    private byte[] tail = {};

    private @Nullable FeatureTable features;

    /** What a new file may build on. */
    public sealed interface Found {}

    /** A small file. */
    public record SmallFile(ObjectId chunk) implements Found {}

    /** A larger file. */
    public record LargeFile(Content content) implements Found {}

    /** @param readOnly whether to leave the table as it is */
    public SimilarityIndex(LocalTable table, boolean readOnly) {
        this.table = table;
        this.readOnly = readOnly;
    }

    /** What has a super-feature in common with a file of these sketches, that which has most of them first. */
    public List<Found> find(List<Sketch> sketches) {
        FeatureTable known = features();
        Map<Integer, Integer> votes = new HashMap<>();
        for (Sketch sketch : sketches) {
            for (int i = 0; i < Sketch.FEATURES; i++) {
                known.forEach(sketch.feature(i), number -> votes.merge(number, 1, Integer::sum));
            }
        }
        if (votes.isEmpty()) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        votes.entrySet().stream()
                .filter(entry -> entry.getValue() >= (isNew(entry.getKey()) ? NEW_SHARED_MIN : 1))
                .sorted(Map.Entry.<Integer, Integer>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey())
                        .reversed())
                .limit(FOUND_MAX)
                .forEach(entry -> {
                    Found one = read(entry.getKey());
                    if (one != null) {
                        found.add(one);
                    }
                });
        return found;
    }

    /** Whether it was noted since this index was opened. */
    private boolean isNew(int number) {
        return (number & LARGE_FLAG) != 0
                ? Math.floorMod((number & ~LARGE_FLAG) - largeBefore, LARGE_MAX) < largeNoted - largeBefore
                : Math.floorMod(number - smallBefore, SMALL_MAX) < smallNoted - smallBefore;
    }

    /** Notes a small file. */
    public void note(Sketch sketch, ObjectId chunk) {
        if (readOnly) {
            return;
        }
        readHead();
        int number = (int) (smallNoted % SMALL_MAX);
        int place = number % SMALL_EACH * SMALL_BYTES;
        if (place == 0 || tail.length < place) {
            // After damage the places before this one stay empty: a sketch of nothing, which is never found.
            tail = place == 0 ? new byte[0] : emptyUpTo(place);
        }
        tail = Arrays.copyOf(tail, place + SMALL_BYTES);
        ByteBuffer row = ByteBuffer.wrap(tail).position(place);
        sketch.write(row);
        row.put(chunk.bytes());
        smallNoted++;
        put(rowKey(SMALL, number / SMALL_EACH), tail);
        add(sketch, number);
    }

    private byte[] emptyUpTo(int place) {
        byte[] row = Arrays.copyOf(tail, place);
        Arrays.fill(row, tail.length, place, (byte) 0xff);
        return row;
    }

    /** Notes a larger file, of which these are sketches. */
    public void note(List<Sketch> sketches, Content content) {
        if (readOnly || sketches.isEmpty()) {
            return;
        }
        byte[] row = LargeRow.encode(sketches, content);
        if (row.length == 0) {
            return;
        }
        readHead();
        int number = (int) (largeNoted % LARGE_MAX);
        largeNoted++;
        put(rowKey(LARGE, number), row);
        for (Sketch sketch : sketches) {
            add(sketch, number | LARGE_FLAG);
        }
    }

    private void add(Sketch sketch, int number) {
        if (features != null) {
            add(features, sketch, number);
        }
    }

    private static void add(FeatureTable to, Sketch sketch, int number) {
        for (int i = 0; i < Sketch.FEATURES; i++) {
            to.put(sketch.feature(i), number);
        }
    }

    private void put(byte[] key, byte[] row) {
        pending.put(key, row);
        if (pending.size() >= ROWS_MAX) {
            flush();
        }
    }

    /** Writes what was noted. */
    public void flush() {
        if (pending.isEmpty()) {
            return;
        }
        byte[] head = ByteBuffer.allocate(HEAD_BYTES)
                .put(VERSION)
                .putLong(smallNoted)
                .putLong(largeNoted)
                .array();
        pending.put(HEAD_KEY, head);
        // In the order of the table, so that its pages are filled one after the other.
        table.putAll(pending.entrySet().stream()
                .map(row -> new LocalTable.Row(row.getKey(), row.getValue()))
                .toList());
        pending.clear();
    }

    private void readHead() {
        if (headRead) {
            return;
        }
        headRead = true;
        byte[] head = row(HEAD_KEY);
        if (head.length == HEAD_BYTES && head[0] == VERSION) {
            ByteBuffer from = ByteBuffer.wrap(head, 1, HEAD_BYTES - 1);
            smallNoted = Math.max(0, from.getLong());
            largeNoted = Math.max(0, from.getLong());
            smallBefore = smallNoted;
            largeBefore = largeNoted;
        }
        if (smallNoted % SMALL_EACH != 0) {
            tail = row(rowKey(SMALL, (int) (smallNoted % SMALL_MAX / SMALL_EACH)));
        }
    }

    private FeatureTable features() {
        FeatureTable read = features;
        if (read == null) {
            readHead();
            read = new FeatureTable();
            int small = (int) Math.min(smallNoted, SMALL_MAX);
            for (int number = 0; number < small; number += SMALL_EACH) {
                ByteBuffer row = ByteBuffer.wrap(row(rowKey(SMALL, number / SMALL_EACH)));
                for (int i = 0; i < SMALL_EACH && row.remaining() >= SMALL_BYTES; i++) {
                    add(read, Sketch.read(row), number + i);
                    row.position(row.position() + ObjectId.BYTES);
                }
            }
            // The newest first, in case that the table gets full.
            long last = Math.max(0, largeNoted - LARGE_MAX);
            for (long at = largeNoted - 1; at >= last && read.size() < FeatureTable.ENTRIES_MAX; at--) {
                int number = (int) (at % LARGE_MAX);
                for (Sketch sketch : LargeRow.sketches(row(rowKey(LARGE, number)))) {
                    add(read, sketch, number | LARGE_FLAG);
                }
            }
            features = read;
        }
        return read;
    }

    private @Nullable Found read(int number) {
        if ((number & LARGE_FLAG) != 0) {
            Content content = LargeRow.content(row(rowKey(LARGE, number & ~LARGE_FLAG)));
            return content == null ? null : new LargeFile(content);
        }
        byte[] row = row(rowKey(SMALL, number / SMALL_EACH));
        int place = number % SMALL_EACH * SMALL_BYTES;
        return row.length < place + SMALL_BYTES ? null : new SmallFile(ObjectId.of(row, place + Sketch.BYTES));
    }

    /** A row; empty if there is none, or it is damaged. */
    private byte[] row(byte[] key) {
        byte[] noted = pending.get(key);
        if (noted != null) {
            return noted;
        }
        try {
            return table.get(key).orElse(new byte[0]);
        } catch (StoreException e) {
            return new byte[0];
        }
    }

    private static byte[] rowKey(byte kind, int number) {
        return new byte[] {kind, (byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
    }
}
