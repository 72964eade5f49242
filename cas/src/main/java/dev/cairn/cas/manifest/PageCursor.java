package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree of pages: before an item, before a page that was not read yet, or at the end. Moves forward only. Holds
 * one page a level, and checks each page that it reads against what its parent says: level, bounds, counts.
 *
 * <p>Not for use by several threads.
 */
final class PageCursor<T> {

    private final TreeFormat<T> format;
    private final ObjectSource source;
    private final @Nullable PageLosses losses;

    private final PageRef total;

    /** The pages from the root down to where the cursor is; empty at the end. */
    private final List<Frame<T>> frames = new ArrayList<>();

    /** The greatest key that was passed; null at the start, and in lists. */
    private byte @Nullable [] passed;

    /** A page and the index of the item, or page, before which the cursor stands: never at its end. */
    private static final class Frame<T> {
        final int level;
        final List<T> items;
        final List<PageRef> pages;
        int index;

        Frame(int level, List<T> items, List<PageRef> pages) {
            this.level = level;
            this.items = items;
            this.pages = pages;
        }

        int size() {
            return level == 0 ? items.size() : pages.size();
        }
    }

    /** Hears of pages that could not be read and were passed over. */
    @FunctionalInterface
    interface PageLosses {
        void lost(PageRef page, CorruptDataException damage);
    }

    /** Opens the tree at its start; reads the root. */
    PageCursor(TreeFormat<T> format, ObjectId root, ObjectSource source) {
        this(format, root, source, null);
    }

    /** As {@link #PageCursor(TreeFormat, ObjectId, ObjectSource)}; passes over pages that are damaged if there is somebody to tell. */
    PageCursor(TreeFormat<T> format, ObjectId root, ObjectSource source, @Nullable PageLosses losses) {
        this.format = format;
        this.source = source;
        this.losses = losses;
        total = push(root, null);
        if (total.items() == 0) {
            frames.clear();
        }
    }

    /** What the root says of the whole tree; its key is of no meaning. */
    PageRef total() {
        return total;
    }

    boolean atEnd() {
        return frames.isEmpty();
    }

    /** The level of the page that holds what the cursor is before; 0 where that is an item. Not at the end. */
    int level() {
        return frames.getLast().level;
    }

    /** The item before which the cursor stands; only where {@link #level} is 0. */
    T item() {
        Frame<T> frame = frames.getLast();
        return frame.items.get(frame.index);
    }

    /** The page before which the cursor stands; only where {@link #level} is above 0. */
    PageRef page() {
        Frame<T> frame = frames.getLast();
        return frame.pages.get(frame.index);
    }

    /** The greatest key that was passed or skipped; null at the start, and in lists. */
    byte @Nullable [] passed() {
        return passed;
    }

    /** Goes into the page before which the cursor stands; past it, if it is damaged and there is somebody to tell. */
    void descend() {
        PageRef page = page();
        if (losses == null) {
            push(page.page(), page);
            return;
        }
        try {
            push(page.page(), page);
        } catch (CorruptDataException e) {
            losses.lost(page, e);
            skip();
        }
    }

    /** Goes past the item, or past the whole page, before which the cursor stands. */
    void skip() {
        Frame<T> frame = frames.getLast();
        if (format.keyed()) {
            passed = frame.level == 0
                    ? format.leaf().key(frame.items.get(frame.index))
                    : frame.pages.get(frame.index).key();
        }
        frame.index++;
        while (frames.getLast().index == frames.getLast().size()) {
            frames.removeLast();
            if (frames.isEmpty()) {
                return;
            }
            frames.getLast().index++;
        }
    }

    /** Descends until the cursor stands before an item or at the end; whether it is before an item. */
    boolean toItem() {
        while (!atEnd() && level() > 0) {
            descend();
        }
        return !atEnd();
    }

    /**
     * Moves forward to the first item whose key is at least {@code key}, in a map; reads one page a level at most. Whether
     * there is one.
     */
    boolean seek(byte[] key) {
        while (!atEnd()) {
            if (level() == 0) {
                if (Arrays.compareUnsigned(format.leaf().key(item()), key) >= 0) {
                    return true;
                }
                skip();
            } else if (Arrays.compareUnsigned(page().key(), key) >= 0) {
                descend();
            } else {
                skip();
            }
        }
        return false;
    }

    private PageRef push(ObjectId id, @Nullable PageRef expected) {
        int level = expected == null ? 0 : frames.getLast().level - 1;
        TreePage<T> page = TreePage.read(format, source, id, expected, level);
        if (format.keyed() && expected != null) {
            page.requireBehind(passed);
        }
        frames.add(new Frame<>(page.level(), page.items(), page.pages()));
        return page.summary();
    }
}
