package dev.cairn.cas.manifest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The differences of two maps, as pairs in the order of keys. Pages that both have are skipped whole, without reading them; a
 * page that only one has is read once: the cost is that of the pages that differ, times the levels.
 *
 * <h2>Method</h2>
 *
 * Two cursors stand before an item or before a page not yet read. All that a cursor will still meet is above the greatest key
 * it passed. So an item of one side at or below what the other has passed is on one side only, and needs no reading of the
 * other; otherwise the side that stands higher in its tree descends, until both stand before items and these are compared.
 */
final class PageMerge<E> {

    private final TreeFormat<E> format;
    private final PageCursor<E> left;
    private final PageCursor<E> right;
    private @Nullable E before;
    private @Nullable E after;

    PageMerge(TreeFormat<E> format, PageCursor<E> left, PageCursor<E> right) {
        this.format = format;
        this.left = left;
        this.right = right;
    }

    /** Goes to the next pair that differs; false if there is none. */
    boolean advance() {
        before = null;
        after = null;
        while (before == null && after == null) {
            if (left.atEnd() && right.atEnd()) {
                return false;
            }
            step();
        }
        return true;
    }

    /** The item of the left map; null if it has none with that key. */
    @Nullable
    E before() {
        return before;
    }

    /** The item of the right map; null if it has none with that key. */
    @Nullable
    E after() {
        return after;
    }

    private void step() {
        boolean leftFirst = right.atEnd() || (!left.atEnd() && isBelow(left, right));
        boolean rightFirst = left.atEnd() || (!right.atEnd() && isBelow(right, left));
        if (leftFirst) {
            takeOrDescend(left, true);
        } else if (rightFirst) {
            takeOrDescend(right, false);
        } else if (left.level() == 0 && right.level() == 0) {
            compareItems();
        } else if (left.level() == right.level()) {
            if (left.page().page().equals(right.page().page())) {
                left.skip();
                right.skip();
            } else {
                left.descend();
                right.descend();
            }
        } else if (left.level() > right.level()) {
            left.descend();
        } else {
            right.descend();
        }
    }

    /** Whether all of what {@code one} stands before is at or below what {@code other} has passed. */
    private boolean isBelow(PageCursor<E> one, PageCursor<E> other) {
        byte[] passed = other.passed();
        byte[] key =
                one.level() == 0 ? format.leaf().key(one.item()) : one.page().key();
        return passed != null && Arrays.compareUnsigned(key, passed) <= 0;
    }

    private void takeOrDescend(PageCursor<E> cursor, boolean isLeft) {
        if (cursor.level() > 0) {
            cursor.descend();
            return;
        }
        if (isLeft) {
            before = cursor.item();
        } else {
            after = cursor.item();
        }
        cursor.skip();
    }

    private void compareItems() {
        E leftItem = left.item();
        E rightItem = right.item();
        int order = Arrays.compareUnsigned(
                format.leaf().key(leftItem), format.leaf().key(rightItem));
        if (order <= 0) {
            before = leftItem;
            left.skip();
        }
        if (order >= 0) {
            after = rightItem;
            right.skip();
        }
        if (order == 0 && leftItem.equals(rightItem)) {
            before = null;
            after = null;
        }
    }
}
