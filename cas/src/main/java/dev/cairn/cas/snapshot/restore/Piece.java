package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file, small enough to be written in one go: neighbouring chunks, which mostly stand in a few records, or a hole.
 *
 * @param parts none for a hole
 * @param length of all, in bytes
 */
record Piece(List<Part> parts, long length) {

    /**
     * Pieces are cut at this many bytes; one chunk can be longer. Some records: where a piece held about one, two workers went through a
     * file in step, one waiting while the other opened the record in which its piece began.
     */
    static final int BYTES = 4 << 20;

    /** A chunk, {@code count} times in a row from {@code offset} on. */
    record Part(long offset, ObjectId chunk, int length, long count) {}

    boolean isHole() {
        return parts.isEmpty();
    }

    /** The pieces of a content that is not inline, in order. Pages of a long list are read as they are reached. */
    static Iterator<Piece> of(Content content, ObjectSource objects) {
        return new Cutter(
                switch (content) {
                    case Content.Inline _ -> throw new IllegalArgumentException("an inline content has no pieces");
                    case Content.Segments(List<Segment> list) -> list.iterator();
                    case Content.Listed listed -> ChunkList.of(listed, objects);
                });
    }

    private static final class Cutter implements Iterator<Piece> {

        private final Iterator<Segment> segments;
        private long offset;
        private @Nullable Segment begun;
        private long repeatsLeft;

        Cutter(Iterator<Segment> segments) {
            this.segments = segments;
        }

        @Override
        public boolean hasNext() {
            return begun != null || segments.hasNext();
        }

        @Override
        public Piece next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            List<Part> parts = new ArrayList<>();
            long length = 0;
            while (length < BYTES && hasNext()) {
                switch (segment()) {
                    case Segment.Hole(long bytes) -> {
                        if (!parts.isEmpty()) {
                            return new Piece(parts, length);
                        }
                        begun = null;
                        offset += bytes;
                        return new Piece(List.of(), bytes);
                    }
                    case Segment.Data data -> {
                        long count = Math.min(repeatsLeft, Math.max(1, (BYTES - length) / data.length()));
                        parts.add(new Part(offset, data.chunk(), data.length(), count));
                        offset += count * data.length();
                        length += count * data.length();
                        repeatsLeft -= count;
                        if (repeatsLeft == 0) {
                            begun = null;
                        }
                    }
                }
            }
            return new Piece(parts, length);
        }

        private Segment segment() {
            Segment segment = begun;
            if (segment == null) {
                segment = segments.next();
                begun = segment;
                repeatsLeft = segment instanceof Segment.Data data ? data.repeat() : 0;
            }
            return segment;
        }
    }

    /**
     * Writes the data where it belongs; neighbours that stand side by side in a record by one call. May run in any thread.
     *
     * @throws CorruptDataException if a chunk cannot be read, or is not as long as the manifest says
     */
    void write(OpenFile file, ObjectSource objects) throws IOException {
        ObjectSource.Bytes gathered = null;
        long start = 0;
        for (Part part : parts) {
            ObjectSource.Bytes bytes = objects.chunk(part.chunk);
            if (bytes.length() != part.length) {
                throw new CorruptDataException(
                        "chunk " + part.chunk, part.length + " bytes, as the manifest says", bytes.length() + " bytes");
            }
            for (long i = 0; i < part.count; i++) {
                if (gathered != null && gathered.isFollowedBy(bytes)) {
                    gathered = gathered.with(bytes);
                    continue;
                }
                if (gathered != null) {
                    file.write(start, gathered.array(), gathered.offset(), gathered.length());
                }
                start = part.offset + i * part.length;
                gathered = bytes;
            }
        }
        if (gathered != null) {
            file.write(start, gathered.array(), gathered.offset(), gathered.length());
        }
    }
}
