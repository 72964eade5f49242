package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.TestRecords;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one folder: writers take turns, readers see whole states, and who dies leaves nothing behind. */
final class ProcessesTest {

    private static final LmdbObjectStore.Options OPTIONS = LmdbObjectStore.Options.DEFAULT;

    private final TestRecords make = new TestRecords(70);

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void createReplica() {
        folder = temporary.resolve("replica");
        LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS).close();
    }

    private static List<String> lines(Process child) throws IOException {
        return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static void say(Process child) throws IOException {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
    }

    @Test
    void commit_fromTwoProcessesWhileAThirdReads_allIsThereAndWhole() throws Exception {
        Process reader = ChildStore.start(List.of(), folder, "watch", "2");
        List<Process> writers = new ArrayList<>();
        for (String seed : List.of("1", "2")) {
            writers.add(ChildStore.start(List.of(), folder, "moves", seed, String.valueOf(ChildStore.MOVES)));
        }
        List<ObjectId> acknowledged = new ArrayList<>();
        for (Process writer : writers) {
            lines(writer).forEach(line -> ChildStore.acknowledged(line).ifPresent(acknowledged::add));
            assertThat(writer.waitFor()).isZero();
        }
        assertThat(lines(reader)).last().asString().startsWith("watched ");
        assertThat(reader.waitFor()).isZero();
        assertThat(acknowledged).hasSize(2 * ChildStore.MOVES);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(store.missing(acknowledged)).isEmpty();
            assertThat(store.branches()).allMatch(branch -> branch.version() == ChildStore.MOVES);
            assertThat(store.snapshots()).hasSize(2 * ChildStore.MOVES);
            assertThat(store.stats().records()).isEqualTo(3L * 2 * ChildStore.MOVES);
            CrashTest.requireWhole(store, 3L * 2 * ChildStore.MOVES);
        }
        requireDistinctSequences(Files.readAllBytes(folder.resolve(Damage.volume(1))));
        assertThat(LmdbObjectStore.rebuildIndex(folder, OPTIONS).records()).isEqualTo(3L * 2 * ChildStore.MOVES);
    }

    /** No two containers of records have a number in common, and none is left out. */
    private static void requireDistinctSequences(byte[] volume) {
        TreeMap<Long, Integer> runs = new TreeMap<>();
        for (int head : VolumeBytes.containers(volume)) {
            Container container = VolumeBytes.container(volume, head);
            if (container.kind() == Container.Kind.RECORDS) {
                assertThat(runs.put(
                                container.firstSequence(), container.entries().size()))
                        .isNull();
            }
        }
        long next = 0;
        for (var run : runs.entrySet()) {
            assertThat(run.getKey()).isEqualTo(next);
            next += run.getValue();
        }
    }

    @Test
    void commit_writerKilledBetweenTheCommits_nextOneGoesOnAtOnce() throws Exception {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS.withLockWait(Duration.ofSeconds(60)))) {
            store.commit(List.of(make.run(10)));
            Process writer = ChildStore.start(List.of(), folder, "stall", "71");
            try (BufferedReader output = ChildStore.output(writer)) {
                assertThat(output.lines().anyMatch("between"::equals)).isTrue();
                writer.toHandle().destroyForcibly();
            }
            assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
            store.commit(List.of(make.run(10)));
            assertThat(store.has(new ObjectId(5, 0, 0, 71)))
                    .as("recovered from the volume")
                    .isTrue();
            CrashTest.requireWhole(store, 5);
        }
    }

    @Test
    void commit_lockHeldByAnotherProcess_isBusyUntilItDies() throws Exception {
        Process holder = ChildStore.start(List.of(), folder, "hold");
        LmdbObjectStore.Options impatient = OPTIONS.withLockWait(Duration.ofMillis(20));
        try (BufferedReader output = ChildStore.output(holder);
                LmdbObjectStore store = LmdbObjectStore.open(folder, impatient)) {
            assertThat(output.lines().anyMatch("held"::equals)).isTrue();
            assertThatThrownBy(() -> store.commit(List.of(make.run(10))))
                    .isInstanceOf(StoreBusyException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("waited");
            assertThatThrownBy(() ->
                            LmdbObjectStore.create(temporary.resolve("replica"), SmallReplica.REPOSITORY, OPTIONS))
                    .hasMessageContaining("there is a repository");
            assertThat(store.stats().records()).as("reading goes on").isZero();
            holder.toHandle().destroyForcibly();
            assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(store.commit(List.of(make.run(10))).recordsStored()).isEqualTo(1);
        }
    }

    @Test
    void open_anotherProcessInTheMidstOfAChange_doesNotWaitForItsEnd() throws Exception {
        Process writer = ChildStore.start(List.of(), folder, "transact");
        try (BufferedReader output = ChildStore.output(writer)) {
            assertThat(output.lines().anyMatch("within"::equals)).isTrue();
            long records = CompletableFuture.supplyAsync(() -> {
                        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
                            return store.stats().records();
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            assertThat(records).isZero();
        } finally {
            writer.toHandle().destroyForcibly();
        }
    }

    @Test
    void commit_lockGivenBackInTime_waitsForIt() throws Exception {
        Process holder = ChildStore.start(List.of(), folder, "hold");
        try (BufferedReader output = ChildStore.output(holder);
                LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS.withLockWait(Duration.ofSeconds(60)))) {
            assertThat(output.lines().anyMatch("held"::equals)).isTrue();
            var stored = store.submit(List.of(make.run(10)));
            assertThat(stored).isNotDone();
            say(holder);
            assertThat(stored.join().recordsStored()).isEqualTo(1);
        }
    }

    @Test
    void rebuild_lockHeldByAnotherProcess_isBusy() throws Exception {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            store.commit(List.of(make.run(10)));
        }
        Process holder = ChildStore.start(List.of(), folder, "hold");
        try (BufferedReader output = ChildStore.output(holder)) {
            assertThat(output.lines().anyMatch("held"::equals)).isTrue();
            assertThatThrownBy(() -> LmdbObjectStore.rebuildIndex(folder, OPTIONS.withLockWait(Duration.ofMillis(20))))
                    .isInstanceOf(StoreBusyException.class);
            say(holder);
        }
        assertThat(holder.waitFor()).isZero();
    }

    @Test
    void commit_indexRebuiltByAnotherProcess_isRefused() throws Exception {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            store.commit(List.of(make.run(10)));
        }
        Process late = ChildStore.start(List.of(), folder, "late");
        try (BufferedReader output = ChildStore.output(late)) {
            assertThat(output.lines().anyMatch("open"::equals)).isTrue();
            LmdbObjectStore.rebuildIndex(folder, OPTIONS);
            say(late);
            assertThat(output.lines().toList()).last().isEqualTo("refused StoreAccessException");
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(store.has(new ObjectId(7, 7, 7, 7))).isFalse();
            store.commit(List.of(make.run(10)));
            CrashTest.requireWhole(store, 2);
        }
    }
}
