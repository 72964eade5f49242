package dev.cairn.cas.lmdb;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.TestRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks over all records and all ids: in bounded memory, past damage, while others write; and the counts beside them. */
final class ScanTest {

    private static final LmdbObjectStore.Options OPTIONS = LmdbObjectStore.Options.DEFAULT;
    private static final Set<RecordKind> ALL = EnumSet.allOf(RecordKind.class);

    private final TestRecords make = new TestRecords(95);

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void nameFolder() {
        folder = temporary.resolve("replica");
    }

    /** Notes what it is shown, and fails rather than go on for ever. */
    private static class Log implements RecordVisitor, ObjectVisitor {
        static final int SHOWN_MAX = 10_000;

        final List<Long> records = new ArrayList<>();
        final List<ObjectId> objects = new ArrayList<>();
        final List<String> damaged = new ArrayList<>();

        private void count() {
            assertThat(records.size() + objects.size() + damaged.size()).isLessThan(SHOWN_MAX);
        }

        @Override
        public void record(long sequence, SealedRecord record) {
            records.add(sequence);
            count();
        }

        @Override
        public void damaged(long sequence, CorruptDataException damage) {
            damaged(damage);
        }

        @Override
        public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
            objects.add(id);
            count();
        }

        @Override
        public void damaged(CorruptDataException damage) {
            damaged.add(String.valueOf(damage.getMessage()));
            count();
        }
    }

    @Test
    void scan_moreThanTheHeapHolds_showsAll() throws Exception {
        int records = 60;
        int chunks = 1_000;
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS)) {
            for (int i = 0; i < records; i++) {
                store.submit(List.of(make.run(1_000_000, make.ids(chunks).toArray(ObjectId[]::new))))
                        .join();
            }
        }
        Process child = ChildStore.startSmall(folder, "scan");
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isZero();
        assertThat(output).contains("records %d, objects %d".formatted(records, records * chunks));
    }

    @Test
    void forEachRecord_visitorThatReadsAndWrites_isNotHeldUp() {
        List<SealedRecord> added = new ArrayList<>();
        Log log = new Log();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(Stream.generate(() -> make.run(20)).limit(300).toList());
            store.forEachRecord(ALL, new Log() {
                @Override
                public void record(long sequence, SealedRecord record) {
                    assertThat(store.read(store.providers(provided(record)).getFirst())
                                    .bytes())
                            .isEqualTo(record.bytes());
                    if (sequence % 50 == 0 && added.size() < 6) {
                        added.add(make.run(30));
                        store.commit(List.of(added.getLast()));
                    }
                    log.record(sequence, record);
                }
            });
            assertThat(store.stats().records()).isEqualTo(306);
        }
        assertThat(log.records).isSorted().doesNotHaveDuplicates().hasSizeBetween(300, 306);
    }

    @Test
    void forEachObject_moreThanAPageOfRows_showsEachOnceInOrder() {
        Log log = new Log();
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS)) {
            store.commit(List.of(
                    make.run(10, make.ids(1500).toArray(ObjectId[]::new)),
                    make.run(10, make.ids(1500).toArray(ObjectId[]::new))));
            store.forEachObject(log);
        }
        assertThat(log.objects).hasSize(3000).isSorted().doesNotHaveDuplicates();
        assertThat(log.damaged).isEmpty();
    }

    @Test
    void forEachRecord_kindsNotWanted_arePassedOver() {
        SmallReplica replica = SmallReplica.create(folder, 96);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            for (RecordKind kind : RecordKind.values()) {
                Log log = new Log();
                store.forEachRecord(Set.of(kind), log);
                long expected = replica.records().stream()
                        .filter(record -> record.header().kind() == kind)
                        .count();
                assertThat(log.records).hasSize((int) expected);
            }
            Log none = new Log();
            store.forEachRecord(Set.of(), none);
            assertThat(none.records).isEmpty();
        }
    }

    /** One bit in the length of a key, of the last row: it is neither shown again and again nor left out in silence. */
    @Test
    void forEachRecord_keyOfAnotherLength_isReportedOnceAndTheWalkEnds() throws IOException {
        SmallReplica replica = SmallReplica.create(folder, 97);
        LmdbFile file = new LmdbFile(folder.resolve(Damage.INDEX));
        int leaf = (int) file.bytes().getLong(file.table("records") + 40) * LmdbFile.PAGE_BYTES;
        int last = file.node(leaf, file.nodes(leaf) - 1);
        file.bytes().putShort(last + 6, (short) (8 + 4)).put(last + 8, (byte) 0x80);
        file.write();
        Log log = new Log();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            store.forEachRecord(ALL, log);
        }
        assertThat(log.records)
                .doesNotHaveDuplicates()
                .hasSize(replica.records().size() - 1);
        assertThat(log.damaged).singleElement().asString().contains("index, table records, key 80");
    }

    @Test
    void scan_damagedRows_areReportedAndPassed() throws IOException {
        SmallReplica replica = SmallReplica.create(folder, 98);
        LmdbFile file = new LmdbFile(folder.resolve(Damage.INDEX));
        int object =
                file.value(file.row("objects", replica.ids().iterator().next().bytes()));
        int record = file.value(file.row("records", RecordRow.key(5)));
        file.bytes().put(object + 3, (byte) (file.bytes().get(object + 3) ^ 1));
        file.bytes().put(record + 40, (byte) (file.bytes().get(record + 40) ^ 1));
        file.write();
        Log log = new Log();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            store.forEachObject(log);
            store.forEachRecord(ALL, log);
        }
        assertThat(log.objects).hasSize(replica.ids().size() - 1);
        assertThat(log.records).hasSize(replica.records().size() - 1).doesNotContain(5L);
        assertThat(log.damaged)
                .hasSize(2)
                .anyMatch(message -> message.contains("table objects"))
                .anyMatch(message -> message.contains("table records, key 0000000000000005"));
    }

    @Test
    void stats_afterEachCommit_countWhatIsThere() throws IOException {
        ObjectId shared = make.id();
        SealedRecord one = make.run(1_000, shared, make.id());
        SealedRecord two = make.run(2_000, shared, make.id(), make.id());
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS)) {
            long empty = store.stats().diskBytes();
            assertThat(store.stats()).isEqualTo(new StoreStats(0, 0, 0, empty));
            store.commit(List.of(one));
            assertThat(store.stats().objects()).isEqualTo(2);
            store.commit(List.of(one, two));
            StoreStats stats = store.stats();
            assertThat(stats.objects()).isEqualTo(4);
            assertThat(stats.records()).isEqualTo(2);
            assertThat(stats.recordBytes()).isEqualTo(one.bytes().length + two.bytes().length);
            assertThat(stats.diskBytes()).isEqualTo(bytesOfFiles()).isGreaterThan(empty);
        }
    }

    private long bytesOfFiles() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
