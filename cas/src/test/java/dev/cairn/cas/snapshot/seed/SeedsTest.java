package dev.cairn.cas.snapshot.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.posix.Capability;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path dir;

    private final RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
    private final Sealer sealer = new Sealer(keys, Compression.DEFAULT);
    private final GearCutter cutter =
            new GearCutter(GearTable.keyed(keys.chunkerKey().copy()), ChunkProfile.DEFAULT);
    private final Told told = new Told();

    @SuppressWarnings("NullAway.Init")
    private Path source;

    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    /** Keeps what was told. */
    private static final class Told implements SeedProgress {
        final List<String> events = new ArrayList<>();
        long bytes;

        @Override
        public void scanning() {
            events.add("scanning");
        }

        @Override
        public void bytes(long count) {
            bytes += count;
        }

        @Override
        public void scanned(long chunks) {
            events.add("scanned " + chunks);
        }

        @Override
        public void passedOver(String path, String reason) {
            events.add("passed over " + path + ": " + reason);
        }

        @Override
        public void changed(String path) {
            events.add("changed " + path);
        }
    }

    @BeforeEach
    void folders() throws IOException {
        source = Files.createDirectories(dir.resolve("source"));
        temporary = Files.createDirectories(dir.resolve("tmp"));
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    /** The chunks of what a capture makes of the source. */
    private Set<ObjectId> captured() {
        InMemoryObjectStore store = new InMemoryObjectStore(keys.repositoryId());
        ReplicaIdentity replica = ReplicaIdentity.generate(keys.roster(), "test", Instant.now(), Entropy.system());
        CaptureStore to = new CaptureStore(
                store,
                keys,
                sealer,
                (id, type) -> {
                    throw new IllegalStateException("there is nothing to read");
                },
                cutter,
                replica,
                "test");
        CapturePlan plan = CapturePlan.of(List.of(RawName.of(source.toString())), "main");
        new Capture(to).run(plan, CaptureProgress.NONE, Cancellation.NEVER);
        Set<ObjectId> chunks = new LinkedHashSet<>();
        store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                if (type == ObjectType.CHUNK) {
                    chunks.add(id);
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                throw damage;
            }
        });
        return chunks;
    }

    private Seeds seeds(SeedFolder folder, long chunksMax, Cancellation cancellation) throws IOException {
        try (Directory own = Directory.open(temporary)) {
            return new Seeds(List.of(folder), sealer, cutter, own.stat(), temporary, chunksMax, told, cancellation);
        }
    }

    private SeedFolder folder() {
        return SeedFolder.open(RawName.of(source.toString()));
    }

    /** What comes, opened and verified. */
    private Set<ObjectId> supplied(Seeds seeds, Set<ObjectId> wanted) {
        Set<ObjectId> ids = new LinkedHashSet<>();
        seeds.supply(wanted, (run, plainBytes) -> ids.addAll(verified(run, plainBytes)));
        return ids;
    }

    private List<ObjectId> verified(SealedRecord run, long plainBytes) {
        var opened = sealer.open(run, "a test");
        opened.verify();
        long bytes = 0;
        for (int i = 0; i < run.header().provided().size(); i++) {
            bytes += opened.object(i).body().length;
        }
        assertThat(plainBytes).isEqualTo(bytes);
        return run.header().provided().stream().map(object -> object.id()).toList();
    }

    private Set<ObjectId> supplied(Set<ObjectId> wanted) throws IOException {
        try (SeedFolder folder = folder();
                Seeds seeds = seeds(folder, SeedIndex.CHUNKS_MAX, Cancellation.NEVER)) {
            return supplied(seeds, wanted);
        }
    }

    @Test
    void supply_folderOfAllKindsOfFiles_hasEveryChunkThatACaptureMakes() throws IOException {
        Files.write(source.resolve("none"), new byte[0]);
        Files.write(source.resolve("inline"), noise(512, 1));
        Files.write(source.resolve("small"), noise(513, 2));
        Files.write(source.resolve("one chunk"), noise(64 << 10, 3));
        Files.write(source.resolve("large"), noise((64 << 10) + 1, 4));
        Files.write(source.resolve("larger"), noise(3_000_000, 5));
        Files.write(source.resolve("zeros"), new byte[1_000_000]);
        Path deep = source;
        for (int depth = 0; depth < 80; depth++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }
        Files.write(deep.resolve("deep"), noise(70_000, 6));
        Files.createSymbolicLink(source.resolve("link"), source.resolve("large"));
        try (Directory parent = Directory.open(source);
                OpenFile hostile = parent.createFile(new byte[] {'a', (byte) 0xFF, '\n', '"'}, 0644)) {
            hostile.write(0, noise(100_000, 7), 0, 100_000);
        }
        Set<ObjectId> chunks = captured();

        assertThat(chunks).hasSizeGreaterThan(30);
        assertThat(supplied(chunks)).isEqualTo(chunks);
        assertThat(told.events).containsExactly("scanning", "scanned " + chunks.size());
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void supply_hugeSparseFile_findsWhatStandsBetweenTheHoles() throws IOException {
        try (Directory parent = Directory.open(source);
                OpenFile sparse = parent.createFile(RawName.of("sparse"), 0644)) {
            assumeThat(parent.capabilities()).contains(Capability.HOLES);
            sparse.write(5L << 30, noise(300_000, 8), 0, 300_000);
            sparse.truncate(1L << 40);
        }
        Set<ObjectId> chunks = captured();

        assertThat(chunks).isNotEmpty();
        assertThat(supplied(chunks)).isEqualTo(chunks);
        assertThat(told.bytes).as("holes are passed over").isEqualTo(1L << 40);
    }

    @Test
    void supply_filesThatChangedAfterTheScan_comeOnlyAsFarAsTheyAreWhatWasNamed() throws IOException {
        byte[] large = noise(2_000_000, 9);
        Files.write(source.resolve("large"), large);
        Files.write(source.resolve("moved"), noise(20_000, 10));
        Files.write(source.resolve("cut"), noise(30_000, 11));
        Files.write(source.resolve("swapped"), noise(40_000, 12));
        Files.write(source.resolve("fifo"), noise(50_000, 13));
        Set<ObjectId> chunks = captured();
        try (SeedFolder folder = folder();
                Seeds seeds = seeds(folder, SeedIndex.CHUNKS_MAX, Cancellation.NEVER)) {
            assertThat(supplied(seeds, Set.of())).isEmpty();
            large[1_000_000]++;
            Files.write(source.resolve("large"), large);
            Files.move(source.resolve("moved"), source.resolve("elsewhere"));
            Files.write(source.resolve("cut"), noise(100, 11));
            Files.move(source.resolve("swapped"), dir.resolve("outside"));
            Files.createSymbolicLink(source.resolve("swapped"), dir.resolve("outside"));
            Files.delete(source.resolve("fifo"));
            Files.createDirectory(source.resolve("fifo"));

            Set<ObjectId> come = supplied(seeds, chunks);

            assertThat(chunks).containsAll(come);
            assertThat(come)
                    .as("but for one chunk of the large file, and four files")
                    .hasSize(chunks.size() - 5);
        }
        assertThat(told.events)
                .contains(
                        "changed " + source + "/large",
                        "changed " + source + "/moved",
                        "changed " + source + "/cut",
                        "changed " + source + "/swapped",
                        "changed " + source + "/fifo");
    }

    @Test
    void supply_moreChunksThanItTakes_tellsAndUsesTheFirst() throws IOException {
        for (int i = 0; i < 10; i++) {
            Files.write(source.resolve("f" + i), noise(1000, 20 + i));
        }
        Set<ObjectId> chunks = captured();
        try (SeedFolder folder = folder();
                Seeds seeds = seeds(folder, 4, Cancellation.NEVER)) {
            assertThat(supplied(seeds, chunks)).hasSize(4);
        }
        assertThat(told.events)
                .containsOnlyOnce("passed over " + source + "/f4: the seeds hold more than 4 chunks; from here on");
    }

    @Test
    void close_nothingAsked_readsNothing() throws IOException {
        Files.write(source.resolve("f"), noise(1000, 1));
        try (SeedFolder folder = folder();
                Seeds seeds = seeds(folder, SeedIndex.CHUNKS_MAX, Cancellation.NEVER)) {
            assertThat(seeds).isNotNull();
        }
        assertThat(told.events).isEmpty();
        assertThat(told.bytes).isZero();
    }

    @Test
    void supply_timeToStop_stops() throws IOException {
        Files.write(source.resolve("f"), noise(1000, 1));
        try (SeedFolder folder = folder();
                Seeds seeds = seeds(folder, SeedIndex.CHUNKS_MAX, () -> true)) {
            assertThatThrownBy(() -> supplied(seeds, Set.of())).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void supply_repositoryInTheSeed_isPassedOver() throws IOException {
        temporary = Files.createDirectories(source.resolve("repository"));
        Files.write(temporary.resolve("volume"), noise(100_000, 1));
        assertThat(supplied(Set.of())).isEmpty();
        assertThat(told.events).containsExactly("scanning", "scanned 0");
    }

    @Test
    void open_noFolder_isRefused() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), source);
        Path file = Files.write(dir.resolve("file"), new byte[3]);
        for (String path : List.of(link.toString(), link + "/", file.toString(), dir + "/missing", "")) {
            assertThatThrownBy(() -> SeedFolder.open(RawName.of(path)))
                    .as(path)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void find_manyChunks_eachIsWhereItWasAddedFirst() {
        long seed = 14;
        Random random = new Random(seed);
        long[] words = new long[60_000];
        Arrays.setAll(words, i -> i == 0 ? 0 : random.nextLong());
        try (SeedIndex index = new SeedIndex(temporary, SeedIndex.CHUNKS_MAX)) {
            long file = index.addFile(new SeedIndex.SeedFile(3, EntryPath.parse("some/where")));
            for (int i = 0; i < words.length; i++) {
                index.add(id(words[i]), new SeedIndex.Place(file, i, i + 1, i % 2 == 0));
                index.add(id(words[i]), new SeedIndex.Place(file, 0, 7, false));
            }
            assertThat(index.chunks()).isEqualTo(words.length);
            for (int i = 0; i < words.length; i++) {
                assertThat(index.find(id(words[i]))).isEqualTo(new SeedIndex.Place(file, i, i + 1, i % 2 == 0));
            }
            assertThat(index.find(id(random.nextLong()))).isNull();
            assertThat(index.file(file).path()).hasToString("some/where");
            assertThat(index.file(file).seed()).isEqualTo(3);
        }
    }

    private static ObjectId id(long word) {
        return new ObjectId(word, 1, 2, 3);
    }
}
