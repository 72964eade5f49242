package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.snapshot.base.SimilarityIndex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New files that are like others are stored as deltas of them. */
class SimilarFilesTest {

    private static final long SEED = 4_711;

    @TempDir
    Path dir;

    private final Random random = new Random(SEED);
    private final TestRepository repository = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));

    private byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] edited(byte[] old, int edits) {
        byte[] edited = old.clone();
        for (int i = 0; i < edits; i++) {
            System.arraycopy(noise(10), 0, edited, random.nextInt(old.length - 10), 10);
        }
        return edited;
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private static void assertHolds(TestRepository repository, CaptureResult result, String name, byte[] bytes) {
        // A record is opened once: chunks of a delta are read one by one, and each would open all of its bases again.
        Map<ObjectId, PlainObject> opened = new HashMap<>();
        ObjectSource objects = new ObjectSource() {
            @Override
            public PlainObject read(ObjectId id, ObjectType type) {
                PlainObject known = opened.get(id);
                if (known == null) {
                    SealedRecord record =
                            repository.store.read(repository.store.providers(id).getFirst());
                    List<PlainObject> all =
                            repository.sealer.open(record, "test", this).objects();
                    for (int i = 0; i < all.size(); i++) {
                        opened.put(record.header().provided().get(i).id(), all.get(i));
                    }
                    known = Objects.requireNonNull(opened.get(id));
                }
                return known;
            }
        };
        Entry entry = repository.entries(result).at(name);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileContentReader.of(entry.requireContent(), objects).forEachRemaining(extent -> {
            Extent.Data data = (Extent.Data) extent;
            out.write(data.bytes(), data.start(), (int) data.length());
        });
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void largeFile_movedAndEdited_isADelta() throws IOException {
        System.out.println("seed=" + SEED);
        byte[] old = noise(5 << 20);
        write("a/old", old);
        repository.capture(dir);

        // An edit in every chunk, so that no chunk is known.
        byte[] now = old.clone();
        for (int at = 0; at < now.length; at += 8 << 10) {
            now[at] ^= 1;
        }
        Files.delete(dir.resolve("a/old"));
        write("b/new", now);
        CaptureResult result = repository.capture(dir);

        assertThat(result.bytesNew()).isGreaterThan(4 << 20);
        assertThat(result.bytesStored()).isLessThan(1 << 20);
        assertThat(repository.records(RecordKind.DELTA)).isNotEmpty();
        assertHolds(repository, result, "b/new", now);
    }

    @Test
    void largeFile_thatBeginsUnlike_isFoundByItsMiddle() throws IOException {
        System.out.println("seed=" + SEED);
        byte[] old = noise(5 << 20);
        write("old", old);
        repository.capture(dir);

        byte[] now = edited(old, 200);
        System.arraycopy(noise(3 << 19), 0, now, 0, 3 << 19);
        write("new", now);
        CaptureResult result = repository.capture(dir);

        assertThat(result.bytesStored()).isLessThan(2 << 20);
        assertHolds(repository, result, "new", now);
    }

    @Test
    void smallFiles_movedAndEdited_areDeltas() throws IOException {
        System.out.println("seed=" + SEED);
        List<byte[]> olds = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            olds.add(noise(2_000 + 1_000 * i));
            write("a/%02d".formatted(i), olds.get(i));
        }
        CaptureResult first = repository.capture(dir);

        List<byte[]> nows = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            nows.add(edited(olds.get(i), 1 + i / 10));
            Files.delete(dir.resolve("a/%02d".formatted(i)));
            write("b/%02d".formatted(49 - i), nows.get(i));
        }
        CaptureResult result = repository.capture(dir);

        assertThat(result.bytesNew()).isGreaterThan(1_000_000);
        assertThat(result.bytesStored()).isLessThan(first.bytesStored() / 5);
        for (int i = 0; i < 50; i++) {
            assertHolds(repository, result, "b/%02d".formatted(49 - i), nows.get(i));
        }
    }

    @Test
    void unlikeFiles_areNoDeltas() throws IOException {
        for (int i = 0; i < 50; i++) {
            write("f" + i, noise(20_000));
        }
        write("large", noise(3 << 20));
        repository.capture(dir);
        write("large2", noise(3 << 20));
        repository.capture(dir);

        assertThat(repository.records(RecordKind.DELTA).stream()
                        .flatMap(record -> record.header().provided().stream())
                        .filter(object -> object.chunkChildren().isEmpty()
                                && object.nodeChildren().isEmpty()))
                .isEmpty();
    }

    @Test
    void baseThatIsGone_doesNoHarm() throws IOException {
        assertStoredWhole(row -> {
            // The ids stand at the end of each place; others of the same sketches.
            byte[] other = row.clone();
            for (int i = 0; i < other.length; i++) {
                other[i] ^= i % 41 >= 9 ? (byte) 1 : 0;
            }
            return other;
        });
    }

    @Test
    void rowsOfNonsense_doNoHarm() throws IOException {
        assertStoredWhole(row -> noise(row.length));
        assertStoredWhole(row -> new byte[0]);
    }

    private void assertStoredWhole(UnaryOperator<byte[]> damage) throws IOException {
        System.out.println("seed=" + SEED);
        TestRepository damaged = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));
        byte[] small = noise(30_000);
        byte[] large = noise(3 << 20);
        write("old", small);
        write("old-large", large);
        damaged.capture(dir);

        LocalTable table = damaged.store.local(SimilarityIndex.TABLE);
        TestRepository asked = new TestRepository(damaged.keys, new StoreWithoutTables(damaged.store) {
            @Override
            public LocalTable local(String name) {
                return name.equals(SimilarityIndex.TABLE) ? new Damaged(table, damage) : super.local(name);
            }
        });
        byte[] smallNow = edited(small, 2);
        byte[] largeNow = edited(large, 200);
        write("new", smallNow);
        write("new-large", largeNow);
        CaptureResult result = asked.capture(dir);

        assertThat(result.bytesStored()).isGreaterThan(30_000);
        assertHolds(asked, result, "new", smallNow);
        assertHolds(asked, result, "new-large", largeNow);
        Files.delete(dir.resolve("new"));
        Files.delete(dir.resolve("new-large"));
    }

    private record Damaged(LocalTable table, UnaryOperator<byte[]> damage) implements LocalTable {
        @Override
        public Optional<byte[]> get(byte[] key) {
            Optional<byte[]> row = table.get(key);
            return key.length == 1 ? row : row.map(damage);
        }

        @Override
        public void putAll(List<Row> rows) {
            table.putAll(rows);
        }
    }

    @Test
    void damagedBase_doesNoHarm() throws IOException {
        System.out.println("seed=" + SEED);
        RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
        InMemoryObjectStore store = new InMemoryObjectStore(keys.repositoryId());
        TestRepository damaged = new TestRepository(keys, store);
        byte[] small = noise(30_000);
        byte[] large = noise(300_000);
        write("old", small);
        write("old-large", large);
        damaged.capture(dir);
        store.forEachRecord(EnumSet.of(RecordKind.RUN), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                store.damage(sequence);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });

        Files.delete(dir.resolve("old"));
        Files.delete(dir.resolve("old-large"));
        byte[] smallNow = edited(small, 2);
        byte[] largeNow = edited(large, 20);
        write("new", smallNow);
        write("new-large", largeNow);
        CaptureResult result = damaged.capture(dir);

        assertHolds(damaged, result, "new", smallNow);
    }

    @Test
    void dryRun_writesNoRows() throws IOException {
        write("small", noise(30_000));
        write("large", noise(300_000));
        CapturePlan plan = TestRepository.plan(dir);
        repository.capture(new CapturePlan(
                plan.sources(), "main", List.of(), Excludes.NONE, false, true, false, List.of(), "", ""));

        assertThat(repository.store.local(SimilarityIndex.TABLE).get(new byte[] {0}))
                .isEmpty();
        repository.capture(dir);
        assertThat(repository.store.local(SimilarityIndex.TABLE).get(new byte[] {0}))
                .isPresent();
    }
}
