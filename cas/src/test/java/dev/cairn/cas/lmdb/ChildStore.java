package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.TestRecords;
import dev.cairn.cas.gc.CollectionProgress;
import dev.cairn.cas.gc.Collector;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A JVM of its own that works on a replica, for tests of kill -9, of several processes, and of files that might kill one.
 * Prints a line for each thing that was acknowledged.
 */
final class ChildStore {

    /** What a child needs beside its class path: the same as the tests' own JVM. */
    private static final List<String> JVM = List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC");

    /** How a child exits that was told to stop between the commits of volume and index. */
    static final int HALTED = 9;

    /** How often a child of {@link ProcessesTest} moves its branch. */
    static final int MOVES = 200;

    private ChildStore() {}

    /** Starts a child; {@code before} stands before the command, for strace. */
    static Process start(List<String> before, Path folder, String task, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(folder.toString(), task));
        all.addAll(List.of(arguments));
        return start(before, ChildStore.class, all.toArray(String[]::new));
    }

    /** Starts a child with a heap of 32 MiB. */
    static Process startSmall(Path folder, String task) throws IOException {
        return start(List.of(), List.of("-Xmx32m"), ChildStore.class, folder.toString(), task);
    }

    /** Starts a child of another kind. */
    static Process start(List<String> before, Class<?> main, String... arguments) throws IOException {
        return start(before, List.of("-Xmx256m"), main, arguments);
    }

    /** Starts a child that runs so long that it is worth to compile it well. */
    static Process startLong(Class<?> main, String... arguments) throws IOException {
        return start(List.of(), List.of("-Xmx256m", "-XX:TieredStopAtLevel=4"), main, arguments);
    }

    private static Process start(List<String> before, List<String> heap, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(heap);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static BufferedReader output(Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Runs in the child. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        LmdbObjectStore.Options options = LmdbObjectStore.Options.DEFAULT.withLockWait(Duration.ofSeconds(60));
        switch (arguments[1]) {
            case "persist" -> persist(folder, options, Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
            case "watch" -> watch(folder, Integer.parseInt(arguments[2]));
            case "hold" -> hold(folder);
            case "transact" -> transact(folder);
            case "collect" -> collect(folder);
            case "session" -> session(folder);
            case "many" -> many(folder, Integer.parseInt(arguments[2]));
            default -> useOpen(folder, options, arguments);
        }
    }

    private static void useOpen(Path folder, LmdbObjectStore.Options options, String[] arguments) {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, options)) {
            switch (arguments[1]) {
                case "commit" -> commit(store, Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
                case "moves" -> moves(store, Long.parseLong(arguments[2]), Integer.parseInt(arguments[3]));
                case "stall" -> stall(store, Long.parseLong(arguments[2]));
                case "late" -> late(store);
                case "scan" -> scan(store);
                case "halt" -> halt(store, Long.parseLong(arguments[2]));
                default -> throw new IllegalArgumentException(arguments[1]);
            }
        } catch (StoreException e) {
            System.out.println("refused " + e.getClass().getSimpleName());
        }
    }

    /** Commits trees; prints the snapshot of each when it was acknowledged. */
    private static void commit(LmdbObjectStore store, long seed, int count) {
        TestRecords make = new TestRecords(seed);
        for (int i = 0; i < count; i++) {
            ObjectId snapshot = make.id();
            List<SealedRecord> tree = make.tree(snapshot, i, 20_000);
            store.commit(tree);
            System.out.println(snapshot);
        }
    }

    /**
     * Reads until {@code count} branches have moved for the last time: each state that is seen is whole, and none is older than
     * one before. Opens afresh now and then, as a new command would.
     */
    private static void watch(Path folder, int count) {
        Map<String, Long> versions = new HashMap<>();
        long looks = 0;
        int finished = 0;
        while (finished < count) {
            try (LmdbObjectStore store = LmdbObjectStore.open(folder, LmdbObjectStore.Options.DEFAULT)) {
                for (int i = 0; i < 20; i++) {
                    finished = 0;
                    for (Branch branch : store.branches()) {
                        Long before = versions.put(branch.name(), branch.version());
                        if (before != null && before > branch.version()) {
                            throw new IllegalStateException(branch + " went back from " + before);
                        }
                        requireReadable(store, branch.snapshot());
                        finished += branch.version() == MOVES ? 1 : 0;
                    }
                    looks++;
                }
            }
        }
        System.out.println("watched " + looks);
    }

    private static void requireReadable(LmdbObjectStore store, ObjectId id) {
        RecordRef ref = store.providers(id).getFirst();
        RecordHeader header = store.read(ref).header();
        for (ProvidedObject object : header.provided()) {
            object.nodeChildren().forEach(child -> requireReadable(store, child));
            object.chunkChildren().forEach(child -> requireReadable(store, child));
        }
    }

    /** Begins a commit and stays between the commits of volume and index until it is killed. */
    private static void stall(LmdbObjectStore store, long seed) {
        store.shared().betweenCommits(() -> {
            System.out.println("between");
            await();
        });
        store.commit(new TestRecords(seed).tree(new ObjectId(5, 0, 0, seed), 1, 5_000));
    }

    /** Takes the writer lock and keeps it until the parent says something, or is gone. */
    private static void hold(Path folder) {
        try (WriterLock writerLock = new WriterLock(ReplicaFolder.writerLock(folder))) {
            FileLock lock = writerLock.acquire(Duration.ZERO);
            System.out.println("held");
            await();
            WriterLock.release(lock);
        }
    }

    /** Is in the midst of changing the index until it is killed, as a process that was stopped there. */
    private static void transact(Path folder) {
        try (Environment index = Environment.index(
                        ReplicaFolder.index(folder),
                        LmdbObjectStore.Options.DEFAULT.indexMapBytes(),
                        Environment.Mode.WRITE);
                WriteView _ = index.write()) {
            System.out.println("within");
            await();
        }
    }

    /** Collects, and prints a line at each of its steps. */
    private static void collect(Path folder) {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, CollectionOnDiskTest.OPTIONS)) {
            long start = System.nanoTime();
            Collector collector = new Collector(store, Collector.DEAD_SHARE_MIN, CollectionProgress.NONE, () -> {
                System.out.println("step");
                return false;
            });
            System.out.println("collected " + collector.run().removed().objects());
            System.err.printf(
                    "%.1f s, heap at most %d MB%n",
                    (System.nanoTime() - start) / 1e9, Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    /** Begins a session and keeps it until it is killed. */
    private static void session(Path folder) {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, CollectionOnDiskTest.OPTIONS);
                ObjectStore session = store.session("a child")) {
            System.out.println(session.branches().isEmpty() ? "empty" : "begun");
            await();
        }
    }

    /** Makes a replica of very many objects. */
    private static void many(Path folder, int chunks) {
        try (LmdbObjectStore store =
                LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, LmdbObjectStore.Options.DEFAULT)) {
            ManyObjects.store(store, chunks);
        }
    }

    /** Walks over all records and all objects, and counts them. */
    private static void scan(LmdbObjectStore store) {
        long[] counts = new long[2];
        store.forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                counts[0]++;
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                counts[1]++;
            }

            @Override
            public void damaged(CorruptDataException damage) {
                throw damage;
            }
        });
        System.out.println("records %d, objects %d".formatted(counts[0], counts[1]));
    }

    /** Commits only after the parent has said something. */
    private static void late(LmdbObjectStore store) {
        System.out.println("open");
        await();
        store.commit(new TestRecords(71).tree(new ObjectId(7, 7, 7, 7), 1, 100));
        System.out.println("committed");
    }

    private static void await() {
        try {
            int said = System.in.read();
            System.out.println("heard " + said);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Commits a tree and stops, without any cleaning up, between the two commits. */
    private static void halt(LmdbObjectStore store, long seed) {
        store.shared().betweenCommits(() -> Runtime.getRuntime().halt(HALTED));
        store.commit(new TestRecords(seed).tree(new ObjectId(5, 0, 0, seed), 1, 5_000));
    }

    /** Commits trees, whatever becomes of each, and opens the store afresh where it does not recover by itself. */
    private static void persist(Path folder, LmdbObjectStore.Options options, long seed, int count) {
        TestRecords make = new TestRecords(seed);
        LmdbObjectStore store = LmdbObjectStore.open(folder, options);
        int refusedInARow = 0;
        for (int i = 0; i < count; i++) {
            ObjectId snapshot = make.id();
            try {
                store.commit(make.tree(snapshot, i, 9_000));
                System.out.println(snapshot);
                refusedInARow = 0;
            } catch (StoreException e) {
                System.out.println("refused " + e.getClass().getSimpleName() + " " + e.getMessage());
                refusedInARow++;
            }
            if (refusedInARow >= 2) {
                store.close();
                store = LmdbObjectStore.open(folder, options);
            }
        }
        store.close();
    }

    /** Commits trees and moves a branch to each snapshot; prints the snapshot when both were acknowledged. */
    private static void moves(LmdbObjectStore store, long seed, int count) {
        TestRecords make = new TestRecords(seed);
        String branch = "b" + seed;
        ObjectId before = store.branch(branch).map(at -> at.snapshot()).orElse(null);
        for (int i = 0; i < count; i++) {
            ObjectId snapshot = make.id();
            CompletableFuture<?> stored = store.submit(make.tree(snapshot, i, 5_000));
            BranchMove.Outcome outcome =
                    store.move(new BranchMove(branch, before, snapshot, List.of(), new OperationId(seed, i)));
            if (!(outcome instanceof BranchMove.Outcome.Moved)) {
                throw new IllegalStateException(outcome.toString());
            }
            stored.join();
            before = snapshot;
            System.out.println(snapshot);
        }
    }

    /** The id in a line that a child printed, if it is one. */
    static Optional<ObjectId> acknowledged(String line) {
        return line.matches("[0-9a-f]{64}") ? Optional.of(ObjectId.parse(line)) : Optional.empty();
    }
}
