package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaf pages of maps from path to entry. Columns, after the count of entries:
 *
 * <ol>
 *   <li>keys ({@link KeyColumn})
 *   <li>shapes ({@link ShapeTable})
 *   <li>mtime, seconds: signed, the difference from the entry before, the first from 0
 *   <li>mtime, nanoseconds: a byte, 0 if all are zero; else 1, then four bytes each
 *   <li>sizes, for files only: of one inline or of one chunk its length; the number of segments; of a list and of a later hard
 *       link the size of the file
 *   <li>rows: for each entry what few have, in the order of {@link EntryRow}
 *   <li>inline contents
 * </ol>
 *
 * An empty page is the count alone.
 */
final class EntryPageFormat implements PageFormat<Entry> {

    private static final int KIND = 1;

    /** The least that an entry but the first takes: key, mtime. */
    private static final int BYTES_MIN = 4;

    /** What keys, shapes, times and sizes take, about, beside the name. */
    private static final int FIXED_WEIGHT = 8;

    private static final int SEGMENT_WEIGHT = 4;

    @Override
    public int kind() {
        return KIND;
    }

    @Override
    public byte[] key(Entry item) {
        return item.path().sharedKey();
    }

    /**
     * {@value #FIXED_WEIGHT}, the bytes of the name, an eighth of those of the key, those of inline content, link target,
     * inline attributes and of the first path of a later hard link, {@value #SEGMENT_WEIGHT} for each segment in the entry,
     * 32 for each reference to a child.
     */
    @Override
    public int weight(Entry item) {
        byte[] key = item.path().sharedKey();
        int weight = FIXED_WEIGHT + item.path().nameLength() + key.length / KeyColumn.KEY_BYTES_PER_WEIGHT;
        weight += switch (item.content()) {
            case null -> 0;
            case Content.Inline(byte[] bytes) -> bytes.length;
            case Content.Segments(List<Segment> list) -> segmentsWeight(list);
            case Content.Listed _ -> ObjectId.BYTES;
        };
        weight += switch (item.metadata().xattrs()) {
            case Xattrs.Inline(List<Xattr> list) -> list.isEmpty() ? 0 : (int) XattrEncoding.encodedBytes(list);
            case Xattrs.Stored _ -> ObjectId.BYTES;
        };
        LinkTarget target = item.target();
        if (target != null) {
            weight += target.sharedBytes().length;
        }
        EntryPath first = item.linkedTo();
        return first == null ? weight : weight + first.sharedKey().length;
    }

    private static int segmentsWeight(List<Segment> list) {
        int weight = 0;
        for (Segment segment : list) {
            weight += SEGMENT_WEIGHT + (segment instanceof Segment.Data ? ObjectId.BYTES : 0);
        }
        return weight;
    }

    @Override
    public void write(List<Entry> items, PageWriter page) {
        BodyWriter body = page.body;
        body.writeNumber(items.size());
        if (items.isEmpty()) {
            return;
        }
        KeyColumn.write(items.stream().map(this::key).toList(), body);
        List<EntryShape> shapes = items.stream().map(EntryShape::of).toList();
        ShapeTable.write(shapes, body);
        writeTimes(items, body);
        for (int i = 0; i < items.size(); i++) {
            if (shapes.get(i).hasSize()) {
                body.writeNumber(sizeColumn(items.get(i)));
            }
        }
        for (int i = 0; i < items.size(); i++) {
            EntryRow.write(items.get(i), page);
        }
        for (Entry item : items) {
            if (item.content() instanceof Content.Inline(byte[] bytes)) {
                body.writeBytes(bytes);
            }
        }
    }

    private static long sizeColumn(Entry item) {
        return item.content() instanceof Content.Segments segments && segments.singleChunk() == null
                ? segments.list().size()
                : item.size();
    }

    private static void writeTimes(List<Entry> items, BodyWriter body) {
        long previous = 0;
        boolean nanos = false;
        for (Entry item : items) {
            body.writeSigned(item.metadata().mtimeSeconds() - previous);
            previous = item.metadata().mtimeSeconds();
            nanos |= item.metadata().mtimeNanos() != 0;
        }
        body.writeByte(nanos ? 1 : 0);
        for (int i = 0; nanos && i < items.size(); i++) {
            body.writeFixedInt(items.get(i).metadata().mtimeNanos());
        }
    }

    @Override
    public List<Entry> read(PageReader page) {
        BodyReader body = page.body();
        int count = body.readCount(Page.itemsMax(FIXED_WEIGHT), BYTES_MIN, "entries");
        if (count == 0) {
            return List.of();
        }
        byte[][] keys = KeyColumn.read(count, body);
        EntryShape[] shapes = ShapeTable.read(count, body);
        long[] seconds = readSeconds(count, body);
        int[] nanos = readNanos(count, body);
        long[] sizes = new long[count];
        long inline = 0;
        for (int i = 0; i < count; i++) {
            if (shapes[i].hasSize()) {
                sizes[i] = body.readNumber(Long.MAX_VALUE, "size");
            }
        }
        List<EntryRow> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            EntryRow row = EntryRow.read(keys[i], shapes[i], sizes[i], page);
            inline += row.inlineBytes();
            rows.add(row);
        }
        if (inline > body.remaining()) {
            throw body.corrupt("%d bytes of inline content".formatted(inline), "%d".formatted(body.remaining()));
        }
        List<Entry> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(rows.get(i).entry(seconds[i], nanos[i], body));
        }
        return items;
    }

    private static long[] readSeconds(int count, BodyReader body) {
        long[] seconds = new long[count];
        long previous = 0;
        for (int i = 0; i < count; i++) {
            previous += body.readSigned("mtime");
            seconds[i] = previous;
        }
        return seconds;
    }

    private static int[] readNanos(int count, BodyReader body) {
        int[] nanos = new int[count];
        int flag = body.readInt(1, "flag of nanoseconds");
        boolean any = false;
        for (int i = 0; flag == 1 && i < count; i++) {
            nanos[i] = body.readFixedInt("nanoseconds");
            any |= nanos[i] != 0;
        }
        if (flag == 1 && !any) {
            throw body.corrupt("no nanoseconds where all are zero", "them");
        }
        return nanos;
    }

    @Override
    public PageRef summary(ObjectId id, List<Entry> items) {
        return new PageRef(key(items.getLast()), id, items.size(), 0);
    }
}
