package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.TestRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A replica of some tens of objects in two volumes, with everything that index and volumes can hold, and what must be read
 * from it: right bytes, an exception, or nothing, never anything else.
 */
final class SmallReplica {

    static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    /** A volume is full after about 100 KB. */
    static final LmdbObjectStore.Options OPTIONS =
            LmdbObjectStore.Options.DEFAULT.withVolumeBytesMax((1 << 20) + 100_000);

    static final byte[] CONFIGURATION =
            "the configuration".repeat(20).getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private final TestRecords make;
    private final Shape shape;
    private final List<SealedRecord> records = new ArrayList<>();
    private final Map<ObjectId, List<SealedRecord>> providers = new HashMap<>();
    private final List<ObjectId> tips = new ArrayList<>();

    /**
     * How large one is.
     *
     * @param groups of seven objects in each commit, beside its snapshot
     * @param runBytes of the body of its larger records
     */
    record Shape(int commits, int groups, int runBytes, LmdbObjectStore.Options options) {
        static final Shape ORDINARY = new Shape(8, 1, 7_000, OPTIONS);
    }

    /** What {@link #read} saw. */
    record Reading(Set<ObjectId> right, Set<ObjectId> absent, List<StoreException> refused) {}

    private SmallReplica(long seed, Shape shape) {
        make = new TestRecords(seed);
        this.shape = shape;
    }

    /** The records of none, before one is made. */
    static SmallReplica none() {
        return new SmallReplica(0, Shape.ORDINARY);
    }

    /** Makes one. The same seed gives the same records, so that another process can make what it must read. */
    static SmallReplica create(Path folder, long seed) {
        return create(folder, seed, _ -> {});
    }

    /** As above; {@code afterCommit} sees the folder after each commit. */
    static SmallReplica create(Path folder, long seed, IntConsumer afterCommit) {
        return create(folder, seed, Shape.ORDINARY, afterCommit);
    }

    /** As above, of another shape. */
    static SmallReplica create(Path folder, long seed, Shape shape, IntConsumer afterCommit) {
        SmallReplica replica = new SmallReplica(seed, shape);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, REPOSITORY, shape.options)) {
            replica.fill(store, afterCommit);
        }
        return replica;
    }

    private void fill(LmdbObjectStore store, IntConsumer afterCommit) {
        store.configure(0, CONFIGURATION);
        for (int i = 0; i < shape.commits; i++) {
            commit(store, i);
            afterCommit.accept(i);
        }
        store.local("cache").putAll(List.of(new LocalTable.Row(new byte[] {1}, new byte[] {2})));
    }

    /** Another commit: groups of a run, a delta over it, another run, and two pages of which one names the other; a snapshot; a move to it. */
    void commit(ObjectStore store, int sequence) {
        List<SealedRecord> added = new ArrayList<>();
        List<ObjectId> roots = List.of();
        for (int i = 0; i < shape.groups; i++) {
            ObjectId base = make.id();
            ObjectId made = make.id();
            SealedRecord run = make.run(shape.runBytes, make.id(), base, make.id());
            SealedRecord delta = make.delta(List.of(base), made);
            ProvidedObject leaf = new ProvidedObject(make.id(), List.of(), List.of(base, made));
            List<ObjectId> below = new ArrayList<>(List.of(leaf.id()));
            below.addAll(roots);
            ProvidedObject root = new ProvidedObject(make.id(), below, List.of(base));
            added.addAll(List.of(run, delta, make.run(shape.runBytes * 4 / 7), make.pages(leaf, root)));
            roots = List.of(root.id());
        }
        ObjectId tip = make.id();
        added.add(make.snapshot(
                tip, sequence, tips.stream().skip(Math.max(0, tips.size() - 1)).toList(), roots.getFirst()));
        store.commit(added);
        ObjectId before = tips.isEmpty() ? null : tips.getLast();
        store.move(new BranchMove("main", before, tip, List.of(), make.operation()));
        for (SealedRecord record : added) {
            records.add(record);
            record.header()
                    .provided()
                    .forEach(object -> providers
                            .computeIfAbsent(object.id(), _ -> new ArrayList<>())
                            .add(record));
        }
        tips.add(tip);
    }

    /** Every record in the order of its sequence. */
    List<SealedRecord> records() {
        return records;
    }

    Set<ObjectId> ids() {
        return providers.keySet();
    }

    List<ObjectId> tips() {
        return tips;
    }

    /** Records for a test's own use. */
    TestRecords make() {
        return make;
    }

    /** Reads every object. */
    Reading read(ObjectStore store) {
        return read(store, providers.keySet());
    }

    /** Reads these objects. */
    Reading read(ObjectStore store, Collection<ObjectId> ids) {
        Reading reading = new Reading(new HashSet<>(), new HashSet<>(), new ArrayList<>());
        Map<RecordRef, SealedRecord> whole = new HashMap<>();
        for (ObjectId id : ids) {
            try {
                List<RecordRef> refs = store.providers(id);
                if (refs.isEmpty()) {
                    reading.absent.add(id);
                } else {
                    requireRight(id, whole.computeIfAbsent(refs.getFirst(), store::read));
                    reading.right.add(id);
                }
            } catch (StoreException e) {
                reading.refused.add(e);
            }
        }
        return reading;
    }

    private void requireRight(ObjectId id, SealedRecord record) {
        byte[] bytes = record.bytes();
        assertThat(providers.get(id)).anyMatch(known -> Arrays.equals(bytes, known.bytes()));
    }

    /** Reads what is not records. Each is right, an older state of it, or refused. */
    List<StoreException> readRest(ObjectStore store) {
        List<StoreException> refused = new ArrayList<>();
        attempt(refused, () -> store.branches().forEach(this::requireKnown));
        attempt(refused, () -> store.branch("main").ifPresent(this::requireKnown));
        attempt(
                refused,
                () -> store.snapshots().forEach(snapshot -> assertThat(tips).contains(snapshot.snapshot())));
        attempt(
                refused,
                () -> store.configuration()
                        .ifPresent(configuration ->
                                assertThat(configuration.bytes()).isEqualTo(CONFIGURATION)));
        attempt(
                refused,
                () -> store.local("cache")
                        .get(new byte[] {1})
                        .ifPresent(row -> assertThat(row).containsExactly(2)));
        return refused;
    }

    private void requireKnown(Branch branch) {
        assertThat(branch.name()).isEqualTo("main");
        assertThat(tips.get((int) branch.version() - 1)).isEqualTo(branch.snapshot());
    }

    private static void attempt(List<StoreException> refused, Runnable reading) {
        try {
            reading.run();
        } catch (StoreException e) {
            refused.add(e);
        }
    }

    /** Everything is there and right. */
    void requireWhole(ObjectStore store) {
        Reading reading = read(store);
        assertThat(reading.refused).isEmpty();
        assertThat(reading.absent).isEmpty();
        assertThat(readRest(store)).isEmpty();
        assertThat(store.branch("main")).contains(new Branch("main", tips.getLast(), tips.size()));
        assertThat(store.snapshots()).hasSize(tips.size());
        assertThat(store.configuration()).isPresent();
    }

    /** Copies a folder's files, which nobody has open. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().contains("lock")) {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** Removes a folder. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
