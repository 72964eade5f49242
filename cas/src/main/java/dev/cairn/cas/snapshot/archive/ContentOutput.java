package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Iterator;

/** Writes contents of files into archives. Holds one chunk. For one thread. */
final class ContentOutput {

    private static final byte[] ZEROS = new byte[64 << 10];

    private final ObjectSource objects;
    private final ExportProgress progress;
    private final Cancellation cancellation;

    ContentOutput(ObjectSource objects, ExportProgress progress, Cancellation cancellation) {
        this.objects = objects;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    ObjectSource objects() {
        return objects;
    }

    /** Where a content has bytes; one without holes, or with more stretches than a map holds, has them everywhere. */
    SparseMap map(Content content) throws IOException {
        Iterator<Segment> segments = segments(content);
        SparseMap.Builder stretches = new SparseMap.Builder();
        boolean holes = false;
        long position = 0;
        while (segments.hasNext()) {
            Segment segment = segments.next();
            if (segment instanceof Segment.Hole) {
                holes = true;
            } else {
                if (stretches.isFull()) {
                    return SparseMap.dense(content.size());
                }
                stretches.add(position, segment.bytes());
            }
            position += segment.bytes();
        }
        return holes ? stretches.build(position) : SparseMap.dense(content.size());
    }

    private Iterator<Segment> segments(Content content) {
        return switch (content) {
            case Content.Inline _ -> Collections.emptyIterator();
            case Content.Segments segments -> segments.list().iterator();
            case Content.Listed listed -> ChunkList.of(listed, objects);
        };
    }

    /**
     * Writes a content.
     *
     * @param holes whether holes are written, as zeros
     * @throws dev.cairn.cas.CorruptDataException if a chunk is damaged; part of it is written then
     */
    void write(Content content, boolean holes, OutputStream out) throws IOException {
        FileContentReader extents = FileContentReader.of(content, objects);
        while (extents.hasNext()) {
            cancellation.check();
            Extent extent = extents.next();
            switch (extent) {
                case Extent.Data data -> out.write(data.bytes(), data.start(), (int) data.length());
                case Extent.Hole hole -> {
                    for (long left = holes ? hole.length() : 0; left > 0; left -= ZEROS.length) {
                        cancellation.check();
                        out.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
                    }
                }
            }
            progress.bytes(extent.length());
        }
    }
}
