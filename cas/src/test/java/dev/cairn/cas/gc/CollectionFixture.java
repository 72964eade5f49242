package dev.cairn.cas.gc;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CollectionState.Phase;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestNotes;
import dev.cairn.cas.TestRecords;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store with small snapshots in it, to be collected. */
abstract class CollectionFixture {

    protected static final RepositoryId REPOSITORY = new RepositoryId(new ObjectId(1, 2, 3, 4));

    protected final TestRecords make = new TestRecords(20_261_129);
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

    /** A snapshot of one chunk, and what it is made of. */
    protected record Tree(SealedRecord run, SealedRecord page, SealedRecord snapshot) {

        List<SealedRecord> records() {
            return List.of(run, page, snapshot);
        }

        List<ObjectId> ids() {
            return List.of(chunk(), provided(page), id());
        }

        ObjectId chunk() {
            return provided(run);
        }

        ObjectId id() {
            return provided(snapshot);
        }
    }

    protected Tree tree(long sequence) {
        List<SealedRecord> records = make.tree(make.id(), sequence, 500);
        return new Tree(records.get(0), records.get(1), records.get(2));
    }

    /** A tree that is stored and retained by a branch of its own. */
    protected Tree stored(String branch, long sequence) {
        Tree tree = tree(sequence);
        store.commit(tree.records());
        point(store, branch, null, tree.id());
        return tree;
    }

    protected void point(ObjectStore at, String branch, @Nullable ObjectId expected, ObjectId target) {
        assertThat(at.move(new BranchMove(branch, expected, target, List.of(), make.operation())))
                .isInstanceOf(BranchMove.Outcome.Moved.class);
    }

    /** Points the branch elsewhere, and takes its snapshot off the list. */
    protected void forget(String branch, Tree tree, Tree other) {
        point(store, branch, tree.id(), other.id());
        forget(store, tree.id());
    }

    /** Notes that a snapshot is forgotten, which takes it off the list. */
    protected void forget(ObjectStore at, ObjectId snapshot) {
        at.annotate(List.of(new TestNotes(make).forget(snapshot, 1)));
    }

    protected CollectionResult collect() {
        return new Collector(store).run();
    }

    protected Phase phase() {
        try (Collectable collectable = store.collectable()) {
            return collectable.state().phase();
        }
    }
}
