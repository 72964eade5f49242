package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The two meta pages of an LMDB file, read by plain I/O before LMDB sees them: LMDB believes them, and what they say wrongly
 * ends in SIGBUS.
 *
 * <p>Layout (LMDB 0.9 on 64-bit machines, in the machine's byte order): a page header of 16 bytes (number 8, pad 2, flags 2,
 * bounds 4), then magic 4, version 4, address 8, map size 8, two tree descriptions of 48 bytes (the first begins with the
 * page size and the environment's flags), last page 8, transaction 8. Two pages take turns: an even transaction is in the
 * first, an odd one in the second.
 *
 * <p>Only the newest counts. Where writing one failed, LMDB writes over it what makes it the older one again, and leaves it with
 * trees that were never committed: so the older one is only looked at for what makes it a meta page.
 *
 * @param pageBytes of the whole file
 * @param firstPage the bytes of page 0 as read
 * @param secondPage the bytes of page 1 as read
 */
record MetaPages(int pageBytes, Meta first, Meta second, byte[] firstPage, byte[] secondPage) {

    /** Bytes of the header of every page. */
    static final int PAGE_HEADER_BYTES = 16;

    /** LMDB's sign for "no page". */
    static final long NO_PAGE = -1;

    private static final int META_FLAG = 0x08;
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int DATA_VERSION = 1;
    private static final int PAGE_BYTES_MIN = 4096;
    private static final int PAGE_BYTES_MAX = 32768;
    private static final int FREE_TREE_AT = 40;
    private static final int MAIN_TREE_AT = 88;
    private static final int LAST_PAGE_AT = 136;
    private static final int TRANSACTION_AT = 144;
    private static final int INTEGER_KEY = 0x08;

    /** The environment's flags stand with those of the tree of free pages; this one says that it is a file, not a folder. */
    private static final int NO_FOLDER = 0x4000;

    private static final int DEPTH_MAX = 32;

    /** One meta page. */
    record Meta(long transaction, long lastPage, Tree free, Tree main) {}

    /**
     * A B-tree as LMDB describes it.
     *
     * @param root number of its root page, or {@link #NO_PAGE}
     */
    record Tree(int flags, int depth, long branchPages, long leafPages, long overflowPages, long entries, long root) {

        /** Length of a description, in bytes. */
        static final int BYTES = 48;

        /** Reads a description at {@code at}; {@code buffer} is in the machine's byte order. */
        static Tree read(ByteBuffer buffer, int at) {
            return new Tree(
                    Short.toUnsignedInt(buffer.getShort(at + 4)),
                    Short.toUnsignedInt(buffer.getShort(at + 6)),
                    buffer.getLong(at + 8),
                    buffer.getLong(at + 16),
                    buffer.getLong(at + 24),
                    buffer.getLong(at + 32),
                    buffer.getLong(at + 40));
        }
    }

    /**
     * Reads and checks them.
     *
     * @throws CorruptDataException if they cannot be what LMDB wrote
     */
    static MetaPages read(PageFile file) throws IOException {
        String where = file.path().toString();
        if (file.bytes() < 2L * PAGE_BYTES_MIN) {
            throw new CorruptDataException(where, "two meta pages", file.bytes() + " bytes");
        }
        byte[] head = file.read(0, PAGE_BYTES_MIN);
        int pageBytes = nativeOrder(head).getInt(FREE_TREE_AT);
        if (Integer.bitCount(pageBytes) != 1 || pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX) {
            throw new CorruptDataException(where + " page 0", "a page size", Integer.toUnsignedString(pageBytes));
        }
        if (file.bytes() < 2L * pageBytes) {
            throw new CorruptDataException(where, "two meta pages", file.bytes() + " bytes");
        }
        byte[] first = file.read(0, pageBytes);
        byte[] second = file.read(pageBytes, pageBytes);
        MetaPages pages = new MetaPages(pageBytes, parse(first, 0, where), parse(second, 1, where), first, second);
        pages.requireNeighbours(where);
        requireSound(pages.newest(), where + " page " + pages.newestPage());
        return pages;
    }

    private static Meta parse(byte[] page, int number, String file) {
        String where = file + " page " + number;
        ByteBuffer buffer = nativeOrder(page);
        require(where, "page number", number, buffer.getLong(0));
        require(where, "meta page flag", META_FLAG, Short.toUnsignedInt(buffer.getShort(10)));
        require(where, "magic", MAGIC, buffer.getInt(16));
        if (buffer.getInt(20) != DATA_VERSION) {
            throw new CorruptDataException(where, "LMDB data version 1", buffer.getInt(20) + "");
        }
        require(where, "page size", page.length, buffer.getInt(FREE_TREE_AT));
        return new Meta(
                buffer.getLong(TRANSACTION_AT),
                buffer.getLong(LAST_PAGE_AT),
                Tree.read(buffer, FREE_TREE_AT),
                Tree.read(buffer, MAIN_TREE_AT));
    }

    private static void requireSound(Meta meta, String where) {
        if (meta.lastPage < 1 || (meta.free.flags & ~NO_FOLDER) != INTEGER_KEY || meta.main.flags != 0) {
            throw new CorruptDataException(
                    where,
                    "a meta page",
                    "last page %d, flags %d and %d".formatted(meta.lastPage, meta.free.flags, meta.main.flags));
        }
        requireTree(where, meta.free, meta.lastPage);
        requireTree(where, meta.main, meta.lastPage);
    }

    private static void requireTree(String where, Tree tree, long lastPage) {
        boolean empty = tree.root == NO_PAGE && tree.depth == 0;
        boolean full = tree.root >= 2 && tree.root <= lastPage && tree.depth >= 1 && tree.depth <= DEPTH_MAX;
        if (!empty && !full) {
            throw new CorruptDataException(
                    where, "a root page up to " + lastPage, "page " + tree.root + " at depth " + tree.depth);
        }
    }

    private static void require(String where, String what, long expected, long actual) {
        if (expected != actual) {
            throw new CorruptDataException(where, what + " " + expected, String.valueOf(actual));
        }
    }

    /** Transactions follow each other and take turns; a file that was just made has 0 in both. */
    private void requireNeighbours(String where) {
        boolean fresh = first.transaction == 0 && second.transaction == 0;
        boolean inTurn = first.transaction >= 0
                && second.transaction >= 0
                && (first.transaction & 1) == 0
                && (second.transaction & 1) == 1
                && Math.abs(first.transaction - second.transaction) == 1;
        if (!fresh && !inTurn) {
            throw new CorruptDataException(
                    where, "meta pages of two transactions in turn", first.transaction + " and " + second.transaction);
        }
    }

    /** The one that LMDB goes by. */
    Meta newest() {
        return newestPage() == 1 ? second : first;
    }

    /** Its page, 0 or 1. */
    int newestPage() {
        return second.transaction > first.transaction ? 1 : 0;
    }

    /** Whether both pages are the same, byte for byte. */
    boolean sameAs(MetaPages other) {
        return Arrays.equals(firstPage, other.firstPage) && Arrays.equals(secondPage, other.secondPage);
    }

    static ByteBuffer nativeOrder(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
