package dev.cairn.cas.snapshot.base;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The row of a larger file in the {@link SimilarityIndex}: the number of its sketches (1 byte), the sketches, and its content:
 * {@code 1 | root | size 8 | segments 8} of a paged list, {@code 2 | (chunk | length 4)...} of a short one. Holes and repeats
 * are left out of a short one: they are no base.
 */
final class LargeRow {

    private static final byte LISTED = 1;
    private static final byte CHUNKS = 2;
    private static final int LISTED_BYTES = ObjectId.BYTES + 2 * Long.BYTES;
    private static final int CHUNK_BYTES = ObjectId.BYTES + Integer.BYTES;

    private LargeRow() {}

    /** A row; empty if nothing could build on the content. */
    static byte[] encode(List<Sketch> sketches, Content content) {
        List<Segment> segments = content instanceof Content.Segments some ? chunks(some) : List.of();
        if (content instanceof Content.Inline || (content instanceof Content.Segments && segments.isEmpty())) {
            return new byte[0];
        }
        ByteBuffer row = ByteBuffer.allocate(
                2 + sketches.size() * Sketch.BYTES + Math.max(LISTED_BYTES, segments.size() * CHUNK_BYTES));
        row.put((byte) sketches.size());
        sketches.forEach(sketch -> sketch.write(row));
        if (content instanceof Content.Listed listed) {
            row.put(LISTED).put(listed.root().bytes()).putLong(listed.size()).putLong(listed.segments());
        } else {
            row.put(CHUNKS);
            for (Segment segment : segments) {
                if (segment instanceof Segment.Data data) {
                    row.put(data.chunk().bytes()).putInt(data.length());
                }
            }
        }
        byte[] bytes = new byte[row.position()];
        row.flip().get(bytes);
        return bytes;
    }

    /** Its chunks, each once in a row. */
    private static List<Segment> chunks(Content.Segments content) {
        List<Segment> chunks = new ArrayList<>();
        for (Segment segment : content.list()) {
            if (segment instanceof Segment.Data data) {
                Segment once = new Segment.Data(data.chunk(), data.length());
                if (chunks.isEmpty() || !chunks.getLast().merges(once)) {
                    chunks.add(once);
                }
            }
        }
        return chunks;
    }

    /** The sketches of a row. */
    static List<Sketch> sketches(byte[] row) {
        List<Sketch> sketches = new ArrayList<>();
        if (row.length > 0 && row.length >= 1 + row[0] * Sketch.BYTES) {
            ByteBuffer from = ByteBuffer.wrap(row, 1, row.length - 1);
            for (int i = 0; i < row[0]; i++) {
                sketches.add(Sketch.read(from));
            }
        }
        return sketches;
    }

    /** The content of a row; null if the row is damaged. */
    static @Nullable Content content(byte[] row) {
        int at = row.length == 0 ? 0 : 1 + row[0] * Sketch.BYTES;
        if (at <= 0 || at + 1 > row.length) {
            return null;
        }
        ByteBuffer from = ByteBuffer.wrap(row, at + 1, row.length - at - 1);
        try {
            if (row[at] == LISTED && from.remaining() == LISTED_BYTES) {
                return new Content.Listed(id(from), from.getLong(), from.getLong());
            }
            if (row[at] == CHUNKS && from.remaining() % CHUNK_BYTES == 0) {
                List<Segment> segments = new ArrayList<>();
                while (from.hasRemaining()) {
                    segments.add(new Segment.Data(id(from), from.getInt()));
                }
                return new Content.Segments(segments);
            }
        } catch (IllegalArgumentException e) {
            // Not what was written.
        }
        return null;
    }

    private static ObjectId id(ByteBuffer from) {
        byte[] id = new byte[ObjectId.BYTES];
        from.get(id);
        return ObjectId.of(id);
    }
}
