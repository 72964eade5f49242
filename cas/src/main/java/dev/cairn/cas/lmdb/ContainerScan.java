package dev.cairn.cas.lmdb;

import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A search for containers in a file that may be damaged: by their magic, page by page, with plain I/O. Finds those that no
 * tree leads to as well. Cost: one read of the file. Memory: a container.
 */
final class ContainerScan {

    private static final int PAGE_BYTES = 4096;
    private static final int BLOCK_PAGES = 256;

    private final PageFile file;
    private final Consumer<StoreException> losses;

    /**
     * A container whose head is whole.
     *
     * @param position of its first byte in the file
     * @param bytes its length; the file may end before
     * @param sound whether all of it is as it was written
     */
    record Found(Container head, long position, int bytes, boolean sound) {}

    /** Sees what is found, in the order of its position. */
    @FunctionalInterface
    interface Visitor {
        /** Returns whether to go on. */
        boolean container(Found found);
    }

    /**
     * A scan of {@code file}.
     *
     * @param losses hears of what begins as a container and is none
     */
    ContainerScan(PageFile file, Consumer<StoreException> losses) {
        this.file = file;
        this.losses = losses;
    }

    void run(Visitor visitor) throws IOException {
        long pages = (file.bytes() + PAGE_BYTES - 1) / PAGE_BYTES;
        long page = 2;
        while (page < pages) {
            int count = (int) Math.min(BLOCK_PAGES, pages - page);
            ByteBuffer block = ByteBuffer.wrap(file.readPadded(page * PAGE_BYTES, count * PAGE_BYTES));
            long next = page + count;
            for (int i = 0; i < count; i++) {
                if (block.getLong(i * PAGE_BYTES + MetaPages.PAGE_HEADER_BYTES) == Container.MAGIC) {
                    next = container(page + i, visitor);
                    break;
                }
            }
            page = next;
        }
    }

    /** Shows what seems to be a container, and gives the page to go on at. */
    private long container(long page, Visitor visitor) throws IOException {
        String where = file.path() + " page " + page;
        long position = page * PAGE_BYTES + MetaPages.PAGE_HEADER_BYTES;
        try {
            int headBytes = (int) Math.min(Container.HEAD_BYTES_MAX, file.bytes() - position);
            Container head =
                    Container.parseHead(ByteBuffer.wrap(file.readPadded(position, Math.max(0, headBytes))), where);
            int bytes = Container.valueBytes(head.entries().size(), head.bodyBytes());
            boolean sound = isSound(ByteBuffer.wrap(file.readPadded(position, bytes)), where);
            if (!visitor.container(new Found(head, position, bytes, sound))) {
                return Long.MAX_VALUE;
            }
            return sound ? page + (bytes + MetaPages.PAGE_HEADER_BYTES) / PAGE_BYTES : page + 1;
        } catch (StoreException e) {
            losses.accept(e);
            return page + 1;
        }
    }

    private static boolean isSound(ByteBuffer value, String where) {
        try {
            return Container.parse(value, where).bodyAt() > 0;
        } catch (StoreException e) {
            return false;
        }
    }
}
