package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds a tree of pages from its items in order, bottom-up: holds one open page a level. Equal items give equal pages.
 *
 * <p>Not for use by several threads.
 */
final class PageTreeBuilder<T> {

    private final TreeFormat<T> format;
    private final ObjectSink sink;
    private final PageBoundary boundary;
    private final OpenPage<T> leaf;
    private final List<OpenPage<PageRef>> branches = new ArrayList<>();

    PageTreeBuilder(TreeFormat<T> format, ObjectSink sink, PageBoundary boundary) {
        this.format = format;
        this.sink = sink;
        this.boundary = boundary;
        leaf = new OpenPage<>(format.leaf(), 0);
    }

    void add(T item) {
        if (leaf.add(item)) {
            addBranch(1, leaf.close());
        }
    }

    /** Closes all pages and returns the root. A tree without items is one empty leaf. */
    ObjectId finish() {
        if (branches.isEmpty()) {
            return leaf.put();
        }
        if (!leaf.items.isEmpty()) {
            addBranch(1, leaf.close());
        }
        for (int level = 1; level < branches.size(); level++) {
            OpenPage<PageRef> branch = branches.get(level - 1);
            if (!branch.items.isEmpty()) {
                addBranch(level + 1, branch.close());
            }
        }
        OpenPage<PageRef> top = branches.getLast();
        return top.items.size() == 1 ? top.items.getFirst().page() : top.put();
    }

    private void addBranch(int level, PageRef page) {
        if (level == TreeFormat.LEVELS_MAX) {
            throw new IllegalStateException("a tree of more than " + level + " levels");
        }
        if (branches.size() < level) {
            branches.add(new OpenPage<>(format.branch(), level));
        }
        OpenPage<PageRef> branch = branches.get(level - 1);
        if (branch.add(page)) {
            addBranch(level + 1, branch.close());
        }
    }

    /** The page of one level that still takes items. */
    private final class OpenPage<X> {

        private final PageFormat<X> pageFormat;
        private final int level;
        private List<X> items = new ArrayList<>();
        private long weight;

        OpenPage(PageFormat<X> pageFormat, int level) {
            this.pageFormat = pageFormat;
            this.level = level;
        }

        /** Whether the page ends after {@code item}. */
        boolean add(X item) {
            items.add(item);
            int itemWeight = pageFormat.weight(item);
            weight += itemWeight;
            return items.size() >= Page.ITEMS_MIN
                    && (weight >= Page.FORCED_BYTES
                            || Page.endsAfter(boundary.hash(level, pageFormat.key(item)), itemWeight));
        }

        ObjectId put() {
            return sink.put(Page.encode(pageFormat, level, items));
        }

        /** Puts the page, begins the next, and returns what a branch says of it. */
        PageRef close() {
            PageRef ref = pageFormat.summary(put(), items);
            items = new ArrayList<>();
            weight = 0;
            return ref;
        }
    }
}
