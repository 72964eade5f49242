package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.Arrays;

/** Compares a file with what the snapshot says it holds, extent by extent. One thread. */
final class ContentComparison {

    private static final int BUFFER_BYTES = 256 << 10;

    private final ObjectSource objects;
    private final Cancellation cancellation;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    ContentComparison(ObjectSource objects, Cancellation cancellation) {
        this.objects = objects;
        this.cancellation = cancellation;
    }

    /** Where the first difference is, or -1 where {@code file} holds just {@code content}. */
    long firstDifference(OpenFile file, Content content) throws IOException {
        long size = file.stat().size();
        FileContentReader extents = FileContentReader.of(content, objects);
        while (extents.hasNext()) {
            cancellation.check();
            Extent extent = extents.next();
            long different = switch (extent) {
                case Extent.Data data -> compare(file, data);
                case Extent.Hole hole -> compare(file, hole);
            };
            if (different >= 0) {
                return different;
            }
        }
        return size == content.size() ? -1 : Math.min(size, content.size());
    }

    private long compare(OpenFile file, Extent.Data data) throws IOException {
        for (int done = 0; done < data.length(); done += BUFFER_BYTES) {
            int length = (int) Math.min(BUFFER_BYTES, data.length() - done);
            int read = Math.max(0, file.read(data.offset() + done, buffer, 0, length));
            int from = data.start() + done;
            int mismatch = Arrays.mismatch(buffer, 0, read, data.bytes(), from, from + length);
            if (mismatch >= 0) {
                return data.offset() + done + mismatch;
            }
        }
        return -1;
    }

    private long compare(OpenFile file, Extent.Hole hole) throws IOException {
        long end = hole.offset() + hole.length();
        long position = hole.offset();
        while (position < end) {
            cancellation.check();
            long data = file.seekData(position);
            if (data < 0 || data >= end) {
                return file.stat().size() >= end ? -1 : file.stat().size();
            }
            int length = (int) Math.min(BUFFER_BYTES, end - data);
            int read = Math.max(0, file.read(data, buffer, 0, length));
            for (int i = 0; i < read; i++) {
                if (buffer[i] != 0) {
                    return data + i;
                }
            }
            if (read < length) {
                return data + read;
            }
            position = data + length;
        }
        return -1;
    }
}
