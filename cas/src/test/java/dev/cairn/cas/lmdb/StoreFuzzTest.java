package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.seal.GoldenFile;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** What a store reads from its disk: containers, journals, rows of the index, pages of LMDB. */
final class StoreFuzzTest extends FuzzSuite {

    private static final Parsing PARSING =
            Parsing.refusedBy(CorruptDataException.class, VersionMismatchException.class);
    private static final int COUNT_AT = 64;
    private static final int FLAGS_AT = 11;
    private static final Pages PAGES = new Pages();

    private static long bytesMax(byte[] input) {
        return Parsing.FIXED_BYTES + 60L * input.length;
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        Map<String, Map<String, byte[]>> seeds = new LinkedHashMap<>();
        byte[] records = GoldenFile.read("container-records.bin");
        Map<String, byte[]> containers =
                Map.of("records", records, "journal", GoldenFile.read("container-journal.bin"));
        seeds.put("container", containers);
        seeds.put("containerHead", containers);
        Map<String, byte[]> rows = new LinkedHashMap<>();
        for (int i = 0; i < Row.values().length; i++) {
            byte[] golden = Row.values()[i].golden.encode();
            byte[] seed = new byte[1 + golden.length - RowCheck.CRC_BYTES];
            seed[0] = (byte) i;
            System.arraycopy(golden, 0, seed, 1, seed.length - 1);
            rows.put(Row.values()[i].name(), seed);
        }
        seeds.put("row", rows);
        byte[] journal = GoldenFile.read("container-journal.bin");
        Container head = Container.parse(ByteBuffer.wrap(journal), "golden");
        int length = head.entries().getFirst().length();
        seeds.put("journal", Map.of("golden", Arrays.copyOfRange(journal, head.bodyAt(), head.bodyAt() + length)));
        seeds.put(
                "pages",
                Map.of(
                        "nothing", new byte[0],
                        "root-of-index", new byte[] {0, 0, 0, (byte) 128, 8, 9, 0, 0, 0, 0, 0, 0, 0},
                        "bounds-in-volume", new byte[] {1, 3, 0, 12, 2, 0x20, 0}));
        return seeds;
    }

    /** A value of a volume as it is. */
    @FuzzTest
    void container(byte[] input) {
        PARSING.value(bytesMax(input), () -> Container.parseHead(ByteBuffer.wrap(input), "fuzz"));
        PARSING.value(bytesMax(input), () -> Container.parse(ByteBuffer.wrap(input), "fuzz"))
                .ifPresent(container -> assertWithin(container, input));
    }

    /** A value with the checksums that it needs. */
    @FuzzTest
    void containerHead(byte[] input) {
        if (input.length < Container.FIXED_BYTES + 2 * Container.CRC_BYTES) {
            return;
        }
        ByteBuffer value = ByteBuffer.wrap(input);
        boolean isNumbered = (input[FLAGS_AT] & 1) != 0;
        int count = Math.floorMod(value.getInt(COUNT_AT), 64);
        long headBytes = Container.FIXED_BYTES + (long) count * (Container.ENTRY_BYTES + (isNumbered ? Long.BYTES : 0));
        if (headBytes + 2 * Container.CRC_BYTES <= input.length) {
            value.putInt(COUNT_AT, count);
            value.putInt((int) headBytes, Checksum.crc32c(value, 0, (int) headBytes));
        }
        int end = input.length - Container.CRC_BYTES;
        value.putInt(end, Checksum.crc32c(value, 0, end));
        PARSING.value(bytesMax(input), () -> Container.parseHead(ByteBuffer.wrap(input), "fuzz"));
        PARSING.value(bytesMax(input), () -> Container.parse(ByteBuffer.wrap(input), "fuzz"))
                .ifPresent(container -> assertWithin(container, input));
    }

    private static void assertWithin(Container container, byte[] value) {
        assertThat(container.bodyAt() + container.bodyBytes()).isLessThanOrEqualTo(value.length - Container.CRC_BYTES);
        assertThat(container.entries()).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.length()).isNotNegative();
            assertThat(entry.sequence()).isNotNegative();
        });
    }

    /** A row of the index, by its golden one: in which table, and under which key. */
    private enum Row {
        OBJECT(GoldenRows.OBJECT, Table.OBJECTS, GoldenRows.Values.ID.bytes()),
        RECORD(GoldenRows.RECORD, Table.RECORDS, RecordRow.key(GoldenRows.Values.SEQUENCE)),
        VOLUME(GoldenRows.VOLUME, Table.VOLUMES, VolumeRow.key(GoldenRows.Values.VOLUME)),
        MARK(GoldenRows.MARK, Table.META, Mark.key()),
        REPOSITORY(GoldenRows.REPOSITORY, Table.META, IndexView.repositoryKey()),
        CONFIGURATION(GoldenRows.CONFIGURATION, Table.META, IndexView.configurationKey()),
        BRANCH(GoldenRows.BRANCH, Table.BRANCHES, BranchRows.branchKey(GoldenRows.Values.BRANCH.name())),
        OPERATION(GoldenRows.OPERATION_MOVED, Table.OPERATIONS, BranchRows.operationKey(GoldenRows.Values.OPERATION)),
        SNAPSHOT(GoldenRows.SNAPSHOT, Table.SNAPSHOTS, GoldenRows.Values.ID.bytes()),
        LOCAL_NAME(GoldenRows.LOCAL_NAME, Table.META, IndexView.localKey("stat-cache"));

        private final GoldenRows golden;
        private final Table table;

        @SuppressWarnings("ImmutableEnumChecker") // nobody changes the bytes
        private final byte[] key;

        Row(GoldenRows golden, Table table, byte[] key) {
            this.golden = golden;
            this.table = table;
            this.key = key;
        }
    }

    /** Input: which row, then its value; the checksum is ours. A collection's row and a note's are read of the same bytes. */
    @FuzzTest
    void row(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Row row = Row.values()[(input[0] & 0xff) % Row.values().length];
        byte[] sealed = sealed(row.table, row.key, input);
        PARSING.value(bytesMax(input), () -> row.golden.decode(sealed));
        byte[] collection = sealed(Table.META, CollectionRow.key(), input);
        PARSING.value(bytesMax(input), () -> CollectionRow.decode(ByteBuffer.wrap(collection)))
                .ifPresent(state -> assertThat(CollectionRow.encode(state)).isEqualTo(collection));
        byte[] noteKey = Arrays.copyOf(input, 97);
        byte[] note = sealed(Table.NOTES, noteKey, input);
        PARSING.value(bytesMax(input), () -> NoteRows.decode(noteKey, ByteBuffer.wrap(note)));
    }

    private static byte[] sealed(Table table, byte[] key, byte[] input) {
        ByteBuffer value = ByteBuffer.allocate(input.length).put(input, 1, input.length - 1);
        return RowCheck.seal(table, key, value);
    }

    /** The body of a journal, piece by piece as a replay reads it. */
    @FuzzTest
    void journal(byte[] input) {
        PARSING.value(Parsing.FIXED_BYTES + 24L * input.length, () -> Journals.parse(input, "fuzz"))
                .ifPresent(journal -> {
                    PARSING.value(bytesMax(input), () -> {
                        journal.getMovesList().forEach(move -> {
                            Journals.operation(move.getOperation(), "fuzz");
                            Journals.branch(move.getBranch(), move.getSnapshot(), move.getVersion(), "fuzz");
                            move.getRetainedList().forEach(id -> Journals.id(id, "fuzz"));
                        });
                        return journal;
                    });
                    PARSING.value(bytesMax(input), () -> Journals.configuration(journal.getConfiguration(), "fuzz"));
                    PARSING.value(bytesMax(input), () -> pieces(journal));
                });
    }

    private static Journal pieces(Journal journal) {
        journal.getCollectedList().forEach(id -> Journals.id(id, "fuzz"));
        journal.getCheckpoint()
                .getBranchesList()
                .forEach(
                        branch -> Journals.branch(branch.getName(), branch.getSnapshot(), branch.getVersion(), "fuzz"));
        Journals.configuration(journal.getCheckpoint().getConfiguration(), "fuzz");
        return journal;
    }

    /** Copies of an index and of a volume, made when they are needed first. */
    private static final class Pages {
        private final byte[][] whole = new byte[2][];
        private final Path[] files = new Path[2];

        synchronized Path file(int which) throws IOException {
            if (files[which] == null) {
                Path folder = MemoryFolder.create("fuzz-");
                SmallReplica.create(folder.resolve("replica"), 31);
                for (int i = 0; i < 2; i++) {
                    Path source = folder.resolve("replica").resolve(i == 0 ? Damage.INDEX : Damage.volume(1));
                    whole[i] = Files.readAllBytes(source);
                    files[i] = Files.copy(source, folder.resolve(i + ".mdb"));
                }
                try (var made = Files.walk(folder.resolve("replica"))) {
                    for (Path part :
                            made.sorted(java.util.Comparator.reverseOrder()).toList()) {
                        Files.delete(part);
                    }
                }
            }
            return files[which];
        }

        synchronized void delete() throws IOException {
            if (files[0] != null && files[1] != null) {
                Files.delete(files[0]);
                Files.delete(files[1]);
                Files.delete(files[0].getParent());
            }
        }
    }

    @AfterAll
    static void deletePages() throws IOException {
        PAGES.delete();
    }

    /**
     * An index or a volume, some bytes of which were changed. Input: which, then changes, each page 1, offset in it 2, length 1, bytes.
     */
    @FuzzTest
    void pages(byte[] input) throws IOException {
        int which = input.length == 0 ? 0 : input[0] & 1;
        Path path = PAGES.file(which);
        byte[] whole = PAGES.whole[which];
        ByteBuffer changes = ByteBuffer.wrap(input, Math.min(1, input.length), Math.max(0, input.length - 1));
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            List<int[]> changed = new java.util.ArrayList<>();
            while (changes.remaining() > 4) {
                int at = (changes.get() & 0xff) * LmdbFile.PAGE_BYTES + (changes.getShort() & 0xfff);
                int length = Math.min(changes.get() & 0xff, changes.remaining());
                byte[] bytes = new byte[length];
                changes.get(bytes);
                int fits = Math.clamp(whole.length - (long) at, 0, length);
                file.seek(at);
                file.write(bytes, 0, fits);
                changed.add(new int[] {at, fits});
            }
            check(path, which, whole.length);
            for (int[] one : changed) {
                if (one[1] > 0) {
                    file.seek(one[0]);
                    file.write(whole, one[0], one[1]);
                }
            }
        }
    }

    private static void check(Path path, int which, int bytes) {
        PARSING.value(Parsing.FIXED_BYTES + 4L * bytes, () -> {
            try (PageFile file = new PageFile(path)) {
                if (which == 1) {
                    VolumeCheck.lastContainer(file, MetaPages.read(file));
                } else {
                    new PageWalk(file, MetaPages.read(file)).allWithTables();
                }
            }
            return path;
        });
    }
}
