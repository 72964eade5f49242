package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.lmdb.MetaPages.Meta;
import dev.cairn.cas.lmdb.MetaPages.Tree;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A walk over the B-trees of an LMDB file by plain I/O, which proves, before LMDB maps the file, that every page it can reach
 * from a meta page is inside the file, is what it must be, and is reached once.
 *
 * <p>Cost: one read for each branch and leaf page, none for the pages of large values: 1 in 150 containers. Memory: a bit a
 * page. A page that another process writes meanwhile looks like damage: the caller compares the meta pages before and after.
 */
final class PageWalk {

    private static final int BRANCH = 0x01;
    private static final int LEAF = 0x02;
    private static final int BIG_DATA = 0x01;
    private static final int SUB_TREE = 0x02;
    private static final int NODE_HEADER_BYTES = 8;
    private static final int KEY_BYTES_MAX = 511;
    private static final int DEPTH_MAX = 32;

    private final PageFile file;
    private final long fileBytes;
    private final int pageBytes;
    private final Meta meta;
    private final BitSet seen;
    private boolean freeTreeDone;

    /** Sees the rows of a tree in their order. */
    @FunctionalInterface
    interface RowVisitor {
        /**
         * A row.
         *
         * @param valuePage the first page of its value, or -1 where the value is in the leaf
         * @param value the value where it is in the leaf, else empty
         */
        void row(byte[] key, long valueBytes, long valuePage, ByteBuffer value);
    }

    PageWalk(PageFile file, MetaPages pages) throws IOException {
        this.file = file;
        this.fileBytes = file.bytes();
        this.pageBytes = pages.pageBytes();
        this.meta = pages.newest();
        long pagesMax = fileBytes / pageBytes + (1 << 20);
        if (meta.lastPage() > pagesMax || meta.lastPage() >= Integer.MAX_VALUE) {
            throw new CorruptDataException(
                    file.path().toString(), "at least " + (meta.lastPage() + 1) + " pages", fileBytes + " bytes");
        }
        this.seen = new BitSet((int) meta.lastPage() + 1);
    }

    /** Walks the tree of free pages and the main tree. Throws {@link CorruptDataException} at the first fault. */
    void all(RowVisitor visitor) throws IOException {
        try {
            tree(meta.free(), "free pages", this::freePages);
            freeTreeDone = true;
            tree(meta.main(), "main table", visitor);
        } catch (EOFException e) {
            throw CorruptDataException.because(file.path().toString(), "it is shorter than it says", e);
        }
    }

    /** As {@link #all}, and walks the tables that the main tree names: it has no other rows. */
    void allWithTables() throws IOException {
        all((key, valueBytes, valuePage, value) -> {
            String name = new String(key, java.nio.charset.StandardCharsets.UTF_8);
            if (value.remaining() != Tree.BYTES) {
                throw new CorruptDataException(file.path() + " " + name, "a table", value.remaining() + " bytes");
            }
            byte[] copy = new byte[Tree.BYTES];
            value.get(copy);
            Tree table = Tree.read(MetaPages.nativeOrder(copy), 0);
            if (table.flags() != 0) {
                throw new CorruptDataException(
                        file.path() + " " + name, "a table of plain keys", "flags " + table.flags());
            }
            try {
                tree(table, name, (k, n, p, v) -> {});
            } catch (IOException e) {
                throw CorruptDataException.because(file.path().toString(), "it cannot be read", e);
            }
        });
    }

    private void freePages(byte[] key, long valueBytes, long valuePage, ByteBuffer value) {
        byte[] list = new byte[value.remaining()];
        value.get(list);
        if (valueBytes > 8 * (meta.lastPage() + 1)) {
            throw new CorruptDataException(where(valuePage), "a list of free pages", valueBytes + " bytes");
        }
        try {
            if (valuePage >= 0) {
                list = file.read(valuePage * pageBytes + MetaPages.PAGE_HEADER_BYTES, (int) valueBytes);
            }
        } catch (IOException e) {
            throw CorruptDataException.because(where(valuePage), "it cannot be read", e);
        }
        ByteBuffer pages = MetaPages.nativeOrder(list);
        long count = list.length < 8 ? -1 : pages.getLong();
        if (count < 0 || count > pages.remaining() / 8) {
            throw new CorruptDataException(where(valuePage), "a list of free pages", count + " in " + list.length);
        }
        for (long i = 0; i < count; i++) {
            see(pages.getLong(), 1, false);
        }
    }

    private void tree(Tree tree, String name, RowVisitor visitor) throws IOException {
        if (tree.root() == MetaPages.NO_PAGE) {
            return;
        }
        if (tree.depth() < 1 || tree.depth() > DEPTH_MAX) {
            throw new CorruptDataException(file.path() + " " + name, "a depth", String.valueOf(tree.depth()));
        }
        Counts counts = new Counts();
        page(tree.root(), tree.depth(), visitor, counts);
        if (counts.entries != tree.entries()
                || counts.leaves != tree.leafPages()
                || counts.branches != tree.branchPages()
                || counts.overflows != tree.overflowPages()) {
            throw new CorruptDataException(
                    file.path() + " " + name, tree.entries() + " rows", counts.entries + " rows or other pages");
        }
    }

    private static final class Counts {
        long entries;
        long leaves;
        long branches;
        long overflows;
        byte[] lastKey = new byte[0];
    }

    private void page(long number, int levels, RowVisitor visitor, Counts counts) throws IOException {
        see(number, 1, true);
        byte[] bytes = file.read(number * pageBytes, pageBytes);
        ByteBuffer page = MetaPages.nativeOrder(bytes);
        int kind = Short.toUnsignedInt(page.getShort(10));
        int lower = Short.toUnsignedInt(page.getShort(12));
        int upper = Short.toUnsignedInt(page.getShort(14));
        if (page.getLong(0) != number || kind != (levels == 1 ? LEAF : BRANCH)) {
            throw new CorruptDataException(
                    where(number), levels == 1 ? "a leaf page" : "a branch page", page.getLong(0) + ", kind " + kind);
        }
        if (lower < MetaPages.PAGE_HEADER_BYTES || (lower & 1) != 0 || lower > upper || upper > pageBytes) {
            throw new CorruptDataException(where(number), "bounds of a page", lower + " and " + upper);
        }
        int nodes = (lower - MetaPages.PAGE_HEADER_BYTES) / 2;
        if (nodes < (levels == 1 ? 1 : 2)) {
            throw new CorruptDataException(where(number), "a page with entries", nodes + " entries");
        }
        for (int i = 0; i < nodes; i++) {
            int at = Short.toUnsignedInt(page.getShort(MetaPages.PAGE_HEADER_BYTES + 2 * i));
            if (at < upper || at > pageBytes - NODE_HEADER_BYTES) {
                throw new CorruptDataException(where(number), "an entry within the page", "offset " + at);
            }
            if (levels == 1) {
                leafNode(page, number, at, visitor, counts);
            } else {
                keyBytes(page, number, at, 0);
                long child = Short.toUnsignedLong(page.getShort(at))
                        | Short.toUnsignedLong(page.getShort(at + 2)) << 16
                        | Short.toUnsignedLong(page.getShort(at + 4)) << 32;
                page(child, levels - 1, visitor, counts);
            }
        }
        if (levels == 1) {
            counts.leaves++;
        } else {
            counts.branches++;
        }
    }

    private void leafNode(ByteBuffer page, long number, int at, RowVisitor visitor, Counts counts) {
        long valueBytes = Short.toUnsignedLong(page.getShort(at)) | Short.toUnsignedLong(page.getShort(at + 2)) << 16;
        int flags = Short.toUnsignedInt(page.getShort(at + 4));
        boolean big = (flags & BIG_DATA) != 0;
        if ((flags & ~(BIG_DATA | SUB_TREE)) != 0) {
            throw new CorruptDataException(where(number), "flags of an entry", String.valueOf(flags));
        }
        int keyBytes = keyBytes(page, number, at, big ? 8 : valueBytes);
        byte[] key = new byte[keyBytes];
        page.get(at + NODE_HEADER_BYTES, key);
        if (keyBytes == 0 || (counts.entries > 0 && !follows(counts.lastKey, key))) {
            throw new CorruptDataException(where(number), "ascending keys", "another order");
        }
        counts.lastKey = key;
        counts.entries++;
        int valueAt = at + NODE_HEADER_BYTES + keyBytes;
        if (big) {
            long first = page.getLong(valueAt);
            long count = (valueBytes + MetaPages.PAGE_HEADER_BYTES - 1) / pageBytes + 1;
            see(first, count, true);
            counts.overflows += count;
            visitor.row(key, valueBytes, first, ByteBuffer.allocate(0));
        } else {
            visitor.row(key, valueBytes, -1, page.slice(valueAt, (int) valueBytes));
        }
    }

    private int keyBytes(ByteBuffer page, long number, int at, long valueBytes) {
        int keyBytes = Short.toUnsignedInt(page.getShort(at + 6));
        if (keyBytes > KEY_BYTES_MAX || at + NODE_HEADER_BYTES + keyBytes + valueBytes > pageBytes) {
            throw new CorruptDataException(
                    where(number), "an entry within the page", "key of " + keyBytes + ", value of " + valueBytes);
        }
        return keyBytes;
    }

    /** Free pages have integer keys in the machine's byte order, all other tables plain bytes. */
    private boolean follows(byte[] before, byte[] key) {
        return freeTreeDone
                ? Arrays.compareUnsigned(before, key) < 0
                : before.length == 8
                        && key.length == 8
                        && MetaPages.nativeOrder(before).getLong()
                                < MetaPages.nativeOrder(key).getLong();
    }

    private void see(long number, long count, boolean inFile) {
        boolean inRange =
                number >= 2 && count >= 1 && number <= meta.lastPage() && count <= meta.lastPage() - number + 1;
        if (!inRange || (inFile && (number + count) * pageBytes > fileBytes)) {
            throw new CorruptDataException(
                    where(number), "pages inside a file of " + fileBytes + " bytes", count + " pages there");
        }
        int from = (int) number;
        int to = (int) (number + count);
        int next = seen.nextSetBit(from);
        if (next >= 0 && next < to) {
            throw new CorruptDataException(where(next), "a page that is used once", "a second use");
        }
        seen.set(from, to);
    }

    private String where(long page) {
        return file.path() + " page " + page;
    }
}
