package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.RepositoryKeys;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Captures of files that change from version to version: what is stored are deltas, and every version reads back. */
@Order(5)
class DeltaCaptureTest {

    private static final int VERSIONS = 12;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 4);
    }

    private static byte[] noise(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] concatenated(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** Puts in, cuts out, moves, overwrites, appends, cuts off, or makes zeros of some bytes. */
    private static byte[] edited(SplittableRandom random, byte[] old) {
        int at = random.nextInt(old.length);
        int length = Math.min(old.length - at, 1 + random.nextInt(200_000));
        byte[] before = Arrays.copyOf(old, at);
        byte[] middle = Arrays.copyOfRange(old, at, at + length);
        byte[] after = Arrays.copyOfRange(old, at + length, old.length);
        return switch (random.nextInt(7)) {
            case 0 -> concatenated(before, noise(random, 1 + random.nextInt(3_000)), middle, after);
            case 1 -> concatenated(before, after, new byte[1]);
            case 2 -> concatenated(middle, before, after);
            case 3 -> {
                byte[] now = old.clone();
                for (int i = 0; i < 40; i++) {
                    now[random.nextInt(now.length)]++;
                }
                yield now;
            }
            case 4 -> concatenated(old, noise(random, 1 + random.nextInt(20_000)));
            case 5 -> old.length > 2_000_000 ? Arrays.copyOf(old, old.length - random.nextInt(100_000)) : old;
            default -> concatenated(before, new byte[length], after);
        };
    }

    private static Map<String, byte[]> picture(Path folder) throws IOException {
        Map<String, byte[]> picture = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                picture.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return picture;
    }

    /** Every file of a snapshot, read from the store. */
    private static Map<String, byte[]> read(TestRepository repository, ObjectId root) {
        ObjectSource objects = repository.objects();
        Map<String, byte[]> files = new HashMap<>();
        MerkleMap.ofEntries(root, objects).iterator().forEachRemaining(entry -> {
            if (entry.content() != null) {
                List<byte[]> parts = new ArrayList<>();
                FileContentReader.of(entry.requireContent(), objects)
                        .forEachRemaining(extent -> parts.add(
                                switch (extent) {
                                    case Extent.Hole hole -> new byte[(int) hole.length()];
                                    case Extent.Data data ->
                                        Arrays.copyOfRange(
                                                data.bytes(), data.start(), data.start() + (int) data.length());
                                }));
                String path = entry.path().toString();
                files.put(path.substring(path.lastIndexOf('/') + 1), concatenated(parts.toArray(byte[][]::new)));
            }
        });
        return files;
    }

    private static void assertSame(Map<String, byte[]> actual, Map<String, byte[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bytes) ->
                assertThat(Arrays.equals(actual.get(name), bytes)).as(name).isTrue());
    }

    private static int depthMax(TestRepository repository) {
        int depth = 0;
        for (SealedRecord record : repository.records(RecordKind.values())) {
            for (var object : record.header().provided()) {
                depth = Math.max(depth, repository.store.depth(object.id()));
            }
        }
        return depth;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void capture_manyVersionsOfEditedFiles_eachReadsBackAndIsSmall(long seed) throws IOException {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Path source = Files.createDirectory(temporary.resolve("source"));
        Files.write(source.resolve("large"), noise(random, 6_000_000));
        Files.write(source.resolve("zeros"), new byte[3_000_000]);
        Files.write(source.resolve("small"), noise(random, 30_000));
        Files.write(source.resolve("middle"), noise(random, 300_000));
        TestRepository repository = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));
        List<Map<String, byte[]>> pictures = new ArrayList<>();
        List<ObjectId> roots = new ArrayList<>();
        for (int version = 0; version < VERSIONS; version++) {
            CaptureResult result = repository.capture(source);
            roots.add(result.root());
            pictures.add(picture(source));
            // What history made of it does not show in the names of things.
            TestRepository fresh = new TestRepository(repository.keys);
            assertThat(fresh.capture(source).root()).isEqualTo(result.root());
            for (String name : List.of("large", "zeros", "small", "middle")) {
                byte[] now = Files.readAllBytes(source.resolve(name));
                for (int edits = random.nextInt(4); edits > 0; edits--) {
                    now = edited(random, now);
                }
                Files.write(source.resolve(name), now);
            }
            if (version == 6) {
                Files.write(source.resolve("large"), noise(random, 4_000_000));
                try (RandomAccessFile holes =
                        new RandomAccessFile(source.resolve("holes").toFile(), "rw")) {
                    holes.setLength(9_000_000);
                    holes.seek(4_000_000);
                    holes.write(noise(random, 500_000));
                }
            }
        }
        for (int version = 0; version < VERSIONS; version++) {
            assertSame(read(repository, roots.get(version)), pictures.get(version));
        }
        assertThat(depthMax(repository)).isBetween(1, DeltaSealing.DEPTH_MAX);
        assertThat(repository.records(RecordKind.DELTA)).isNotEmpty();
    }

    @Test
    void capture_fewBytesOfALargeFile_storesLittle() throws IOException {
        SplittableRandom random = new SplittableRandom(9);
        Path source = Files.createDirectory(temporary.resolve("source"));
        byte[] now = noise(random, 12_000_000);
        Files.write(source.resolve("large"), now);
        TestRepository repository = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));
        repository.capture(source);
        long bytesNew = 0;
        long bytesStored = 0;
        for (int version = 1; version < 7; version++) {
            for (int i = 0; i < 30; i++) {
                now[random.nextInt(now.length)]++;
            }
            Files.write(source.resolve("large"), now);
            CaptureResult result = repository.capture(source);
            bytesNew += result.bytesNew();
            bytesStored += result.bytesStored();
            assertSame(read(repository, result.root()), picture(source));
        }
        // A part goes plainly, where a chunk is as deep as may be and most of its file is not.
        assertThat(bytesNew).isGreaterThan(6_000_000);
        assertThat(bytesStored).isLessThan(bytesNew / 5);
        assertThat(depthMax(repository)).isLessThanOrEqualTo(DeltaSealing.DEPTH_MAX);
    }

    /** All of it new behind a place where more is missing than is looked through at first. */
    @Test
    void capture_shiftedAndEditedAtEveryChunk_isFoundAllTheSame() throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        Path source = Files.createDirectory(temporary.resolve("source"));
        byte[] old = noise(random, 60 << 20);
        Files.write(source.resolve("large"), old);
        TestRepository repository = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));
        repository.capture(source);
        byte[] shifted = Arrays.copyOfRange(old, 50 << 20, 56 << 20);
        for (int at = 0; at < shifted.length; at += 12 << 10) {
            shifted[at]++;
        }
        Files.write(source.resolve("large"), concatenated(Arrays.copyOf(old, 45 << 20), shifted));
        CaptureResult result = repository.capture(source);
        assertSame(read(repository, result.root()), picture(source));
        assertThat(result.bytesNew()).isGreaterThan(5 << 20);
        assertThat(result.bytesStored()).isLessThan(200_000);
    }

    @Test
    void capture_smallFileChangedOrCopied_isADeltaOrNothing() throws IOException {
        SplittableRandom random = new SplittableRandom(10);
        Path source = Files.createDirectory(temporary.resolve("source"));
        byte[] now = noise(random, 40_000);
        Files.write(source.resolve("small"), now);
        TestRepository repository = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));
        repository.capture(source);
        now[20_000]++;
        Files.write(source.resolve("small"), now);
        CaptureResult changed = repository.capture(source);
        assertThat(repository.records(RecordKind.DELTA)).hasSize(1);
        assertThat(changed.bytesStored()).isLessThan(5_000);
        Files.write(source.resolve("copy"), now);
        CaptureResult copied = repository.capture(source);
        assertThat(copied.bytesNew()).isZero();
        assertSame(read(repository, copied.root()), picture(source));
    }

    /** What cannot be read of the old version is no base. The capture does without. */
    @ParameterizedTest
    @MethodSource("seeds")
    void capture_oldVersionIsDamaged_storesTheNewOneWhole(long seed) throws IOException {
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Path source = Files.createDirectory(temporary.resolve("source"));
        byte[] now = noise(random, 5_000_000);
        Files.write(source.resolve("large"), now);
        Files.write(source.resolve("small"), noise(random, 30_000));
        TestRepository repository = new TestRepository(RepositoryKeys.generate(new Random(4_712)::nextBytes));
        CaptureResult before = repository.capture(source);
        now = edited(random, now);
        now[1_000_000]++;
        Files.write(source.resolve("large"), now);
        InMemoryObjectStore store = (InMemoryObjectStore) repository.store;
        RecordKind damaged = seed % 2 == 0 ? RecordKind.RUN : RecordKind.PAGE;
        int damages = 0;
        for (SealedRecord record : repository.records(damaged)) {
            ObjectId id = record.header().provided().getFirst().id();
            RecordRef ref = store.providers(id).getFirst();
            // Not the manifest itself: without it there is no previous snapshot.
            if (!id.equals(before.root()) && random.nextInt(4) > 0) {
                store.damage(ref.sequence());
                damages++;
            }
        }
        assertThat(damages).isPositive();
        CaptureResult result = repository.capture(source);
        assertThat(result.root()).isNotEqualTo(before.root());
        TestRepository fresh = new TestRepository(repository.keys);
        assertThat(fresh.capture(source).root()).isEqualTo(result.root());
    }
}
