package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectSource;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a {@link Content.Listed}, in order. Pages are read as they are reached; one a level is held. Checks that
 * they add up to what the content says.
 *
 * <p>Not for use by several threads.
 */
public final class ChunkList implements Iterator<Segment> {

    private final PageCursor<Segment> cursor;
    private final String where;
    private long offset;
    private @Nullable Segment previous;

    private ChunkList(Content.Listed content, ObjectSource source) {
        where = "chunk list " + content.root();
        cursor = new PageCursor<>(TreeFormat.SEGMENTS, content.root(), source);
        PageRef total = cursor.total();
        if (total.bytes() != content.size() || total.items() != content.segments()) {
            throw new CorruptDataException(
                    where,
                    "%d segments of %d bytes".formatted(content.segments(), content.size()),
                    "%d segments of %d bytes".formatted(total.items(), total.bytes()));
        }
    }

    /** All segments of {@code content}. */
    public static ChunkList of(Content.Listed content, ObjectSource source) {
        return new ChunkList(content, source);
    }

    /** The segments from the one that contains byte {@code start} on; pages before it are not read. */
    static ChunkList from(long start, Content.Listed content, ObjectSource source) {
        ChunkList list = new ChunkList(content, source);
        list.skipTo(start);
        return list;
    }

    /** The offset in the file of the next segment. */
    long offset() {
        return offset;
    }

    private void skipTo(long start) {
        while (!cursor.atEnd()) {
            boolean isSegment = cursor.level() == 0;
            long bytes = isSegment ? cursor.item().bytes() : cursor.page().bytes();
            if (bytes > start - offset) {
                if (isSegment) {
                    return;
                }
                cursor.descend();
            } else {
                offset += bytes;
                cursor.skip();
            }
        }
    }

    @Override
    public boolean hasNext() {
        return !cursor.atEnd();
    }

    @Override
    public Segment next() {
        if (!cursor.toItem()) {
            throw new NoSuchElementException();
        }
        Segment segment = cursor.item();
        if (previous != null && previous.merges(segment)) {
            throw new CorruptDataException(where, "segments that are not one", List.of(previous, segment) + "");
        }
        previous = segment;
        offset += segment.bytes();
        cursor.skip();
        return segment;
    }
}
