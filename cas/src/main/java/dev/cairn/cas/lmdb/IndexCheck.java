package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What is proved of the index by plain I/O before LMDB opens it: sound meta pages, a file as long as they say, and root pages
 * that are what they must be. Not every page is looked at, since an index can be large: its rows carry checksums.
 *
 * <p>A page that was used and freed within the last transaction may never have been written, so that the file is a little
 * shorter than its meta page says. Then every page that is in use is looked for.
 */
final class IndexCheck {

    private static final int ATTEMPTS = 50;
    private static final long PAUSE_MILLIS = 5;

    /** Below this many pages all of them are walked: it takes a few milliseconds. */
    private static final long PAGES_WALKED = 1024;

    private final Path file;
    private final long pagesWalked;

    /** A check that is quick, whatever the size of the index. */
    IndexCheck(Path folder) {
        this(folder, PAGES_WALKED);
    }

    private IndexCheck(Path folder, long pagesWalked) {
        this.file = folder.resolve("data.mdb");
        this.pagesWalked = pagesWalked;
    }

    /** A check of every page that is in use: reads all of the index. */
    static IndexCheck ofEveryPage(Path folder) {
        return new IndexCheck(folder, Long.MAX_VALUE);
    }

    /**
     * Checks.
     *
     * @throws CorruptDataException if LMDB must not open it
     */
    void require() {
        CorruptDataException fault = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (PageFile pages = new PageFile(file)) {
                MetaPages before = MetaPages.read(pages);
                fault = fault(pages, before);
                if (fault == null) {
                    return;
                }
                Thread.sleep(PAUSE_MILLIS);
                if (MetaPages.read(pages).sameAs(before)) {
                    throw fault;
                }
            } catch (CorruptDataException e) {
                if (fault != null && String.valueOf(fault.getMessage()).equals(e.getMessage())) {
                    throw e;
                }
                fault = e;
            } catch (IOException e) {
                throw Faults.of(e, file);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        throw fault == null ? new CorruptDataException(file.toString(), "a quiet moment", "none") : fault;
    }

    private @org.jspecify.annotations.Nullable CorruptDataException fault(PageFile file, MetaPages pages)
            throws IOException {
        try {
            MetaPages.Meta newest = pages.newest();
            boolean shorter = file.bytes() < (newest.lastPage() + 1) * pages.pageBytes();
            if (shorter || newest.lastPage() < pagesWalked) {
                new PageWalk(file, pages).allWithTables();
            } else {
                root(file, pages, newest.main());
                root(file, pages, newest.free());
            }
            return null;
        } catch (CorruptDataException e) {
            return e;
        } catch (EOFException e) {
            return CorruptDataException.because(file.path().toString(), "it is shorter than it says", e);
        }
    }

    private static void root(PageFile file, MetaPages pages, MetaPages.Tree tree) throws IOException {
        if (tree.root() == MetaPages.NO_PAGE) {
            return;
        }
        ByteBuffer page = MetaPages.nativeOrder(file.read(tree.root() * pages.pageBytes(), pages.pageBytes()));
        int kind = Short.toUnsignedInt(page.getShort(10)) & 0x03;
        if (page.getLong(0) != tree.root() || kind != (tree.depth() == 1 ? 2 : 1)) {
            throw new CorruptDataException(
                    file.path() + " page " + tree.root(), "the root of a table", "page " + page.getLong(0));
        }
    }
}
