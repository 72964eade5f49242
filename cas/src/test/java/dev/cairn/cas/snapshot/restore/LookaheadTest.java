package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixFault;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.posix.SmallFileSystem;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What several threads do ahead: nobody can tell from what is there, counted or told in the end. */
@Order(1)
final class LookaheadTest extends RestoreFixture {

    private static final int THREADS = 6;

    /** All that a restore tells, in order. */
    private static final class Told implements RestoreProgress {
        private final List<String> lines = new ArrayList<>();
        private final Thread caller = Thread.currentThread();
        private long bytes;

        @Override
        public void bytes(long count) {
            assertThat(Thread.currentThread()).isSameAs(caller);
            assertThat(count).isPositive();
            bytes += count;
        }

        @Override
        public void restored(EntryPath path, boolean written) {
            assertThat(Thread.currentThread()).isSameAs(caller);
            lines.add((written ? "written " : "same ") + path);
        }

        @Override
        public void removed(EntryPath path) {
            lines.add("removed " + path);
        }

        @Override
        public void failed(RestoreError error) {
            assertThat(Thread.currentThread()).isSameAs(caller);
            lines.add("failed " + error);
        }
    }

    /** The same objects, each read after a wait that nobody foresees. */
    private static ObjectSource slow(ObjectSource objects) {
        return (id, type) -> {
            if (type == ObjectType.CHUNK) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000));
            }
            return objects.read(id, type);
        };
    }

    private RestoreResult restore(RestorePlan plan, int threads, RestoreProgress progress) {
        return new Restore(slow(objects), access, threads).run(plan, progress, Cancellation.NEVER);
    }

    /** Folders with files of all sizes, links between them, a file of several pieces and one with holes. */
    private void makeMuch() throws IOException {
        Random random = new Random(7);
        for (int folder = 0; folder < 12; folder++) {
            for (int file = 0; file < 15; file++) {
                write(
                        "d%02d/f%02d".formatted(folder, file),
                        noise(random.nextInt(file == 7 ? 90_000 : 1500), folder + file));
            }
            write("d%02d/deeper/still/x".formatted(folder), noise(3000, folder));
            Files.createLink(source.resolve("d%02d/linked".formatted(folder)), source.resolve("d00/f03"));
            Files.createSymbolicLink(source.resolve("d%02d/symbolic".formatted(folder)), Path.of("f00"));
        }
        write("large", noise(5_000_000, 1));
        write("large-too", noise(1_100_000, 2));
        try (Directory folder = Directory.open(source);
                var sparse = folder.createFile(RawName.of("sparse"), 0644)) {
            sparse.truncate(9L << 20);
            sparse.write(2L << 20, noise(1_500_000, 3), 0, 1_500_000);
            folder.chmod(RawName.of("d03"), 0500);
        }
    }

    private Told told(RestorePlan plan, int threads) {
        Told told = new Told();
        RestoreResult result = restore(plan, threads, told);
        told.lines.add(result.toString());
        return told;
    }

    @Test
    void run_manyThreads_makeWhatOneMakesAndTellItAlike() throws IOException {
        makeMuch();
        ObjectId root = capture();
        target = temp.resolve("by one");
        Told one = told(plan(root), 1);
        assertTargetIsSource();
        for (int round = 0; round < 3; round++) {
            target = temp.resolve("by many " + round);

            Told many = told(plan(root), THREADS);

            assertTargetIsSource();
            assertThat(many.lines).isEqualTo(one.lines);
            assertThat(many.bytes).isEqualTo(one.bytes);
        }
    }

    /** A target with older, newer, longer and shorter files, a folder for a file, a file for a folder, and things besides. */
    private void makeOther(Path folder) throws IOException {
        Random random = new Random(8);
        for (int i = 0; i < 12; i++) {
            Path d = Files.createDirectories(folder.resolve("d%02d".formatted(i)));
            for (int file = 0; file < 15; file += 1 + random.nextInt(3)) {
                Path path = d.resolve("f%02d".formatted(file));
                switch (random.nextInt(5)) {
                    case 0 -> Files.createDirectory(path);
                    case 1 -> Files.createSymbolicLink(path, outside.resolve("theirs"));
                    case 2 -> Files.createLink(path, outside.resolve("theirs"));
                    default -> Files.write(path, noise(random.nextInt(1500), file));
                }
            }
            Files.writeString(d.resolve("besides"), "1");
            Files.writeString(d.resolve("deeper"), "no folder");
        }
        Files.write(folder.resolve("large"), noise(5_000_000, 9));
        Files.write(folder.resolve("large-too"), noise(10, 9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHANGED", "ALWAYS", "NEVER"})
    void run_targetThatIsNotEmpty_becomesTheSameByManyThreadsAsByOne(String overwrite) throws IOException {
        makeMuch();
        Files.writeString(outside.resolve("theirs"), "outside");
        ObjectId root = capture();
        for (boolean deleting : new boolean[] {false, true}) {
            List<Told> tellings = new ArrayList<>();
            List<Object> pictures = new ArrayList<>();
            for (int threads : new int[] {1, THREADS, THREADS}) {
                target = Files.createDirectory(temp.resolve("%s-%d".formatted(deleting, tellings.size())));
                makeOther(target);
                RestorePlan plan = overwriting(plan(root), Overwrite.valueOf(overwrite));
                tellings.add(told(deleting ? deleting(plan) : plan, threads));
                pictures.add(TreePicture.of(target).lines().keySet());
                assertNoTemporaries();
            }
            for (int i = 1; i < tellings.size(); i++) {
                assertThat(pictures.get(i)).isEqualTo(pictures.getFirst());
                assertThat(tellings.get(i).lines).isEqualTo(tellings.getFirst().lines);
                assertThat(tellings.get(i).bytes).isEqualTo(tellings.getFirst().bytes);
            }
            assertThat(outside.resolve("theirs")).hasContent("outside");
        }
    }

    /** Damage here and there, in small files, in a large one twice, and files that cannot be made: told in path order. */
    @Test
    void run_failuresInWorkers_areToldInPathOrderWhateverTheirTiming() throws IOException {
        makeMuch();
        ObjectId root = capture();
        List<ObjectId> large = chunks(entry(root, "large"));
        objects.damage(large.get(large.size() / 2));
        objects.damage(large.getLast());
        for (String path : new String[] {"d01/f07", "d05/deeper/still/x", "d09/f07", "large-too"}) {
            damage(root, path);
        }
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("rename") && name.equals("f11")) {
                throw PosixFault.of(operation, name, Errno.EPERM);
            }
        });
        target = temp.resolve("by one");
        Told one = told(plan(root), 1);
        assertThat(one.lines.stream().filter(line -> line.startsWith("failed ")).count())
                .isGreaterThan(15);
        for (int round = 0; round < 3; round++) {
            target = temp.resolve("by many " + round);

            Told many = told(plan(root), THREADS);

            assertThat(many.lines).isEqualTo(one.lines);
            assertNoTemporaries();
            assertThat(target.resolve("large")).doesNotExist();
            assertThat(TreePicture.of(target).lines().keySet())
                    .isEqualTo(TreePicture.of(temp.resolve("by one")).lines().keySet());
        }
    }

    /** What was made ahead must not take the room from what comes before it. */
    @Test
    void run_diskThatIsNearlyFull_hasWhatOneThreadWouldHaveMade() throws IOException {
        for (int i = 0; i < 8; i++) {
            write("f" + i, noise(200_000, i));
        }
        write("f4", noise(900_000, 4));
        write("g", noise(1_300_000, 5));
        ObjectId root = capture();
        try (SmallFileSystem _ = SmallFileSystem.mount(target, "2m")) {
            for (int round = 0; round < 5; round++) {
                assertThatThrownBy(() -> restore(plan(root), THREADS, RestoreProgress.NONE))
                        .isInstanceOf(StoreFullException.class);

                assertNoTemporaries();
                Set<String> there = new HashSet<>(TreePicture.of(target).lines().keySet());
                assertThat(there).contains("f0", "f1", "f2", "f3", "f4").doesNotContain("f6", "f7", "g");
                for (int i = 0; i < 4; i++) {
                    assertThat(target.resolve("f" + i)).hasBinaryContent(noise(200_000, i));
                }
                removeAll(target, "f4");
                removeAll(target, "f0");
            }
        }
    }

    /** A stop while workers are busy: they are waited for, and what has no name yet is gone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 60, 150, 190})
    void run_toldToStop_leavesWholeFilesAndNothingElse(int files) throws IOException {
        makeMuch();
        ObjectId root = capture();
        TreePicture whole = TreePicture.of(source);
        AtomicInteger made = new AtomicInteger();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("createFile")) {
                made.incrementAndGet();
            }
        });
        AtomicBoolean returned = new AtomicBoolean();
        AtomicInteger late = new AtomicInteger();
        ObjectSource watched = (id, type) -> {
            if (returned.get()) {
                late.incrementAndGet();
            }
            return slow(objects).read(id, type);
        };

        assertThatThrownBy(() -> new Restore(watched, access, THREADS)
                        .run(plan(root), RestoreProgress.NONE, () -> made.get() >= files))
                .isInstanceOf(CancellationException.class);

        returned.set(true);
        assertNoTemporaries();
        TreePicture.of(target).lines().forEach((path, line) -> {
            if (!line.startsWith("DIRECTORY")) {
                assertThat(line.replaceAll(" linked to.*", ""))
                        .as(path)
                        .isEqualTo(whole.line(path).replaceAll(" linked to.*", ""));
            }
        });
        LockSupport.parkNanos(20_000_000);
        assertThat(late).as("no worker reads any more").hasValue(0);
        restoreWhole(plan(root));
        assertTargetIsSource();
    }

    /** Never an error of one file's making in another's place: what a worker throws that nobody expects ends the restore. */
    @Test
    void run_workerThatBreaks_endsTheRestoreInItsTurn() throws IOException {
        makeMuch();
        ObjectId root = capture();
        ObjectId broken = chunks(entry(root, "d06/f07")).getFirst();
        ObjectSource breaking = (id, type) -> {
            if (id.equals(broken)) {
                throw new IllegalStateException("broken");
            }
            return objects.read(id, type);
        };

        assertThatThrownBy(() -> new Restore(breaking, access, THREADS)
                        .run(plan(root), RestoreProgress.NONE, Cancellation.NEVER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");

        assertNoTemporaries();
        assertThat(target.resolve("d06/f06")).exists();
        assertThat(target.resolve("d06/f07")).doesNotExist();
        assertThat(target.resolve("d06/f08")).doesNotExist();
    }

    /** A large file is written by several threads, and no more of it is under way than the bound. */
    @Test
    void run_largeFile_isWrittenBySeveralThreadsInBoundedMemory() throws IOException {
        write("large", noise(24_000_000, 1));
        ObjectId root = capture();
        Set<Thread> writers = ConcurrentHashMap.newKeySet();
        AtomicInteger writing = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicLong written = new AtomicLong();
        access = WatchedTarget.access(new WatchedTarget.Hook() {
            @Override
            public <T> T around(String operation, String name, WatchedTarget.Call<T> call) throws IOException {
                if (!operation.equals("write")) {
                    return call.run();
                }
                writers.add(Thread.currentThread());
                most.accumulateAndGet(writing.incrementAndGet(), Math::max);
                LockSupport.parkNanos(200_000);
                try {
                    return call.run();
                } finally {
                    writing.decrementAndGet();
                    written.incrementAndGet();
                }
            }
        });

        RestoreResult result =
                new Restore(objects, access, 3).run(plan(root), RestoreProgress.NONE, Cancellation.NEVER);

        assertThat(result.errors()).isEmpty();
        assertTargetIsSource();
        assertThat(writers).hasSizeBetween(2, 3).doesNotContain(Thread.currentThread());
        assertThat(most.get()).isBetween(2, 3);
        assertThat(written.get()).isPositive();
    }
}
