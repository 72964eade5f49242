package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreFullException;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryShelfTest {

    private static final RepositoryId ID = new RepositoryId(new ObjectId(1, 2, 3, 4));
    private static final Duration IDLE = Duration.ofMinutes(1);

    @TempDir
    Path temporary;

    private final AtomicLong now = new AtomicLong();
    private DataFolder folder;

    @BeforeEach
    void make() {
        folder = DataFolder.make(temporary.resolve("data"));
        folder.tenants().add("home");
    }

    private RepositoryShelf shelf(int openMost, StoreOpener stores) {
        ServerLimits limits = new TestLimits()
                .openRepositories(openMost, IDLE)
                .closing(Duration.ofMillis(50))
                .limits();
        return new RepositoryShelf(folder, stores, now::get, limits);
    }

    private static RepositoryName name(String repository) {
        return new RepositoryName("home", repository);
    }

    private static void makeAndClose(RepositoryShelf shelf, String repository) {
        shelf.openOrMake(name(repository), ID, new byte[] {1}).close();
    }

    private static void assertProblem(ThrowingCallable call, ProblemCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    private List<Path> unfinished() throws IOException {
        try (var children = Files.list(folder.tenant("home"))) {
            return children.filter(child -> child.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    @Test
    void open_nameThatIsNotThere_isNoRepositoryAndMakesNothing() throws IOException {
        try (RepositoryShelf shelf = shelf(4, StoreOpener.LMDB)) {
            assertProblem(() -> shelf.open(name("photos")), ProblemCode.NO_REPOSITORY);
            assertThat(shelf.openCount()).isZero();
            assertThat(folder.tenant("home")).isEmptyDirectory();
        }
    }

    @Test
    void openOrMake_again_opensTheSame() {
        try (RepositoryShelf shelf = shelf(4, StoreOpener.LMDB)) {
            makeAndClose(shelf, "photos");
            RepositoryId other = new RepositoryId(new ObjectId(9, 9, 9, 9));
            try (RepositoryShelf.Lease lease = shelf.openOrMake(name("photos"), other, new byte[] {2})) {
                assertThat(lease.store().repositoryId()).isEqualTo(ID);
                assertThat(lease.store().configuration().orElseThrow().bytes()).containsExactly(1);
            }
        }
    }

    @Test
    void open_byTwo_sharesOneStoreUntilBothAreDone() {
        try (RepositoryShelf shelf = shelf(1, StoreOpener.LMDB)) {
            makeAndClose(shelf, "photos");
            RepositoryShelf.Lease first = shelf.open(name("photos"));
            RepositoryShelf.Lease second = shelf.open(name("photos"));
            assertThat(second.store()).isSameAs(first.store());
            first.close();
            first.close();
            assertProblem(() -> makeAndClose(shelf, "letters"), ProblemCode.BUSY);
            assertThat(second.store().branches()).as("still open").isEmpty();
            second.close();
            makeAndClose(shelf, "letters");
            assertThat(shelf.openCount()).isEqualTo(1);
        }
    }

    @Test
    void open_moreThanMayBeOpen_closesTheOneNotUsedForLongest() {
        try (RepositoryShelf shelf = shelf(2, StoreOpener.LMDB)) {
            makeAndClose(shelf, "a");
            now.incrementAndGet();
            makeAndClose(shelf, "b");
            now.incrementAndGet();
            RepositoryShelf.Lease oldest = shelf.open(name("a"));
            ObjectStore store = oldest.store();
            now.incrementAndGet();
            oldest.close();
            makeAndClose(shelf, "c");
            assertThat(shelf.openCount()).isEqualTo(2);
            try (RepositoryShelf.Lease again = shelf.open(name("a"))) {
                assertThat(again.store()).as("it was b that made room").isSameAs(store);
            }
        }
    }

    @Test
    void closeIdle_afterAWhile_closesWhatNobodyUses() {
        try (RepositoryShelf shelf = shelf(4, StoreOpener.LMDB)) {
            makeAndClose(shelf, "a");
            RepositoryShelf.Lease used = shelf.openOrMake(name("b"), ID, new byte[] {1});
            shelf.closeIdle();
            assertThat(shelf.openCount()).isEqualTo(2);
            now.addAndGet(IDLE.toNanos());
            shelf.closeIdle();
            assertThat(shelf.openCount()).isEqualTo(1);
            assertThat(used.store().branches()).isEmpty();
            used.close();
        }
    }

    /** What fails in the middle leaves no name that is taken and no half repository. */
    @Test
    void openOrMake_failingHalfWay_leavesNothingBehind() throws IOException {
        WatchedStores stores = new WatchedStores();
        try (RepositoryShelf shelf = shelf(4, stores)) {
            stores.watch(new WatchedStore.Watcher() {
                @Override
                public void configures() {
                    throw new StoreFullException("a test", 0, null);
                }
            });
            assertThatThrownBy(() -> makeAndClose(shelf, "photos")).isInstanceOf(StoreFullException.class);
            assertThat(folder.repository(name("photos"))).doesNotExist();
            assertThat(unfinished()).isEmpty();
            assertThat(shelf.openCount()).isZero();
            stores.watch(WatchedStore.Watcher.NONE);
            makeAndClose(shelf, "photos");
            assertThat(folder.repository(name("photos"))).isDirectory();
        }
    }

    @Test
    void removeUnfinished_afterACrash_removesThatAlone() throws IOException {
        try (RepositoryShelf shelf = shelf(4, StoreOpener.LMDB)) {
            makeAndClose(shelf, "photos");
        }
        Path leftover = folder.tenant("home").resolve(".new-0123456789abcdef");
        Files.createDirectories(leftover.resolve("index"));
        Files.createDirectories(leftover.resolve("volumes"));
        Files.writeString(leftover.resolve("index/data.mdb"), "half");
        Files.createDirectory(folder.tenant("home").resolve(".new-"));
        Path letter = Files.writeString(temporary.resolve("letter"), "dear");
        Files.createSymbolicLink(leftover.resolve("volumes/link"), letter);
        Files.createSymbolicLink(leftover.resolve("dangling"), temporary.resolve("nowhere"));
        try (RepositoryShelf shelf = shelf(4, StoreOpener.LMDB)) {
            shelf.removeUnfinished();
            assertThat(unfinished()).isEmpty();
            assertThat(letter).as("links are not followed").hasContent("dear");
            shelf.open(name("photos")).close();
        }
    }

    @Test
    void close_whileOneIsInUse_letsNobodyInAndKeepsThatOneUsable() {
        RepositoryShelf shelf = shelf(4, StoreOpener.LMDB);
        makeAndClose(shelf, "a");
        RepositoryShelf.Lease used = shelf.openOrMake(name("b"), ID, new byte[] {1});
        shelf.close();
        assertProblem(() -> shelf.open(name("a")), ProblemCode.BUSY);
        assertThat(used.store().branches()).isEmpty();
        used.close();
        used.store().close();
    }

    @Test
    void open_byManyThreads_neverFailsAndLeavesNothingInUse() throws InterruptedException {
        try (RepositoryShelf shelf = shelf(2, StoreOpener.LMDB)) {
            List<Throwable> failures = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int number = i;
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int j = 0; j < 15; j++) {
                            RepositoryName wanted = name("r" + (number + j) % 3);
                            try (RepositoryShelf.Lease lease = shelf.openOrMake(wanted, ID, new byte[] {1})) {
                                assertThat(lease.store().configuration()).isPresent();
                            }
                        }
                    } catch (Throwable e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            now.addAndGet(IDLE.toNanos());
            shelf.closeIdle();
            assertThat(shelf.openCount()).isZero();
        }
    }
}
