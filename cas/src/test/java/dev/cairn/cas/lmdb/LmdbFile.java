package dev.cairn.cas.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of an LMDB file, to be changed field by field as no LMDB would, and checked as before an opening. */
final class LmdbFile {

    static final int PAGE_BYTES = Damage.PAGE_BYTES;

    private final Path path;
    private final ByteBuffer bytes;

    LmdbFile(Path path) throws IOException {
        this.path = path;
        this.bytes = MetaPages.nativeOrder(Files.readAllBytes(path));
    }

    private MetaPages metas() throws IOException {
        try (PageFile file = new PageFile(path)) {
            return MetaPages.read(file);
        }
    }

    /** Where the newest meta page begins. */
    int newestMeta() throws IOException {
        MetaPages pages = metas();
        return pages.newest() == pages.first() ? 0 : PAGE_BYTES;
    }

    /** Where the root page of the main tree begins. */
    int mainRoot() throws IOException {
        return (int) metas().newest().main().root() * PAGE_BYTES;
    }

    /** Where the root page of the tree of free pages begins. */
    int freeRoot() throws IOException {
        return (int) metas().newest().free().root() * PAGE_BYTES;
    }

    /** Where the entry {@code number} of the page at {@code page} begins. */
    int node(int page, int number) {
        return page + Short.toUnsignedInt(bytes.getShort(page + MetaPages.PAGE_HEADER_BYTES + 2 * number));
    }

    /** Where the entry's value begins: of a large one, the number of its first page. */
    int value(int node) {
        return node + 8 + Short.toUnsignedInt(bytes.getShort(node + 6));
    }

    /** Where the description of a table of the index begins. */
    int table(String name) throws IOException {
        int page = mainRoot();
        int nodes = (bytes.getShort(page + 12) - MetaPages.PAGE_HEADER_BYTES) / 2;
        for (int i = 0; i < nodes; i++) {
            int node = node(page, i);
            byte[] key = new byte[bytes.getShort(node + 6)];
            bytes.get(node + 8, key);
            if (new String(key, StandardCharsets.UTF_8).equals(name)) {
                return value(node);
            }
        }
        throw new AssertionError("no table " + name);
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** Writes what was changed. */
    void write() throws IOException {
        Files.write(path, bytes.array());
    }

    /** What is checked before LMDB opens the file. */
    void check() throws IOException {
        try (PageFile file = new PageFile(path)) {
            new PageWalk(file, MetaPages.read(file)).allWithTables();
        }
    }

    /** The same for a volume, whose rows are no tables. */
    void checkVolume() throws IOException {
        try (PageFile file = new PageFile(path)) {
            VolumeCheck.lastContainer(file, MetaPages.read(file));
        }
    }
}
