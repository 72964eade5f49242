package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.ArrayList;
import java.util.List;

/**
 * Branch pages of maps: count, the last key beneath each page, the number of items beneath each. Every page is a node child,
 * in order.
 */
final class MapBranchFormat implements PageFormat<PageRef> {

    private static final int KIND = 2;
    private static final int FIXED_WEIGHT = 8;
    private static final int BYTES_MIN = 3;

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
        return FIXED_WEIGHT + ObjectId.BYTES + item.key().length;
    }

    @Override
    public void write(List<PageRef> items, PageWriter page) {
        page.body.writeNumber(items.size());
        KeyColumn.write(items.stream().map(PageRef::key).toList(), page.body);
        for (PageRef item : items) {
            page.body.writeNumber(item.items());
            page.nodes.add(item.page());
        }
    }

    @Override
    public List<PageRef> read(PageReader page) {
        BodyReader body = page.body();
        int count = body.readCount(Page.itemsMax(FIXED_WEIGHT + ObjectId.BYTES), BYTES_MIN, "pages");
        byte[][] keys = KeyColumn.read(count, body);
        List<PageRef> items = new ArrayList<>(count);
        for (byte[] key : keys) {
            long beneath = body.readNumber(Long.MAX_VALUE, "items beneath");
            if (beneath == 0) {
                throw body.corrupt("a page with items", "an empty one");
            }
            items.add(new PageRef(key, page.nodes().next(), beneath, 0));
        }
        return items;
    }

    @Override
    public PageRef summary(ObjectId id, List<PageRef> items) {
        long beneath = 0;
        for (PageRef item : items) {
            beneath = Math.addExact(beneath, item.items());
        }
        return new PageRef(items.getLast().key(), id, beneath, 0);
    }
}
