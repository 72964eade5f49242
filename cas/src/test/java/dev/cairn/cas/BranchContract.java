package dev.cairn.cas;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.cas.BranchMove.Outcome.Conflict;
import dev.cairn.cas.BranchMove.Outcome.Moved;
import dev.cairn.cas.LocalTable.Row;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does with branches, its configuration and local tables. A subclass says how to make one. */
abstract class BranchContract {

    protected static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    protected final TestRecords make = new TestRecords(20_250_801);
    protected ObjectStore store;

    /** A new, empty store of {@link #REPOSITORY}. */
    protected abstract ObjectStore create() throws Exception;

    @BeforeEach
    void createStore() throws Exception {
        store = create();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void move_newBranch_pointsAtTheTargetAndRetainsIt() {
        ObjectId snapshot = make.id();
        List<SealedRecord> tree = make.tree(snapshot, 7, 10);
        store.commit(tree);
        BranchMove.Outcome outcome = store.move(move("main", null, snapshot));
        Branch branch = new Branch("main", snapshot, 1);
        assertThat(outcome).isEqualTo(new Moved(branch));
        assertThat(store.branch("main")).contains(branch);
        assertThat(store.branch("other")).isEmpty();
        assertThat(store.branches()).containsExactly(branch);
        assertThat(store.snapshots())
                .containsExactly(new RetainedSnapshot(snapshot, 7, List.of(), List.of(provided(tree.get(1)))));
    }

    @Test
    void move_expectedOther_isAConflictAndChangesNothing() {
        ObjectId first = snapshot(1);
        ObjectId second = snapshot(2);
        store.move(move("main", null, first));
        Branch current = new Branch("main", first, 1);
        assertThat(store.move(move("main", null, second))).isEqualTo(new Conflict(current));
        assertThat(store.move(move("main", second, second))).isEqualTo(new Conflict(current));
        assertThat(store.move(move("none", first, second))).isEqualTo(new Conflict(null));
        assertThat(store.branches()).containsExactly(current);
        assertThat(store.snapshots()).extracting(RetainedSnapshot::snapshot).containsExactly(first);
    }

    @Test
    void move_sameOperationAgain_getsTheFirstAnswer() {
        ObjectId first = snapshot(1);
        ObjectId second = snapshot(2);
        BranchMove toFirst = move("main", null, first);
        BranchMove conflicting = move("main", null, second);
        BranchMove toSecond = move("main", first, second);
        BranchMove.Outcome moved = store.move(toFirst);
        BranchMove.Outcome conflict = store.move(conflicting);
        store.move(toSecond);
        assertThat(store.move(toFirst)).isEqualTo(moved);
        assertThat(store.move(conflicting)).isEqualTo(conflict);
        assertThat(store.branch("main")).contains(new Branch("main", second, 2));
    }

    @Test
    void move_retainedSnapshots_areListedOldestFirst() {
        ObjectId a = snapshot(3);
        ObjectId b = snapshot(1);
        ObjectId c = snapshot(2);
        store.move(new BranchMove("main", null, a, List.of(b, c, b), make.operation()));
        assertThat(store.snapshots()).extracting(RetainedSnapshot::snapshot).containsExactly(b, c, a);
    }

    @Test
    void move_unknownSnapshot_isMissing() {
        ObjectId known = snapshot(1);
        ObjectId unknown = make.id();
        MissingObjectsException e =
                catchThrowableOfType(MissingObjectsException.class, () -> store.move(move("main", null, unknown)));
        assertThat(e.ids()).containsExactly(unknown);
        assertThatThrownBy(() -> store.move(new BranchMove("main", null, known, List.of(unknown), make.operation())))
                .isInstanceOf(MissingObjectsException.class);
        SealedRecord run = make.run(10);
        store.commit(List.of(run));
        assertThatThrownBy(() -> store.move(move("main", null, provided(run))))
                .as("a chunk is no snapshot")
                .isInstanceOf(MissingObjectsException.class);
        assertThat(store.branches()).isEmpty();
    }

    @Test
    void branches_several_areSortedByName() {
        ObjectId snapshot = snapshot(1);
        for (String name : List.of("b", "a/z", "c", "a")) {
            store.move(move(name, null, snapshot));
        }
        assertThat(store.branches()).extracting(Branch::name).containsExactly("a", "a/z", "b", "c");
    }

    @Test
    void configure_expectedRevision_replaces() {
        byte[] one = "one".getBytes(StandardCharsets.UTF_8);
        byte[] two = "two".getBytes(StandardCharsets.UTF_8);
        assertThat(store.configure(1, one)).isFalse();
        assertThat(store.configure(0, one)).isTrue();
        assertThat(store.configure(0, one)).as("repeated").isTrue();
        assertThat(store.configure(0, two)).isFalse();
        assertThat(store.configure(1, two)).isTrue();
        StoredConfiguration stored = store.configuration().orElseThrow();
        assertThat(stored.revision()).isEqualTo(2);
        assertThat(stored.bytes()).isEqualTo(two);
    }

    @Test
    void configure_tooLarge_isRefused() {
        assertThatThrownBy(() -> store.configure(0, new byte[StoredConfiguration.BYTES_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void local_rows_arePutReplacedAndRemoved() {
        LocalTable table = store.local("stat-cache");
        byte[] key = {1, 2, 3};
        assertThat(table.get(key)).isEmpty();
        table.putAll(List.of(new Row(key, new byte[] {9}), new Row(new byte[511], new byte[10_000])));
        assertThat(table.get(key)).contains(new byte[] {9});
        assertThat(store.local("stat-cache").get(new byte[511])).contains(new byte[10_000]);
        assertThat(store.local("other").get(key)).isEmpty();
        table.putAll(List.of(new Row(key, new byte[0]), new Row(new byte[] {7}, new byte[0])));
        assertThat(table.get(key)).isEmpty();
    }

    @Test
    void local_badNamesAndKeys_areRefused() {
        assertThatThrownBy(() -> store.local("Stat Cache")).isInstanceOf(IllegalArgumentException.class);
        LocalTable table = store.local("t");
        assertThatThrownBy(() -> table.get(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> table.putAll(List.of(new Row(new byte[512], new byte[1]))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Commits a small tree and gives its snapshot. */
    protected ObjectId snapshot(long sequence) {
        ObjectId id = make.id();
        store.commit(make.tree(id, sequence, 100));
        return id;
    }

    protected BranchMove move(String branch, @Nullable ObjectId expected, ObjectId target) {
        return new BranchMove(branch, expected, target, List.of(), make.operation());
    }
}
