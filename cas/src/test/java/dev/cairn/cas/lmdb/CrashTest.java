package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives, what was not is whole or absent. */
@Order(6)
class CrashTest {

    private static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));
    private static final LmdbObjectStore.Options OPTIONS = LmdbObjectStore.Options.DEFAULT;

    private final TestRecords make = new TestRecords(7);

    @TempDir
    Path temporary;

    private Path folder() {
        return temporary.resolve("repository");
    }

    /** Ends a transaction after the volume's commit, as a crash would. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void crashAfterVolume(LmdbObjectStore store) {
        store.shared().betweenCommits(() -> {
            throw new Crash();
        });
    }

    @Test
    void open_afterCrashBetweenTheCommits_recoversRecordsAndMoves() {
        ObjectId snapshot = make.id();
        List<SealedRecord> tree = make.tree(snapshot, 1, 30_000);
        BranchMove move = new BranchMove("main", null, snapshot, List.of(), make.operation());
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS)) {
            store.commit(List.of(make.run(10)));
            store.commit(tree);
            crashAfterVolume(store);
            assertThatThrownBy(() -> store.move(move)).isInstanceOf(Crash.class);
            assertThat(store.branches()).isEmpty();
        }
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            BranchMove.Outcome outcome = store.move(move);
            assertThat(outcome).isInstanceOf(BranchMove.Outcome.Moved.class);
            assertThat(store.branch("main").orElseThrow().version()).isEqualTo(1);
            assertThat(store.snapshots()).hasSize(1);
            requireWhole(store, 4);
        }
    }

    @Test
    void commit_afterCrashInTheFirstVolume_adoptsIt() {
        List<SealedRecord> tree = make.tree(make.id(), 1, 30_000);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS)) {
            crashAfterVolume(store);
            assertThatThrownBy(() -> store.commit(tree)).isInstanceOf(Crash.class);
            store.shared().betweenCommits(() -> {});
            assertThat(store.stats().records()).isZero();
            store.commit(List.of(make.run(10)));
            assertThat(store.commit(tree).recordsStored()).as("recovered").isZero();
            requireWhole(store, 4);
        }
    }

    @Test
    void commit_afterCrashAtAVolumeRollOver_adoptsTheNewVolume() {
        LmdbObjectStore.Options tiny = OPTIONS.withVolumeBytesMax(1);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, tiny)) {
            store.commit(make.tree(make.id(), 1, 30_000));
            store.commit(make.tree(make.id(), 2, 30_000));
            crashAfterVolume(store);
            assertThatThrownBy(() -> store.commit(List.of(make.run(99)))).isInstanceOf(Crash.class);
            store.shared().betweenCommits(() -> {});
            store.commit(List.of(make.run(10)));
            requireWhole(store, 8);
        }
        assertThat(folder().resolve("volumes/000004.mdb")).exists();
    }

    @Test
    void commit_garbageWhereTheNextVolumeGoes_isPutAside() throws Exception {
        try (LmdbObjectStore store = LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS)) {
            Files.write(folder().resolve("volumes/000001.mdb"), new byte[5000]);
            store.commit(make.tree(make.id(), 1, 30_000));
            requireWhole(store, 3);
        }
        assertThat(folder().resolve("volumes/000001.mdb.aside-1")).hasSize(5000);
    }

    @Test
    void kill9_inALoopOfCommits_losesNothingAcknowledged() throws Exception {
        LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS).close();
        List<ObjectId> acknowledged = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            Process child = ChildStore.start(List.of(), folder(), "moves", String.valueOf(100 + round), "10000");
            try (BufferedReader output = ChildStore.output(child)) {
                int wanted = acknowledged.size() + 5 + 7 * round;
                String line = output.readLine();
                while (line != null) {
                    ChildStore.acknowledged(line).ifPresent(acknowledged::add);
                    if (acknowledged.size() >= wanted && child.isAlive()) {
                        child.toHandle().destroyForcibly();
                    }
                    line = output.readLine();
                }
            }
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
                assertThat(store.missing(acknowledged)).isEmpty();
                ObjectId last = acknowledged.getLast();
                ObjectId tip = store.branch("b" + (100 + round)).orElseThrow().snapshot();
                assertThat(store.snapshots().stream()
                                .anyMatch(snapshot -> snapshot.snapshot().equals(last)))
                        .isTrue();
                assertThat(store.has(tip)).isTrue();
                store.commit(List.of(make.run(10)));
                requireWhole(store, acknowledged.size() * 3L);
            }
        }
    }

    @Test
    void twoProcesses_writingAtOnce_loseNothing() throws Exception {
        LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS).close();
        Process first = ChildStore.start(List.of(), folder(), "moves", "1", "40");
        Process second = ChildStore.start(List.of(), folder(), "moves", "2", "40");
        List<ObjectId> acknowledged = new ArrayList<>();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder(), OPTIONS)) {
            SealedRecord own = make.run(10);
            store.commit(List.of(own));
            for (Process child : List.of(first, second)) {
                try (BufferedReader output = ChildStore.output(child)) {
                    output.lines().forEach(line -> ChildStore.acknowledged(line).ifPresent(acknowledged::add));
                }
                assertThat(child.waitFor()).isZero();
            }
            assertThat(acknowledged).hasSize(80);
            assertThat(store.missing(acknowledged)).isEmpty();
            assertThat(store.branch("b1").orElseThrow().version()).isEqualTo(40);
            assertThat(store.branch("b2").orElseThrow().version()).isEqualTo(40);
            assertThat(store.snapshots()).hasSize(80);
            requireWhole(store, 241);
        }
    }

    /** The system calls of a child that commits two trees, named; in their order. */
    private List<String> tracedCommits() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "skipped: no strace on this machine");
        Path trace = temporary.resolve("trace");
        List<String> strace = List.of(
                "/usr/bin/strace",
                "-f",
                "-y",
                "-o",
                trace.toString(),
                "-e",
                "trace=fdatasync,fsync,pwrite64,pwritev,writev");
        Process child = ChildStore.start(strace, folder(), "commit", "1", "2");
        child.getInputStream().readAllBytes();
        assumeTrue(child.waitFor() == 0, "skipped: strace may not trace here");
        return Files.readAllLines(trace).stream()
                .filter(line -> line.contains("/repository/"))
                .map(CrashTest::call)
                .filter(call -> !call.isEmpty())
                .toList();
    }

    @Test
    void commit_tracedBySystemCalls_syncsTheVolumeBeforeTheIndex() throws Exception {
        LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS).close();
        List<String> calls = tracedCommits();
        List<String> second = calls.subList(calls.indexOf("index meta") + 1, calls.size());
        assertThat(second)
                .as("the second commit, in the order of system calls")
                .containsSubsequence(
                        "volume page", "volume sync", "volume meta", "index page", "index sync", "index meta");
        assertThat(second.indexOf("index page")).isGreaterThan(second.lastIndexOf("volume meta"));
        assertThat(calls.subList(0, calls.indexOf("index page")))
                .as("the new volume is synced, and its name, before the first page of the index")
                .containsSubsequence("volume page", "volume sync", "volume meta", "volumes folder sync");
    }

    @Test
    void commit_volumeLeftByACrash_syncsItsNameBeforeTheIndexKnowsIt() throws Exception {
        LmdbObjectStore.create(folder(), REPOSITORY, OPTIONS).close();
        Path left = folder().resolve("volumes/000001.mdb");
        Environment.volume(left, VolumeSet.MAP_BYTES, Environment.Mode.CREATE).close();
        List<String> calls = tracedCommits();
        assertThat(calls).contains("volumes folder sync", "index page");
        assertThat(calls.indexOf("volumes folder sync")).isLessThan(calls.indexOf("index page"));
    }

    /** Names a traced call; LMDB writes its meta pages, of 152 bytes or less, through a synchronous file. */
    private static String call(String line) {
        String file = line.contains("/volumes/") && line.contains(".mdb>")
                ? "volume"
                : line.contains("/index/data.mdb>") ? "index" : line.contains("/volumes>") ? "volumes folder" : "";
        if (file.isEmpty()) {
            return "";
        }
        if (line.contains("fdatasync(") || line.contains("fsync(")) {
            return file + " sync";
        }
        boolean meta = line.matches(".*pwrite64\\(.*, [0-9]{1,3}, [0-9]+\\).*");
        return file + (meta ? " meta" : " page");
    }

    /** Every record that is in the index reads back, and everything it names is there. */
    static void requireWhole(LmdbObjectStore store, long recordsMin) {
        assertThat(store.stats().records()).isGreaterThanOrEqualTo(recordsMin);
        store.forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                for (int ordinal = 0; ordinal < record.header().provided().size(); ordinal++) {
                    ProvidedObject object = record.header().provided().get(ordinal);
                    assertThat(store.providers(object.id())).contains(new RecordRef(sequence, ordinal));
                    assertThat(store.missing(object.nodeChildren())).isEmpty();
                    assertThat(store.missing(object.chunkChildren())).isEmpty();
                }
                assertThat(store.missing(record.header().bases())).isEmpty();
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
    }
}
