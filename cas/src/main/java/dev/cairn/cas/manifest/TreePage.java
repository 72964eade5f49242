package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a tree that was read and checked against what its parent says: level, counts and, in a map, its last key.
 *
 * @param items what stands in it, if its level is 0
 * @param pages what it refers to, if its level is above 0
 * @param summary what a parent must say of it; its key is of no meaning in a page without items
 * @param firstKey the key of the first of them; empty in lists, and in a page without items
 */
record TreePage<T>(int level, List<T> items, List<PageRef> pages, PageRef summary, byte[] firstKey) {

    private static final byte[] NO_KEY = {};

    /**
     * Reads a page.
     *
     * @param expected what its parent says; null for a root
     * @param levelExpected its parent's level, less one; ignored for a root
     * @throws CorruptDataException if it is not what it must be
     */
    static <T> TreePage<T> read(
            TreeFormat<T> format, ObjectSource source, ObjectId id, @Nullable PageRef expected, int levelExpected) {
        String where = where(id);
        PlainObject object = source.read(id, ObjectType.NODE);
        int level = Page.level(object, format, where);
        if (expected != null && level != levelExpected) {
            throw new CorruptDataException(where, "level " + levelExpected, "" + level);
        }
        if (level == 0) {
            List<T> items = Page.decode(object, format.leaf(), where).items();
            PageRef summary = check(format, id, expected, items, format.leaf(), where);
            return new TreePage<>(level, items, List.of(), summary, firstKey(format, items, format.leaf()));
        }
        List<PageRef> pages = Page.decode(object, format.branch(), where).items();
        if (expected == null && pages.size() < Page.ITEMS_MIN) {
            throw new CorruptDataException(where, "a root of two pages or more", pages.size() + " pages");
        }
        PageRef summary = check(format, id, expected, pages, format.branch(), where);
        return new TreePage<>(level, List.of(), pages, summary, firstKey(format, pages, format.branch()));
    }

    private static String where(ObjectId id) {
        return "page " + id;
    }

    int size() {
        return level == 0 ? items.size() : pages.size();
    }

    /**
     * Checks that a page of a map comes behind what was passed.
     *
     * @param passed the greatest key before it; null if there is none
     * @throws CorruptDataException if it does not
     */
    void requireBehind(byte @Nullable [] passed) {
        requireBehind(summary.page(), firstKey, passed);
    }

    /** As {@link #requireBehind(byte[])}, of a page that is known to begin so. */
    static void requireBehind(ObjectId page, byte[] firstKey, byte @Nullable [] passed) {
        if (passed != null && Arrays.compareUnsigned(firstKey, passed) <= 0) {
            throw new CorruptDataException(
                    where(page), "keys after " + EntryPath.render(passed), EntryPath.render(firstKey));
        }
    }

    private static <X> byte[] firstKey(TreeFormat<?> format, List<X> items, PageFormat<X> pageFormat) {
        return format.keyed() && !items.isEmpty() ? pageFormat.key(items.getFirst()) : NO_KEY;
    }

    private static <X> PageRef check(
            TreeFormat<?> format,
            ObjectId id,
            @Nullable PageRef expected,
            List<X> items,
            PageFormat<X> pageFormat,
            String where) {
        if (items.isEmpty()) {
            if (expected != null) {
                throw new CorruptDataException(where, "a page with items", "an empty one");
            }
            return new PageRef(NO_KEY, id, 0, 0);
        }
        PageRef actual = Page.summary(id, items, pageFormat, where);
        if (expected == null) {
            return actual;
        }
        if (actual.items() != expected.items() || actual.bytes() != expected.bytes()) {
            throw new CorruptDataException(
                    where,
                    "%d items of %d bytes".formatted(expected.items(), expected.bytes()),
                    "%d items of %d bytes".formatted(actual.items(), actual.bytes()));
        }
        if (format.keyed() && !Arrays.equals(expected.key(), actual.key())) {
            throw new CorruptDataException(
                    where, "the last key " + EntryPath.render(expected.key()), EntryPath.render(actual.key()));
        }
        return actual;
    }
}
