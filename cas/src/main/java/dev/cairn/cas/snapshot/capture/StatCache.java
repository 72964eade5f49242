package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.LocalTable;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.seal.KeyedDigest;
import dev.cairn.cas.seal.Secret;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what files looked like from outside when they were last read, so that those which still look so need not be opened.
 *
 * <h2>When a file is not opened</h2>
 *
 * <p>Device, inode, size, mtime and ctime must agree with the row, and the row must have been made for the very content and
 * attributes that the previous snapshot has at this path. Size and mtime can be put back by anybody; ctime cannot.
 *
 * <h2>Racily clean files</h2>
 *
 * <p>A file that changes within one tick of the file system's clock after it was read has the ctime it had before. So a row is
 * only made where ctime was older than the start of the capture by more than a tick: a change after the start then gets a
 * later ctime. A tick is taken to be 20 ms (Linux stamps files once a timer interrupt, 10 ms at most), and two seconds where the
 * ctime is a whole multiple of 10 ms, which is what file systems of coarser clocks give. Known limit: on a network file system
 * whose server's clock lags behind ours, a change within one tick of another one that came right before the reading is missed.
 *
 * <h2>Rows</h2>
 *
 * <p>Key: 8 bytes of an HMAC of the absolute path. Value: version 2 | 16 bytes of an HMAC of device, inode, size, mtime, ctime, content and
 * attributes. So neither names nor sizes stand on disk in the clear, and a row is short: there is one a file. Nothing but
 * time is lost with a row, and a row that stays behind does no harm. For one thread.
 */
final class StatCache {

    /** Name of the table. */
    static final String TABLE = "stat-cache";

    /** Of the 64 bits of a key, 32 would do: two files of one key take turns in it, and are read again. */
    private static final int KEY_BYTES = 8;

    private static final int HASH_BYTES = 16;
    private static final byte VERSION = 2;
    private static final byte MOUNT_VERSION = 1;
    private static final int STAT_BYTES = 5 * Long.BYTES + 2 * Integer.BYTES;

    /** Rows that are gathered, some 10 MB: they are spread over all pages of the table, of which each transaction copies what it touches. */
    private static final int ROWS_MAX = 96 << 10;

    /** Rows of one transaction. They are neighbours: the pages that one transaction leaves behind are used by the one after the next. */
    private static final int TRANSACTION_ROWS = 12 << 10;

    /** Of so many neighbours some are written in a second pass: pages that were filled to the end are parted by it, and have room. */
    private static final int SPREAD_ROWS = 5;

    private static final int SPREAD_ROWS_FIRST = 3;

    private static final Comparator<LocalTable.Row> BY_KEY =
            Comparator.comparing(LocalTable.Row::key, Arrays::compareUnsigned);
    private static final byte[] REMOVED = {};

    private static final long FINE_TICK_NANOS = 20_000_000;
    private static final long COARSE_TICK_NANOS = 2_000_000_000;
    private static final int COARSE_STEP_NANOS = 10_000_000;

    /** What a hash is of; the byte it begins with. */
    private enum Domain {
        FILE(0),
        MOUNT(1),
        FINGERPRINT(2);

        private final byte code;

        Domain(int code) {
            this.code = (byte) code;
        }
    }

    private final @Nullable LocalTable table;
    private final LocalTable reading;
    private final KeyedDigest digest;
    private final byte[] base;
    private final Instant start;
    private final List<LocalTable.Row> rows = new ArrayList<>();

    /**
     * The cache of one capture.
     *
     * @param key the repository's local key
     * @param base the key of the absolute path that the snapshot's root stands for: names joined by zero bytes
     * @param start when the capture started
     * @param readOnly whether to leave the table as it is
     */
    StatCache(LocalTable table, Secret key, byte[] base, Instant start, boolean readOnly) {
        this.table = readOnly ? null : table;
        this.reading = table;
        this.base = base;
        this.start = start;
        this.digest = new KeyedDigest(key);
    }

    /** Whether the file, which looks like {@code stat} now, has this content and these attributes for certain. */
    boolean vouchesFor(EntryPath path, FileStat stat, Content content, Xattrs xattrs) {
        byte[] row = reading.get(rowKey(Domain.FILE, path)).orElse(null);
        return row != null && MessageDigest.isEqual(row, row(stat, content, xattrs));
    }

    /** Notes what a file that was just read looks like, unless it is too young to be recognised by that. */
    void note(EntryPath path, FileStat stat, Content content, Xattrs xattrs) {
        if (isOldEnough(stat)) {
            put(rowKey(Domain.FILE, path), row(stat, content, xattrs));
        }
    }

    /** Drops the row of a file that is gone. */
    void drop(EntryPath path) {
        put(rowKey(Domain.FILE, path), REMOVED);
    }

    /** Notes that a file system was mounted at {@code path}, or is the root of the snapshot. */
    void noteMount(EntryPath path, FileStat stat) {
        byte[] key = rowKey(Domain.MOUNT, path);
        byte[] row = mountRow(stat);
        if (!reading.get(key).map(old -> Arrays.equals(old, row)).orElse(false)) {
            put(key, row);
        }
    }

    /**
     * Whether a folder that is empty now may be a mount point whose file system is not there: something else was noted for it.
     *
     * @param unknown the answer where nothing was noted
     */
    boolean mayBeUnmounted(EntryPath path, FileStat stat, boolean unknown) {
        return reading.get(rowKey(Domain.MOUNT, path))
                .map(row -> !Arrays.equals(row, mountRow(stat)))
                .orElse(unknown);
    }

    /** Writes what was noted. */
    void flush() {
        if (table != null && !rows.isEmpty()) {
            List<LocalTable.Row> sorted = sorted();
            for (int from = 0; from < sorted.size(); from += TRANSACTION_ROWS) {
                table.putAll(spread(sorted.subList(from, Math.min(from + TRANSACTION_ROWS, sorted.size()))));
            }
        }
        rows.clear();
    }

    /** In the order of the table; of rows with one key the last that was put. */
    private List<LocalTable.Row> sorted() {
        rows.sort(BY_KEY);
        List<LocalTable.Row> sorted = new ArrayList<>(rows.size());
        for (LocalTable.Row row : rows) {
            if (!sorted.isEmpty() && BY_KEY.compare(sorted.getLast(), row) == 0) {
                sorted.removeLast();
            }
            sorted.add(row);
        }
        return sorted;
    }

    /**
     * In the order of the table, twice. In order once, each page would be filled to its last byte, and the first new files of the next
     * snapshot would part nearly all of them in halves.
     */
    private static List<LocalTable.Row> spread(List<LocalTable.Row> sorted) {
        List<LocalTable.Row> spread = new ArrayList<>(sorted.size());
        List<LocalTable.Row> rest = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            (i % SPREAD_ROWS < SPREAD_ROWS_FIRST ? spread : rest).add(sorted.get(i));
        }
        spread.addAll(rest);
        return spread;
    }

    private boolean isOldEnough(FileStat stat) {
        long tick = stat.ctimeNanos() % COARSE_STEP_NANOS == 0 ? COARSE_TICK_NANOS : FINE_TICK_NANOS;
        return Instant.ofEpochSecond(stat.ctimeSeconds(), stat.ctimeNanos() + tick)
                .isBefore(start);
    }

    private void put(byte[] key, byte[] value) {
        rows.add(new LocalTable.Row(key, value));
        if (rows.size() >= ROWS_MAX) {
            flush();
        }
    }

    private byte[] row(FileStat stat, Content content, Xattrs xattrs) {
        return ByteBuffer.allocate(1 + HASH_BYTES)
                .put(VERSION)
                .put(fingerprint(stat, content, xattrs))
                .array();
    }

    private static byte[] mountRow(FileStat stat) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(MOUNT_VERSION)
                .putLong(stat.device())
                .putLong(stat.inode())
                .array();
    }

    private byte[] rowKey(Domain domain, EntryPath path) {
        digest.add(domain.code);
        digest.add(base);
        if (base.length > 0) {
            digest.add((byte) 0);
        }
        digest.add(path.key());
        return digest.finish(KEY_BYTES);
    }

    private byte[] fingerprint(FileStat stat, Content content, Xattrs xattrs) {
        digest.add(Domain.FINGERPRINT.code)
                .add(ByteBuffer.allocate(STAT_BYTES)
                        .putLong(stat.device())
                        .putLong(stat.inode())
                        .putLong(stat.size())
                        .putLong(stat.mtimeSeconds())
                        .putInt(stat.mtimeNanos())
                        .putLong(stat.ctimeSeconds())
                        .putInt(stat.ctimeNanos())
                        .array());
        switch (content) {
            case Content.Inline(byte[] bytes) -> number(1, bytes.length).add(bytes);
            case Content.Segments(List<Segment> list) -> {
                number(2, list.size());
                list.forEach(this::segment);
            }
            case Content.Listed listed ->
                number(3, listed.size()).add(listed.root().bytes());
        }
        switch (xattrs) {
            case Xattrs.Inline(List<Xattr> attributes) -> {
                number(1, attributes.size());
                for (Xattr attribute : attributes) {
                    number(attribute.name().length, attribute.value().length).add(attribute.name());
                    digest.add(attribute.value());
                }
            }
            case Xattrs.Stored stored ->
                number(2, stored.bytes()).add(stored.chunk().bytes());
        }
        return digest.finish(HASH_BYTES);
    }

    private void segment(Segment segment) {
        switch (segment) {
            case Segment.Data data -> {
                number(1, data.length()).add(data.chunk().bytes());
                number(0, data.repeat());
            }
            case Segment.Hole hole -> number(2, hole.bytes());
        }
    }

    private KeyedDigest number(int kind, long number) {
        return digest.add(ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(kind)
                .putLong(number)
                .array());
    }
}
