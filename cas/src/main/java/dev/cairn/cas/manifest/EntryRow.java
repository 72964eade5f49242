package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands of an entry beside the columns that all have. Written one after the other, each where its shape has it:
 *
 * <ol>
 *   <li>segments (as in {@link SegmentPageFormat}, counted in the column of sizes), or the one chunk; of a list the number of
 *       its segments and its root
 *   <li>link target: length, bytes
 *   <li>device: major, minor
 *   <li>first path of a later hard link: the number of bytes its key shares with the entry's own, the number of those that
 *       follow, those
 *   <li>attributes: inline ({@link XattrEncoding}), or the length of their chunk and the chunk
 * </ol>
 *
 * @param content null of a file whose content is inline, and of all but files
 */
record EntryRow(
        EntryPath path,
        EntryShape shape,
        long size,
        @Nullable Content content,
        @Nullable LinkTarget target,
        @Nullable Device device,
        @Nullable HardLink link,
        Xattrs xattrs) {

    static void write(Entry entry, PageWriter page) {
        BodyWriter body = page.body;
        switch (entry.content()) {
            case null -> {}
            case Content.Inline _ -> {}
            case Content.Segments segments -> {
                Segment.Data single = segments.singleChunk();
                if (single != null) {
                    page.chunks.add(single.chunk());
                } else {
                    SegmentPageFormat.write(segments.list(), body, page.chunks);
                }
            }
            case Content.Listed listed -> {
                body.writeNumber(listed.segments());
                page.nodes.add(listed.root());
            }
        }
        if (entry.target() != null) {
            byte[] target = entry.requireTarget().sharedBytes();
            body.writeNumber(target.length);
            body.writeBytes(target);
        }
        if (entry.device() != null) {
            body.writeNumber(Integer.toUnsignedLong(entry.requireDevice().major()));
            body.writeNumber(Integer.toUnsignedLong(entry.requireDevice().minor()));
        }
        EntryPath first = entry.linkedTo();
        if (first != null) {
            writeFirst(first.sharedKey(), entry.path().sharedKey(), body);
        }
        switch (entry.metadata().xattrs()) {
            case Xattrs.Inline(List<Xattr> attributes) -> {
                if (!attributes.isEmpty()) {
                    XattrEncoding.write(attributes, body);
                }
            }
            case Xattrs.Stored(ObjectId chunk, int bytes) -> {
                body.writeNumber(bytes);
                page.chunks.add(chunk);
            }
        }
    }

    private static void writeFirst(byte[] first, byte[] own, BodyWriter body) {
        int shared = sharedBytes(first, own);
        body.writeNumber(shared);
        body.writeNumber(first.length - shared);
        body.writeBytes(first, shared, first.length - shared);
    }

    /**
     * Reads the row of the entry with that key and shape.
     *
     * @param size the number in the column of sizes, 0 where there is none
     */
    static EntryRow read(byte[] key, EntryShape shape, long size, PageReader page) {
        BodyReader body = page.body();
        Content content = readContent(shape, size, page);
        LinkTarget target = null;
        if (shape.type() == EntryType.SYMLINK) {
            int length = body.readInt(LinkTarget.BYTES_MAX, "length of a link target");
            target = new LinkTarget(body.readBytes(length, "link target"));
        }
        Device device = null;
        if (shape.type().isDevice()) {
            int major = (int) body.readNumber(0xffff_ffffL, "major number");
            device = new Device(major, (int) body.readNumber(0xffff_ffffL, "minor number"));
        }
        HardLink link = switch (shape.link()) {
            case NONE -> null;
            case FIRST -> new HardLink.First();
            case LATER -> new HardLink.Later(readFirst(key, body));
        };
        Xattrs xattrs = switch (shape.xattrs()) {
            case NONE -> Xattrs.none();
            case INLINE -> readInlineXattrs(body);
            case STORED -> {
                int length = body.readInt(Xattrs.BYTES_MAX, "length of attributes");
                yield new Xattrs.Stored(page.chunks().next(), length);
            }
        };
        return new EntryRow(EntryPath.ofKey(key), shape, size, content, target, device, link, xattrs);
    }

    private static @Nullable Content readContent(EntryShape shape, long size, PageReader page) {
        BodyReader body = page.body();
        return switch (shape.content()) {
            case NONE, INLINE -> null;
            case CHUNK ->
                new Content.Segments(
                        List.of(new Segment.Data(page.chunks().next(), bounded(size, Content.CHUNK_BYTES_MAX, body))));
            case SEGMENTS -> {
                int count = bounded(size, Content.SEGMENTS_MAX, body);
                Content.Segments segments = new Content.Segments(SegmentPageFormat.read(count, body, page.chunks()));
                if (segments.singleChunk() != null) {
                    throw body.corrupt("segments that are more than one chunk", "one chunk");
                }
                yield segments;
            }
            case LISTED -> {
                long segments = body.readNumber(size, "segments of a list");
                yield new Content.Listed(page.nodes().next(), size, segments);
            }
        };
    }

    private static int bounded(long value, int max, BodyReader body) {
        if (value > max) {
            throw body.corrupt("at most " + max, "%d".formatted(value));
        }
        return (int) value;
    }

    private static EntryPath readFirst(byte[] own, BodyReader body) {
        int shared = body.readInt(own.length, "shared bytes of a first path");
        int rest = body.readInt(EntryPath.PATH_BYTES_MAX, "length of a first path");
        if (shared + rest > EntryPath.PATH_BYTES_MAX || rest > body.remaining()) {
            throw body.corrupt("a first path", shared + " and " + rest + " bytes");
        }
        byte[] first = Arrays.copyOf(own, shared + rest);
        body.readBytes(first, shared, rest, "first path");
        if (sharedBytes(first, own) != shared) {
            throw body.corrupt("all shared bytes of a first path", shared + " of " + sharedBytes(first, own));
        }
        return EntryPath.ofKey(first);
    }

    private static Xattrs readInlineXattrs(BodyReader body) {
        List<Xattr> attributes = XattrEncoding.read(body);
        if (attributes.isEmpty()) {
            throw body.corrupt("attributes", "none");
        }
        return new Xattrs.Inline(attributes);
    }

    private static int sharedBytes(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** The bytes this entry takes of the column of inline contents. */
    long inlineBytes() {
        return shape.content() == EntryShape.ContentForm.INLINE ? size : 0;
    }

    /** The whole entry; reads its inline content. */
    Entry entry(long mtimeSeconds, int mtimeNanos, BodyReader body) {
        Content whole = content;
        if (shape.content() == EntryShape.ContentForm.INLINE) {
            int length = bounded(size, Content.INLINE_BYTES_MAX, body);
            whole = Content.inline(body.readBytes(length, "inline content"));
        }
        long bytes = whole != null ? whole.size() : target != null ? target.sharedBytes().length : size;
        return new Entry(
                path,
                shape.type(),
                new Metadata(shape.mode(), shape.owner(), mtimeSeconds, mtimeNanos, xattrs),
                bytes,
                whole,
                target,
                device,
                link,
                shape.changedWhileRead());
    }
}
