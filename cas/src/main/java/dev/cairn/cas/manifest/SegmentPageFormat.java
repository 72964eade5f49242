package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaf pages of chunk lists: count; for each segment how often its chunk stands there, 0 for a hole; for each the length of
 * the chunk or of the hole. The chunks are the chunk children.
 */
final class SegmentPageFormat implements PageFormat<Segment> {

    private static final int KIND = 3;
    private static final int HOLE_WEIGHT = 8;
    private static final int DATA_WEIGHT = 4 + ObjectId.BYTES;
    private static final int BYTES_MIN = 2;

    @Override
    public int kind() {
        return KIND;
    }

    /** The id of the chunk; of a hole its length in eight bytes, big-endian. */
    @Override
    public byte[] key(Segment item) {
        return switch (item) {
            case Segment.Data data -> data.chunk().bytes();
            case Segment.Hole(long bytes) ->
                ByteBuffer.allocate(Long.BYTES).putLong(bytes).array();
        };
    }

    @Override
    public int weight(Segment item) {
        return switch (item) {
            case Segment.Data _ -> DATA_WEIGHT;
            case Segment.Hole _ -> HOLE_WEIGHT;
        };
    }

    @Override
    public void write(List<Segment> items, PageWriter page) {
        page.body.writeNumber(items.size());
        write(items, page.body, page.chunks);
    }

    @Override
    public List<Segment> read(PageReader page) {
        int count = page.body().readCount(Page.itemsMax(HOLE_WEIGHT), BYTES_MIN, "segments");
        return read(count, page.body(), page.chunks());
    }

    /** The columns without the count: also how the segments of an entry are written. */
    static void write(List<Segment> items, BodyWriter body, ChildWriter chunks) {
        for (Segment item : items) {
            body.writeNumber(item instanceof Segment.Data data ? data.repeat() : 0);
        }
        for (Segment item : items) {
            switch (item) {
                case Segment.Data data -> {
                    body.writeNumber(data.length());
                    chunks.add(data.chunk());
                }
                case Segment.Hole(long bytes) -> body.writeNumber(bytes);
            }
        }
    }

    /** Reads {@code count} segments, none that could be one with its neighbour; the caller bounded the count. */
    static List<Segment> read(int count, BodyReader body, ChildReader chunks) {
        long[] repeats = new long[count];
        for (int i = 0; i < count; i++) {
            repeats[i] = body.readNumber(Long.MAX_VALUE, "repeats");
        }
        List<Segment> items = new ArrayList<>(count);
        for (long repeat : repeats) {
            Segment item = repeat == 0
                    ? new Segment.Hole(body.readNumber(Long.MAX_VALUE, "length of a hole"))
                    : new Segment.Data(
                            chunks.next(), body.readInt(Content.CHUNK_BYTES_MAX, "length of a chunk"), repeat);
            if (!items.isEmpty() && items.getLast().merges(item)) {
                throw body.corrupt("segments that are not one", items.getLast() + ", " + item);
            }
            items.add(item);
        }
        return items;
    }

    @Override
    public PageRef summary(ObjectId id, List<Segment> items) {
        long bytes = 0;
        for (Segment item : items) {
            bytes = Math.addExact(bytes, item.bytes());
        }
        return new PageRef(key(items.getLast()), id, items.size(), bytes);
    }
}
