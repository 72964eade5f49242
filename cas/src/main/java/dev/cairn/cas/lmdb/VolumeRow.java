package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the index knows of a volume: its state after the last commit that the index has seen. The two meta pages are kept
 * whole, because LMDB's carry no checksum: a byte that changed there is noticed before LMDB goes by it, and can be put back.
 *
 * @param transaction of the newest meta page
 * @param lastContainer the highest key that the index has seen
 * @param bytes length of the file's used part
 * @param firstPage page 0 without the zeros at its end
 * @param secondPage page 1 likewise
 */
record VolumeRow(long transaction, long lastContainer, long bytes, byte[] firstPage, byte[] secondPage) {

    private static final int PAGE_BYTES_MAX = 1 << 16;

    static VolumeRow of(MetaPages pages, long lastContainer) {
        MetaPages.Meta newest = pages.newest();
        return new VolumeRow(
                newest.transaction(),
                lastContainer,
                (newest.lastPage() + 1) * pages.pageBytes(),
                trimmed(pages.firstPage()),
                trimmed(pages.secondPage()));
    }

    /** Whether it says the same. */
    boolean sameAs(VolumeRow other) {
        return transaction == other.transaction
                && lastContainer == other.lastContainer
                && bytes == other.bytes
                && Arrays.equals(firstPage, other.firstPage)
                && Arrays.equals(secondPage, other.secondPage);
    }

    static byte[] key(int volume) {
        return ByteBuffer.allocate(4).putInt(volume).array();
    }

    byte[] encode(int volume) {
        ByteBuffer value = ByteBuffer.allocate(24 + 8 + firstPage.length + secondPage.length);
        value.putLong(transaction).putLong(lastContainer).putLong(bytes);
        value.putInt(firstPage.length).put(firstPage).putInt(secondPage.length).put(secondPage);
        return RowCheck.seal(Table.VOLUMES, key(volume), value);
    }

    static VolumeRow decode(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.VOLUMES, key, row);
        if (key.length != 4 || value.remaining() < 32) {
            throw RowCheck.damaged(Table.VOLUMES, key, "a volume's state", value.remaining() + " bytes");
        }
        long transaction = value.getLong();
        long lastContainer = value.getLong();
        long bytes = value.getLong();
        VolumeRow decoded = new VolumeRow(transaction, lastContainer, bytes, page(key, value), page(key, value));
        if (transaction < 0 || lastContainer < 0 || bytes < 0 || value.hasRemaining()) {
            throw RowCheck.damaged(Table.VOLUMES, key, "a volume's state", decoded.toString());
        }
        return decoded;
    }

    private static byte[] page(byte[] key, ByteBuffer value) {
        int length = value.remaining() < 4 ? -1 : value.getInt();
        if (length < 0 || length > PAGE_BYTES_MAX || length > value.remaining()) {
            throw RowCheck.damaged(Table.VOLUMES, key, "the length of a page", String.valueOf(length));
        }
        byte[] page = new byte[length];
        value.get(page);
        return page;
    }

    /** How a volume's meta pages stand to what the index knows. */
    enum State {
        /** Nothing was committed since, and no byte of the newest meta page changed. */
        SAME,
        /** One transaction was committed since; the page of the one before it is unchanged. */
        ONE_NEWER
    }

    /**
     * Compares. The older meta page may be another: a commit that failed changes it.
     *
     * @throws CorruptDataException if a meta page was changed by something other than the next commit
     */
    State compare(MetaPages pages, String where) {
        int known = (int) (transaction & 1);
        byte[] expected = known == 0 ? firstPage : secondPage;
        byte[] actual = trimmed(known == 0 ? pages.firstPage() : pages.secondPage());
        long newest = pages.newest().transaction();
        if (Arrays.equals(expected, actual) && newest == transaction) {
            return State.SAME;
        }
        if (Arrays.equals(expected, actual) && newest == transaction + 1) {
            return State.ONE_NEWER;
        }
        throw new CorruptDataException(
                where + " page " + known,
                "the meta page of transaction " + transaction,
                "another (newest transaction " + newest + ")");
    }

    private static byte[] trimmed(byte[] page) {
        int length = page.length;
        while (length > 0 && page[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(page, length);
    }
}
