package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LMDB files with numbers that LMDB never wrote: refused before it opens them, without memory taken on their word. */
final class PageWalkTest {

    /** Two trees' descriptions in a meta page, and fields of each. */
    private static final int FREE_TREE = 40;

    private static final int MAIN_TREE = 88;
    private static final int LAST_PAGE = 136;
    private static final int TRANSACTION = 144;
    private static final int FLAGS = 4;
    private static final int DEPTH = 6;
    private static final int ENTRIES = 32;
    private static final int ROOT = 40;

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private static Path whole;

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path index = Path.of("");
    private Path volume = Path.of("");

    @BeforeAll
    static void createReplica() {
        SmallReplica.create(whole.resolve("replica"), 31);
    }

    @BeforeEach
    void copyFiles() throws IOException {
        index = temporary.resolve("data.mdb");
        volume = temporary.resolve("000001.mdb");
        Files.copy(whole.resolve("replica").resolve(Damage.INDEX), index, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(whole.resolve("replica").resolve(Damage.volume(1)), volume, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A change of one file's bytes. */
    private interface Change {
        void in(LmdbFile file) throws IOException;
    }

    private void requireIndexRefused(String message, Change change) throws IOException {
        LmdbFile file = new LmdbFile(index);
        change.in(file);
        file.write();
        assertThatThrownBy(file::check)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(index.toString())
                .hasMessageContaining(message);
    }

    private void requireVolumeRefused(String message, Change change) throws IOException {
        LmdbFile file = new LmdbFile(volume);
        change.in(file);
        file.write();
        assertThatThrownBy(file::checkVolume)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(volume.toString())
                .hasMessageContaining(message);
    }

    @Test
    void check_asLmdbWroteThem_passes() {
        assertThatCode(() -> new LmdbFile(index).check()).doesNotThrowAnyException();
        assertThatCode(() -> new LmdbFile(volume).checkVolume()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, 1_000_000_000})
    void check_lastPageThatIsNotThere_isRefused(long last) throws IOException {
        requireIndexRefused("", file -> file.bytes().putLong(file.newestMeta() + LAST_PAGE, last));
        requireVolumeRefused("", file -> file.bytes().putLong(file.newestMeta() + LAST_PAGE, last));
    }

    /** A sparse file may be as long as it likes: the pages it claims must not decide what memory is taken. */
    @Test
    void check_lastPageOfAHugeSparseFile_isRefused() throws IOException {
        int newestMeta = new LmdbFile(volume).newestMeta();
        try (RandomAccessFile file = new RandomAccessFile(volume.toFile(), "rw")) {
            file.setLength(1L << 42);
        }
        Path path = volume;
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            byte[] last = new byte[8];
            MetaPages.nativeOrder(last).putLong((1L << 30) - 2);
            file.seek(newestMeta + (long) LAST_PAGE);
            file.write(last);
        }
        assertThatThrownBy(() -> new VolumeCheck(path, () -> null).require())
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(path.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 33, 0xffff})
    void check_depthThatTheTreeHasNot_isRefused(int depth) throws IOException {
        requireIndexRefused("", file -> file.bytes().putShort(file.newestMeta() + MAIN_TREE + DEPTH, (short) depth));
        copyFiles();
        requireIndexRefused("", file -> file.bytes().putShort(file.table("objects") + DEPTH, (short) depth));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -2, 1L << 31, 1_000_000_000, Long.MAX_VALUE})
    void check_rootThatIsNoPage_isRefused(long root) throws IOException {
        requireIndexRefused("", file -> file.bytes().putLong(file.newestMeta() + MAIN_TREE + ROOT, root));
        copyFiles();
        requireIndexRefused("", file -> file.bytes().putLong(file.newestMeta() + FREE_TREE + ROOT, root));
        copyFiles();
        requireIndexRefused("", file -> file.bytes().putLong(file.table("records") + ROOT, root));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE, 1_000_000_000})
    void check_entriesThatAreNotThere_areRefused(long entries) throws IOException {
        requireIndexRefused("rows", file -> file.bytes().putLong(file.table("objects") + ENTRIES, entries));
        requireVolumeRefused("rows", file -> file.bytes().putLong(file.newestMeta() + MAIN_TREE + ENTRIES, entries));
    }

    /** Sorted duplicates, integer or reversed keys: LMDB would find other rows, or none. */
    @ParameterizedTest
    @ValueSource(ints = {0x02, 0x04, 0x08, 0x10, 0x8000})
    void check_flagsOfAnotherKindOfTable_areRefused(int flags) throws IOException {
        requireIndexRefused("flags", file -> file.bytes().putShort(file.table("objects") + FLAGS, (short) flags));
        copyFiles();
        requireIndexRefused(
                "flags", file -> file.bytes().putShort(file.newestMeta() + MAIN_TREE + FLAGS, (short) flags));
        if (flags != 0x08) {
            copyFiles();
            requireIndexRefused(
                    "flags", file -> file.bytes().putShort(file.newestMeta() + FREE_TREE + FLAGS, (short) flags));
        }
    }

    /** What LMDB marks pages with in memory. It takes such a page for one that needs no writing. */
    @ParameterizedTest
    @ValueSource(ints = {0x02 | 0x10, 0x02 | 0x4000, 0x02 | 0x8000, 0x02 | 0x20, 0x02 | 0x40, 0x01, 0x04, 0x08, 0})
    void check_flagsThatNoLeafHasOnDisk_areRefused(int flags) throws IOException {
        requireIndexRefused("a leaf page", file -> file.bytes().putShort(file.mainRoot() + 10, (short) flags));
        requireVolumeRefused("a leaf page", file -> file.bytes().putShort(file.mainRoot() + 10, (short) flags));
    }

    @Test
    void check_boundsOutsideThePage_areRefused() throws IOException {
        int[][] bounds = {{15, 4000}, {17, 4000}, {18, 17}, {100, 50}, {20, 4097}, {20, 0xffff}, {16, 4096}};
        for (int[] bound : bounds) {
            copyFiles();
            requireIndexRefused(
                    "page",
                    file -> file.bytes()
                            .putShort(file.mainRoot() + 12, (short) bound[0])
                            .putShort(file.mainRoot() + 14, (short) bound[1]));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 4089, 4095, 4096, 0xffff})
    void check_entryOutsideThePage_isRefused(int offset) throws IOException {
        requireIndexRefused(
                "page", file -> file.bytes().putShort(file.mainRoot() + MetaPages.PAGE_HEADER_BYTES, (short) offset));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 512, 4096, 0xffff})
    void check_keyLengthOutsideTheLimits_isRefused(int length) throws IOException {
        requireIndexRefused("", file -> file.bytes().putShort(file.node(file.mainRoot(), 3) + 6, (short) length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 47, 49, 4096, 0xffff, 1 << 20, 1_000_000_000, Integer.MIN_VALUE, -1})
    void check_tableDescriptionOfAnotherLength_isRefused(int length) throws IOException {
        requireIndexRefused("", file -> {
            int node = file.node(file.mainRoot(), 3);
            file.bytes().putShort(node, (short) length).putShort(node + 2, (short) (length >>> 16));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1 << 20, 1_000_000_000, Integer.MIN_VALUE, -1})
    void check_largeValueOfALengthThatIsNotThere_isRefused(int length) throws IOException {
        requireVolumeRefused("", file -> {
            int node = file.node(file.mainRoot(), 1);
            file.bytes().putShort(node, (short) length).putShort(node + 2, (short) (length >>> 16));
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 1L << 31, 1_000_000_000, Long.MAX_VALUE})
    void check_largeValueOnAPageThatIsNotThere_isRefused(long page) throws IOException {
        requireVolumeRefused("", file -> file.bytes().putLong(file.value(file.node(file.mainRoot(), 0)), page));
    }

    @Test
    void check_twoValuesOnOnePage_areRefused() throws IOException {
        requireVolumeRefused("a page that is used once", file -> {
            int first = file.value(file.node(file.mainRoot(), 0));
            int second = file.value(file.node(file.mainRoot(), 1));
            file.bytes().putLong(second, file.bytes().getLong(first));
        });
    }

    @Test
    void check_keysInAnotherOrder_areRefused() throws IOException {
        requireVolumeRefused("", file -> {
            int first = file.node(file.mainRoot(), 0) + 8;
            file.bytes().put(first, (byte) 1);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 31, 1_000_000_000, Long.MAX_VALUE, 500})
    void check_countOfFreePagesThatAreNotThere_isRefused(long count) throws IOException {
        requireIndexRefused(
                "free pages", file -> file.bytes().putLong(file.value(file.node(file.freeRoot(), 0)), count));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1L << 31, 1_000_000_000, -1})
    void check_freePageThatIsNotThere_isRefused(long page) throws IOException {
        requireIndexRefused("", file -> file.bytes().putLong(file.value(file.node(file.freeRoot(), 0)) + 8, page));
    }

    /** A list of free pages as long as a sparse file makes possible. */
    @ParameterizedTest
    @ValueSource(longs = {0xffff_fff0L, 0x7fff_fff0L, 1L << 20})
    void check_listOfFreePagesLongerThanTheFileHasPages_isRefused(long length) throws IOException {
        LmdbFile file = new LmdbFile(index);
        int node = file.node(file.freeRoot(), 0);
        file.bytes().putShort(node, (short) length).putShort(node + 2, (short) (length >>> 16));
        file.bytes().putShort(node + 4, (short) 1);
        file.write();
        assertThatThrownBy(file::check).isInstanceOf(CorruptDataException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, -1, -4, 1L << 40, Long.MIN_VALUE})
    void check_transactionOutOfTurn_isRefused(long more) throws IOException {
        requireVolumeRefused("two transactions in turn", file -> {
            int at = file.newestMeta() + TRANSACTION;
            file.bytes().putLong(at, file.bytes().getLong(at) + more);
        });
    }

    @Test
    void check_everyBitOfTheMainRoot_neverThrowsAnythingElse() throws IOException {
        LmdbFile original = new LmdbFile(index);
        int root = original.mainRoot();
        byte[] bytes = Files.readAllBytes(index);
        int refused = 0;
        for (int bit = 0; bit < 8 * 64; bit++) {
            try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
                file.seek(root + bit / 8);
                file.write(bytes[root + bit / 8] ^ 1 << bit % 8);
            }
            refused += isRefused(original) ? 1 : 0;
            original.write();
        }
        assertThat(refused).isGreaterThan(200);
    }

    private static boolean isRefused(LmdbFile file) throws IOException {
        try {
            file.check();
            return false;
        } catch (CorruptDataException e) {
            return true;
        }
    }
}
