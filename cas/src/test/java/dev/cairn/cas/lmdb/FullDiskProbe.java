package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.TestRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A process that uses a replica on a {@link SmallDisk} which is full, or nearly so. */
final class FullDiskProbe {

    static final String DONE = "done";
    private static final long SEED = 51;
    private static final int FREE_PAGES_MAX = 160;
    private static final int FREE_PAGES_STEP = 4;

    private final Path disk;
    private final Path folder;
    private final TestRecords make = new TestRecords(SEED + 1);

    private FullDiskProbe(Path disk) {
        this.disk = disk;
        this.folder = disk.resolve("replica");
    }

    /** Arguments: the folder that the disk is mounted at, and the task. */
    public static void main(String[] arguments) throws IOException {
        FullDiskProbe probe = new FullDiskProbe(Path.of(arguments[0]));
        switch (arguments[1]) {
            case "until-full" -> probe.commitUntilFull();
            case "nearly-full" -> probe.useNearlyFull(Path.of(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        System.out.println(DONE);
    }

    /** Fills the disk by commits, makes room, and goes on with the same store. Prints what was acknowledged. */
    private void commitUntilFull() throws IOException {
        SmallDisk.fill(disk, 300);
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT.withIndexMapBytes(1L << 30);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, options)) {
            List<SealedRecord> refused = commitWhileThereIsRoom(store);
            for (int i = 0; i < 3; i++) {
                requireFull(store, refused);
            }
            SmallDisk.empty(disk);
            store.commit(refused);
            System.out.println(TestRecords.provided(refused.getLast()));
            for (int i = 0; i < 5; i++) {
                commit(store, i);
            }
        }
    }

    private List<SealedRecord> commitWhileThereIsRoom(LmdbObjectStore store) {
        for (int i = 0; ; i++) {
            List<SealedRecord> tree = make.tree(make.id(), i, 10_000);
            try {
                store.commit(tree);
                System.out.println(TestRecords.provided(tree.getLast()));
            } catch (StoreFullException e) {
                System.out.println("full " + e.getMessage());
                return tree;
            }
        }
    }

    private static void requireFull(LmdbObjectStore store, List<SealedRecord> tree) {
        try {
            store.commit(tree);
            throw new AssertionError("there was room");
        } catch (StoreFullException e) {
            assertThat(e.freeBytes()).isLessThan(1 << 20);
            assertThat(e.getMessage()).contains("bytes free");
        }
    }

    private void commit(LmdbObjectStore store, int sequence) {
        ObjectId snapshot = make.id();
        store.commit(make.tree(snapshot, sequence, 10_000));
        System.out.println(snapshot);
    }

    /** Opens, commits and rebuilds with so and so many free pages. Prints what became of it. */
    private void useNearlyFull(Path whole) throws IOException {
        SmallReplica replica = SmallReplica.create(whole, SEED);
        Set<String> outcomes = new TreeSet<>();
        for (int freePages = 0; freePages <= FREE_PAGES_MAX; freePages += FREE_PAGES_STEP) {
            System.out.println("free " + freePages);
            for (boolean rebuild : new boolean[] {false, true}) {
                SmallDisk.empty(disk);
                SmallReplica.delete(folder);
                SmallReplica.copy(whole, folder);
                SmallDisk.fill(disk, freePages);
                outcomes.add(rebuild ? rebuilt() : committed(replica));
                SmallDisk.empty(disk);
                try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
                    replica.requireWhole(store);
                    store.commit(List.of(make.run(100)));
                }
            }
        }
        System.out.println("outcomes " + outcomes);
    }

    private String committed(SmallReplica replica) {
        List<SealedRecord> tree = new ArrayList<>(make.tree(make.id(), 1, 9_000));
        List<SealedRecord> acknowledged = new ArrayList<>();
        String outcome = "committed";
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            store.commit(tree);
            acknowledged.addAll(tree);
            assertThat(replica.read(store).refused()).allMatch(StoreFullException.class::isInstance);
        } catch (StoreFullException e) {
            outcome = "commit refused";
        } catch (StoreException e) {
            throw new AssertionError("not said to be full", e);
        }
        try {
            SmallDisk.empty(disk);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            assertThat(acknowledged).allMatch(record -> store.has(TestRecords.provided(record)));
            store.commit(tree);
            CrashTest.requireWhole(store, 43);
        }
        return outcome;
    }

    private String rebuilt() {
        try {
            assertThat(LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS)
                            .losses())
                    .isEmpty();
            return "rebuilt";
        } catch (StoreFullException e) {
            return "rebuild refused";
        }
    }
}
