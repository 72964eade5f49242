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
    private final byte[] content;
    private final ByteBuffer bytes;

    LmdbFile(Path path) throws IOException {
        this.path = path;
        this.content = Files.readAllBytes(path);
        this.bytes = MetaPages.nativeOrder(content);
    }

    private MetaPages metas() throws IOException {
        try (PageFile file = new PageFile(path)) {
            return MetaPages.read(file);
        }
    }

    /** Where the newest meta page begins. */
    int newestMeta() throws IOException {
        return metas().newestPage() * PAGE_BYTES;
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
        int node = find(mainRoot(), name.getBytes(StandardCharsets.UTF_8));
        if (node < 0) {
            throw new AssertionError("no table " + name);
        }
        return value(node);
    }

    /** Where the entry of a row begins. */
    int row(String table, byte[] key) throws IOException {
        int node = find((int) bytes.getLong(table(table) + 40) * PAGE_BYTES, key);
        if (node < 0) {
            throw new AssertionError("no row in " + table);
        }
        return node;
    }

    /** How many entries the page at {@code page} has. */
    int nodes(int page) {
        return (bytes.getShort(page + 12) - MetaPages.PAGE_HEADER_BYTES) / 2;
    }

    private int find(int page, byte[] key) {
        boolean isLeaf = bytes.getShort(page + 10) == 2;
        for (int i = 0; i < nodes(page); i++) {
            int node = node(page, i);
            int found = -1;
            if (!isLeaf) {
                found = find(bytes.getInt(node) * PAGE_BYTES, key);
            } else if (bytes.getShort(node + 6) == key.length
                    && bytes.slice(node + 8, key.length).equals(ByteBuffer.wrap(key))) {
                found = node;
            }
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    /** All bytes, in the machine's byte order: what is changed here is written by {@link #write}. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Writes what was changed. */
    void write() throws IOException {
        Files.write(path, content);
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
