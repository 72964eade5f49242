package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The pages whose bytes are kept as golden files: one of each kind, with everything that it can hold. */
enum GoldenPages {
    ENTRIES("entries-leaf") {
        @Override
        PlainObject encode() {
            return Page.encode(TreeFormat.ENTRIES.leaf(), 0, entries());
        }
    },
    MAP_BRANCH("map-branch") {
        @Override
        PlainObject encode() {
            List<PageRef> pages = List.of(
                    new PageRef(key("a"), id(1), 1, 0),
                    new PageRef(key("a\0b"), id(2), 300, 0),
                    new PageRef(key("z\0\u00fc"), id(3), 70_000, 0));
            return Page.encode(TreeFormat.ENTRIES.branch(), 1, pages);
        }
    },
    SEGMENTS("segments-leaf") {
        @Override
        PlainObject encode() {
            return Page.encode(TreeFormat.SEGMENTS.leaf(), 0, segments());
        }
    },
    LIST_BRANCH("list-branch") {
        @Override
        PlainObject encode() {
            List<PageRef> pages = List.of(
                    new PageRef(new byte[0], id(1), 400, 26_000_000),
                    new PageRef(new byte[0], id(2), 2, 1L << 40),
                    new PageRef(new byte[0], id(1), 400, 26_000_000));
            return Page.encode(TreeFormat.SEGMENTS.branch(), 2, pages);
        }
    };

    final String fileName;

    GoldenPages(String name) {
        this.fileName = "page-" + name + ".bin";
    }

    TreeFormat<?> tree() {
        return switch (this) {
            case ENTRIES, MAP_BRANCH -> TreeFormat.ENTRIES;
            case SEGMENTS, LIST_BRANCH -> TreeFormat.SEGMENTS;
        };
    }

    abstract PlainObject encode();

    /** Decodes as a reader would who meets it first. */
    List<?> decode(PlainObject object) {
        TreeFormat<?> tree = tree();
        int level = Page.level(object, tree, "golden");
        return level == 0
                ? Page.decode(object, tree.leaf(), "golden").items()
                : Page.decode(object, tree.branch(), "golden").items();
    }

    /** Encodes what {@link #decode} gave. */
    static <T> PlainObject encode(TreeFormat<T> tree, int level, List<?> items) {
        if (level > 0) {
            return Page.encode(
                    tree.branch(),
                    level,
                    items.stream().map(PageRef.class::cast).toList());
        }
        @SuppressWarnings("unchecked")
        List<T> leafItems = (List<T>) items;
        return Page.encode(tree.leaf(), level, leafItems);
    }

    static List<Segment> segments() {
        return List.of(
                new Segment.Data(id(1), 65_536),
                new Segment.Hole(1L << 40),
                new Segment.Data(id(2), 1, 1_000_000),
                new Segment.Data(id(1), 65_536, 2),
                new Segment.Data(id(3), Content.CHUNK_BYTES_MAX));
    }

    static List<Entry> entries() {
        Owner user = new Owner(1000, -2, "j\u00fcrgen", "");
        Metadata directory = new Metadata(0755, Owner.ROOT, 1_700_000_000, 0, Xattrs.none());
        Metadata plain = new Metadata(0644, user, 1_700_000_001, 999_999_999, Xattrs.none());
        Metadata withXattrs = new Metadata(
                04755,
                Owner.ROOT,
                -1,
                1,
                new Xattrs.Inline(List.of(new Xattr(key("user.a"), new byte[0]), new Xattr(key("user.b"), key("x")))));
        Metadata withManyXattrs = new Metadata(01777, Owner.ROOT, Long.MIN_VALUE, 0, new Xattrs.Stored(id(9), 5000));
        List<Entry> entries = new ArrayList<>();
        entries.add(Entry.directory(EntryPath.ROOT, directory));
        entries.add(Entry.file(path("chunk"), plain, new Content.Segments(List.of(new Segment.Data(id(1), 4096)))));
        entries.add(
                Entry.file(path("chunk again"), plain, new Content.Segments(List.of(new Segment.Data(id(1), 4096)))));
        entries.add(Entry.directory(path("dir"), withManyXattrs));
        Entry first = Entry.file(path("dir/first"), withXattrs, Content.inline(key("tiny")))
                .asFirstLink();
        entries.add(first);
        entries.add(Entry.laterLink(path("dir/later"), first));
        entries.add(Entry.file(EntryPath.ROOT.child(new byte[] {'d', (byte) 0xff, '\n'}), plain, Content.empty()));
        entries.add(Entry.special(path("fifo"), EntryType.FIFO, plain));
        entries.add(Entry.file(path("listed"), plain, new Content.Listed(id(7), 1L << 42, 1L << 26))
                .asChangedWhileRead());
        entries.add(Entry.device(path("null"), EntryType.CHAR_DEVICE, directory, new Device(1, 3)));
        entries.add(Entry.device(path("sda"), EntryType.BLOCK_DEVICE, directory, new Device(-1, 1 << 20)));
        entries.add(Entry.file(path("segments"), plain, new Content.Segments(segments())));
        entries.add(Entry.special(path("socket"), EntryType.SOCKET, plain));
        entries.add(Entry.symlink(path("symlink"), plain, LinkTarget.of("../../etc/passwd")));
        entries.sort((a, b) -> a.path().compareTo(b.path()));
        return entries;
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectId id(int n) {
        return new ObjectId(n, n, n, n);
    }
}
