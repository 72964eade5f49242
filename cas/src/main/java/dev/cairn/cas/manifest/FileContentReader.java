package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file, read back in order as extents that join without gap. Holds one chunk and, of a long list, one page a
 * level. A chunk whose length is not what the content says is a {@link CorruptDataException} out of {@link #next}.
 *
 * <p>Not for use by several threads.
 */
public final class FileContentReader implements Iterator<Extent> {

    private final ObjectSource source;
    private final Iterator<Segment> segments;
    private long offset;

    /** Bytes of the next segment that are before the place where reading began. */
    private long skipped;

    private Segment.@Nullable Data repeated;
    private byte @Nullable [] chunk;
    private long repeatsLeft;
    private Content.@Nullable Inline inline;

    private FileContentReader(Content content, long start, ObjectSource source) {
        if (start < 0) {
            throw new IllegalArgumentException("start (%d) must not be negative".formatted(start));
        }
        this.source = source;
        this.offset = Math.min(start, content.size());
        switch (content) {
            case Content.Inline bytes -> {
                inline = offset < bytes.size() ? bytes : null;
                segments = List.<Segment>of().iterator();
            }
            case Content.Segments(List<Segment> list) -> {
                int first = 0;
                long passed = 0;
                while (first < list.size() && list.get(first).bytes() <= offset - passed) {
                    passed += list.get(first++).bytes();
                }
                skipped = offset - passed;
                segments = list.subList(first, list.size()).iterator();
            }
            case Content.Listed listed -> {
                ChunkList list = ChunkList.from(offset, listed, source);
                skipped = offset - list.offset();
                segments = list;
            }
        }
    }

    /** Reads all of {@code content}. */
    public static FileContentReader of(Content content, ObjectSource source) {
        return new FileContentReader(content, 0, source);
    }

    /** Reads {@code content} from byte {@code start} on; chunks and pages before it are not read. */
    public static FileContentReader from(long start, Content content, ObjectSource source) {
        return new FileContentReader(content, start, source);
    }

    @Override
    public boolean hasNext() {
        return inline != null || repeatsLeft > 0 || segments.hasNext();
    }

    @Override
    public Extent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Extent extent = nextExtent();
        offset += extent.length();
        return extent;
    }

    private Extent nextExtent() {
        if (inline != null) {
            byte[] bytes = inline.bytes();
            inline = null;
            return new Extent.Data(offset, bytes, (int) offset);
        }
        if (repeatsLeft == 0) {
            switch (segments.next()) {
                case Segment.Hole(long bytes) -> {
                    long length = bytes - skipped;
                    skipped = 0;
                    return new Extent.Hole(offset, length);
                }
                case Segment.Data data -> {
                    repeated = data;
                    chunk = null;
                    repeatsLeft = data.repeat() - skipped / data.length();
                    skipped %= data.length();
                }
            }
        }
        repeatsLeft--;
        int start = (int) skipped;
        skipped = 0;
        return new Extent.Data(offset, chunk(), start);
    }

    private byte[] chunk() {
        if (chunk == null && repeated != null) {
            ObjectId id = repeated.chunk();
            byte[] bytes = source.read(id, ObjectType.CHUNK).body();
            if (bytes.length != repeated.length()) {
                throw new CorruptDataException(
                        "chunk " + id, repeated.length() + " bytes, as the manifest says", bytes.length + " bytes");
            }
            chunk = bytes;
        }
        if (chunk == null) {
            throw new IllegalStateException("no chunk is open");
        }
        return chunk;
    }
}
