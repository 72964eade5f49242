package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file: the few of a tiny one themselves, a short list of segments, or the root of a paged list of them. Made
 * by {@link Content#inline} and {@link ChunkListBuilder}, which choose the form by the content alone, so that equal contents
 * are kept alike.
 */
public sealed interface Content {

    /** The longest content that stands in its entry, in bytes. Shorter ones always do, unless they have a hole. */
    int INLINE_BYTES_MAX = 512;

    /** The most segments that stand in an entry; more are a paged list. */
    int SEGMENTS_MAX = 16;

    /** The largest chunk, in bytes: what fits a record with room to spare. */
    int CHUNK_BYTES_MAX = 4 << 20;

    /** The length of the file, in bytes. */
    long size();

    /** The content of an empty file. */
    static Content empty() {
        return Inline.EMPTY;
    }

    /**
     * A tiny content.
     *
     * @throws IllegalArgumentException if there are more than {@link #INLINE_BYTES_MAX} bytes
     */
    static Content inline(byte[] bytes) {
        return bytes.length == 0 ? Inline.EMPTY : new Inline(bytes);
    }

    /** Bytes that stand in the entry. The array is not copied: do not change it. */
    record Inline(byte[] bytes) implements Content {
        static final Inline EMPTY = new Inline(new byte[0]);

        public Inline {
            if (bytes.length > INLINE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "%d bytes do not stand inline, at most %d do".formatted(bytes.length, INLINE_BYTES_MAX));
            }
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Inline that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Inline[" + bytes.length + " bytes]";
        }
    }

    /** One to {@link #SEGMENTS_MAX} segments, in order, none that could be one with its neighbour. */
    record Segments(List<Segment> list) implements Content {
        public Segments {
            list = List.copyOf(list);
            if (list.isEmpty() || list.size() > SEGMENTS_MAX) {
                throw new IllegalArgumentException(
                        "%d segments do not stand in an entry, 1 to %d do".formatted(list.size(), SEGMENTS_MAX));
            }
            long size = 0;
            boolean hole = false;
            @Nullable Segment previous = null;
            for (Segment segment : list) {
                if (previous != null && previous.merges(segment)) {
                    throw new IllegalArgumentException("segments that are one: " + previous + ", " + segment);
                }
                hole |= segment instanceof Segment.Hole;
                size = Segment.plus(size, segment.bytes());
                previous = segment;
            }
            if (!hole && size <= INLINE_BYTES_MAX) {
                throw new IllegalArgumentException("a content of %d bytes stands inline".formatted(size));
            }
        }

        /** The chunk that alone, and once, is the content; null if there is more to it. */
        Segment.@Nullable Data singleChunk() {
            return list.size() == 1 && list.getFirst() instanceof Segment.Data data && data.repeat() == 1 ? data : null;
        }

        @Override
        public long size() {
            long size = 0;
            for (Segment segment : list) {
                size += segment.bytes();
            }
            return size;
        }
    }

    /**
     * A paged list of segments, read by {@link ChunkList}.
     *
     * @param root its topmost page
     * @param segments how many there are, more than {@link #SEGMENTS_MAX}
     */
    record Listed(ObjectId root, long size, long segments) implements Content {
        public Listed {
            if (segments <= SEGMENTS_MAX || size < segments) {
                throw new IllegalArgumentException(
                        "%d segments of together %d bytes are no paged list".formatted(segments, size));
            }
        }
    }
}
