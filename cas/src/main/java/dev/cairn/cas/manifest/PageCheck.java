package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;

/** Checks a page by itself: for whoever takes pages from a peer and cannot see the tree around them yet. */
public final class PageCheck {

    private static final int KIND_AT = 1;

    private PageCheck() {}

    /**
     * Decodes a page of a manifest or of a chunk list, and keeps nothing of it: its encoding, its counts, the paths in it, their
     * order. What stands in other pages is not looked at: see {@link ValidatedEntries}.
     *
     * @throws CorruptDataException if it is not one
     * @throws dev.cairn.cas.VersionMismatchException if a newer version wrote it
     */
    public static void requireWellFormed(ObjectId id, PlainObject object) {
        String where = "page " + id;
        byte[] body = object.body();
        boolean list = body.length > KIND_AT
                && (body[KIND_AT] == TreeFormat.SEGMENTS.leaf().kind()
                        || body[KIND_AT] == TreeFormat.SEGMENTS.branch().kind());
        if (list) {
            check(id, object, TreeFormat.SEGMENTS, where);
        } else {
            check(id, object, TreeFormat.ENTRIES, where);
        }
    }

    private static <T> void check(ObjectId id, PlainObject object, TreeFormat<T> tree, String where) {
        if (Page.level(object, tree, where) == 0) {
            items(id, object, tree.leaf(), where);
        } else {
            items(id, object, tree.branch(), where);
        }
    }

    private static <T> void items(ObjectId id, PlainObject object, PageFormat<T> format, String where) {
        Page<T> page = Page.decode(object, format, where);
        if (!page.items().isEmpty()) {
            // Adds up lengths and counts, which is a check too.
            PageRef unused = Page.summary(id, page.items(), format, where);
            if (unused.items() < 1) {
                throw new CorruptDataException(where, "a page that counts its items", String.valueOf(unused.items()));
            }
        }
    }
}
