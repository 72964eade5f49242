package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@link Content} of a file from its chunks and holes in order. Chunks that repeat and holes that meet become one
 * segment. The first {@value Content#SEGMENTS_MAX} segments are held; beyond them pages go into the sink as they fill up, so a
 * file of any length takes a few hundred KiB.
 *
 * <p>Not for use by several threads.
 */
public final class ChunkListBuilder {

    private final ObjectSink sink;
    private final PageBoundary boundary;
    private final List<Segment> few = new ArrayList<>();
    private @Nullable PageTreeBuilder<Segment> tree;
    private @Nullable Segment open;
    private long segments;
    private long size;

    public ChunkListBuilder(ObjectSink sink, PageBoundary boundary) {
        this.sink = sink;
        this.boundary = boundary;
    }

    /**
     * Adds a chunk.
     *
     * @throws IllegalArgumentException if {@code length} is not from 1 to {@link Content#CHUNK_BYTES_MAX}, or the file is
     *     longer than 2^63-1 bytes
     */
    public void addChunk(ObjectId chunk, int length) {
        add(new Segment.Data(chunk, length));
    }

    /** Adds a hole; one of no bytes is nothing. */
    public void addHole(long bytes) {
        if (bytes != 0) {
            add(new Segment.Hole(bytes));
        }
    }

    /** Adds any segment. */
    public void add(Segment segment) {
        size = Segment.plus(size, segment.bytes());
        if (open == null) {
            open = segment;
        } else if (open.merges(segment)) {
            open = merged(open, segment);
        } else {
            flush(open);
            open = segment;
        }
    }

    /** The bytes so far. */
    public long size() {
        return size;
    }

    /**
     * The content. A file without bytes is {@link Content#empty}. Afterwards the builder is of no use.
     *
     * @throws IllegalArgumentException if it is a short content without a hole, which stands inline
     */
    public Content finish() {
        if (open == null) {
            return Content.empty();
        }
        flush(open);
        return tree == null ? new Content.Segments(few) : new Content.Listed(tree.finish(), size, segments);
    }

    private void flush(Segment segment) {
        segments++;
        if (tree == null && segments <= Content.SEGMENTS_MAX) {
            few.add(segment);
            return;
        }
        if (tree == null) {
            tree = new PageTreeBuilder<>(TreeFormat.SEGMENTS, sink, boundary);
            few.forEach(tree::add);
        }
        tree.add(segment);
    }

    private static Segment merged(Segment a, Segment b) {
        if (a instanceof Segment.Hole(long first) && b instanceof Segment.Hole(long second)) {
            return new Segment.Hole(Segment.plus(first, second));
        }
        if (a instanceof Segment.Data first && b instanceof Segment.Data second && first.length() == second.length()) {
            return new Segment.Data(first.chunk(), first.length(), Segment.plus(first.repeat(), second.repeat()));
        }
        throw new IllegalArgumentException("one chunk, two lengths: " + a + ", " + b);
    }
}
