package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.ArrayList;
import java.util.List;

/**
 * Branch pages of chunk lists: count, the bytes of file beneath each page, the number of segments beneath each. The pages are
 * the node children; a list that repeats itself may name one of them more than once.
 */
final class ListBranchFormat implements PageFormat<PageRef> {

    private static final int KIND = 4;
    private static final int WEIGHT = 8 + ObjectId.BYTES;
    private static final int BYTES_MIN = 2;
    private static final byte[] NO_KEY = new byte[0];

    @Override
    public int kind() {
        return KIND;
    }

    @Override
    public byte[] key(PageRef item) {
        return item.key();
    }

    @Override
    public int weight(PageRef item) {
        return WEIGHT;
    }

    @Override
    public void write(List<PageRef> items, PageWriter page) {
        page.body.writeNumber(items.size());
        for (PageRef item : items) {
            page.body.writeNumber(item.bytes());
            page.nodes.add(item.page());
        }
        for (PageRef item : items) {
            page.body.writeNumber(item.items());
        }
    }

    @Override
    public List<PageRef> read(PageReader page) {
        BodyReader body = page.body();
        int count = body.readCount(Page.itemsMax(WEIGHT), BYTES_MIN, "pages");
        long[] bytes = new long[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = body.readNumber(Long.MAX_VALUE, "bytes beneath");
        }
        List<PageRef> items = new ArrayList<>(count);
        for (long length : bytes) {
            long segments = body.readNumber(length, "segments beneath");
            if (segments == 0) {
                throw body.corrupt("a page with segments", "an empty one");
            }
            items.add(new PageRef(NO_KEY, page.nodes().next(), segments, length));
        }
        return items;
    }

    @Override
    public PageRef summary(ObjectId id, List<PageRef> items) {
        long segments = 0;
        long bytes = 0;
        for (PageRef item : items) {
            segments = Math.addExact(segments, item.items());
            bytes = Math.addExact(bytes, item.bytes());
        }
        return new PageRef(items.getLast().key(), id, segments, bytes);
    }
}
