package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;

/** A stretch of a file: a chunk, once or several times in a row, or a hole. */
public sealed interface Segment {

    /** The length of the stretch, in bytes, at least 1. */
    long bytes();

    /**
     * A chunk.
     *
     * @param length of the chunk, in bytes, 1 to {@link Content#CHUNK_BYTES_MAX}
     * @param repeat how many times it stands there, at least 1
     */
    record Data(ObjectId chunk, int length, long repeat) implements Segment {
        public Data {
            if (length < 1 || length > Content.CHUNK_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "length (%d) must be from 1 to %d".formatted(length, Content.CHUNK_BYTES_MAX));
            }
            if (repeat < 1 || repeat > Long.MAX_VALUE / length) {
                throw new IllegalArgumentException(
                        "repeat (%d) of %d bytes must be at least 1 and give a file size".formatted(repeat, length));
            }
        }

        /** The chunk, once. */
        public Data(ObjectId chunk, int length) {
            this(chunk, length, 1);
        }

        @Override
        public long bytes() {
            return length * repeat;
        }
    }

    /** Bytes that are zero and take no space on disk. */
    record Hole(long bytes) implements Segment {
        public Hole {
            if (bytes < 1) {
                throw new IllegalArgumentException("bytes (%d) must be at least 1".formatted(bytes));
            }
        }
    }

    /** Whether {@code next}, right after this, would be one segment with it. */
    default boolean merges(Segment next) {
        return switch (this) {
            case Hole _ -> next instanceof Hole;
            case Data(ObjectId chunk, int _, long _) -> next instanceof Data data && data.chunk.equals(chunk);
        };
    }

    /**
     * The sum of two lengths.
     *
     * @throws IllegalArgumentException if it is no file size
     */
    static long plus(long a, long b) {
        long sum = a + b;
        if (a < 0 || b < 0 || sum < 0) {
            throw new IllegalArgumentException("a file of %d and %d bytes".formatted(a, b));
        }
        return sum;
    }
}
