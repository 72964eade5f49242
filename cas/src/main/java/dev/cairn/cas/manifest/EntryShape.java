package dev.cairn.cas.manifest;

/**
 * What many entries of a page have in common: a table of them stands at its head, and an entry costs one byte for all of it.
 *
 * @param kind the fields below in one number: type (bits 0-2), hard link (3-4: none, first, later), attributes (5-6: none,
 *     inline, stored), content (7-9: none, inline, one chunk, segments, listed), changed while read (10)
 */
record EntryShape(int kind, int mode, Owner owner) {

    static final int KIND_MAX = (1 << 11) - 1;

    /** Where the bytes of a file are. In the order of their codes. */
    enum ContentForm {
        NONE(0),
        INLINE(1),
        CHUNK(2),
        SEGMENTS(3),
        LISTED(4);

        private final int code;

        ContentForm(int code) {
            this.code = code;
        }
    }

    /** Where the attributes are. In the order of their codes. */
    enum XattrForm {
        NONE(0),
        INLINE(1),
        STORED(2);

        private final int code;

        XattrForm(int code) {
            this.code = code;
        }
    }

    /** The place among hard links. In the order of their codes. */
    enum LinkForm {
        NONE(0),
        FIRST(1),
        LATER(2);

        private final int code;

        LinkForm(int code) {
            this.code = code;
        }
    }

    private static final EntryType[] TYPES = EntryType.values();
    private static final ContentForm[] CONTENTS = ContentForm.values();
    private static final XattrForm[] XATTRS = XattrForm.values();
    private static final LinkForm[] LINKS = LinkForm.values();

    EntryShape {
        if (kind < 0
                || kind > KIND_MAX
                || (kind & 7) == 0
                || ((kind >> 3) & 3) >= LINKS.length
                || ((kind >> 5) & 3) >= XATTRS.length
                || ((kind >> 7) & 7) >= CONTENTS.length) {
            throw new IllegalArgumentException("no kind of entry: " + kind);
        }
    }

    static EntryShape of(Entry entry) {
        LinkForm link = switch (entry.hardLink()) {
            case null -> LinkForm.NONE;
            case HardLink.First _ -> LinkForm.FIRST;
            case HardLink.Later _ -> LinkForm.LATER;
        };
        XattrForm xattrs = switch (entry.metadata().xattrs()) {
            case Xattrs.Inline inline -> inline.isEmpty() ? XattrForm.NONE : XattrForm.INLINE;
            case Xattrs.Stored _ -> XattrForm.STORED;
        };
        int kind = entry.type().code()
                | (link.code << 3)
                | (xattrs.code << 5)
                | (contentForm(entry).code << 7)
                | (entry.changedWhileRead() ? 1 << 10 : 0);
        return new EntryShape(kind, entry.metadata().mode(), entry.metadata().owner());
    }

    private static ContentForm contentForm(Entry entry) {
        return switch (entry.content()) {
            case null -> ContentForm.NONE;
            case Content.Inline _ -> ContentForm.INLINE;
            case Content.Segments segments -> segments.singleChunk() == null ? ContentForm.SEGMENTS : ContentForm.CHUNK;
            case Content.Listed _ -> ContentForm.LISTED;
        };
    }

    EntryType type() {
        return TYPES[(kind & 7) - 1];
    }

    LinkForm link() {
        return LINKS[(kind >> 3) & 3];
    }

    XattrForm xattrs() {
        return XATTRS[(kind >> 5) & 3];
    }

    ContentForm content() {
        return CONTENTS[(kind >> 7) & 7];
    }

    boolean changedWhileRead() {
        return kind >> 10 != 0;
    }

    /** Whether entries of this shape have a number in the column of sizes, see {@link EntryPageFormat}. */
    boolean hasSize() {
        return type() == EntryType.FILE;
    }
}
