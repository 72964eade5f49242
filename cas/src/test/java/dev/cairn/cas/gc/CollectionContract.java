package dev.cairn.cas.gc;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Collectable;
import dev.cairn.cas.CollectionState.Phase;
import dev.cairn.cas.ForwardingStore;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoreBusyException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What every store does in sessions and while it is collected. */
abstract class CollectionContract extends CollectionFixture {

    @Test
    void run_nothingToCollect_changesNothing() {
        Tree tree = stored("main", 1);
        CollectionResult result = collect();
        assertThat(result.removed()).isEqualTo(Collectable.Removed.NOTHING);
        assertThat(result.waiting()).isEmpty();
        assertThat(store.missing(tree.ids())).isEmpty();
        assertThat(phase()).isEqualTo(Phase.IDLE);
    }

    @Test
    void run_nothingToCollectBesideASession_waitsForNobody() {
        stored("main", 1);
        try (ObjectStore session = store.session("a test")) {
            assertThat(collect().waiting()).isEmpty();
            assertThat(phase()).isEqualTo(Phase.IDLE);
            assertThat(session.branches()).hasSize(1);
        }
    }

    @Test
    void run_forgottenSnapshot_removesWhatOnlyItReached() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        ProvidedObject shared = new ProvidedObject(make.id(), List.of(), List.of(kept.chunk()));
        SealedRecord page = make.pages(shared);
        SealedRecord snapshot = make.snapshot(make.id(), 3, List.of(), shared.id());
        store.commit(List.of(page, snapshot));
        long records = store.stats().records();
        forget("other", gone, kept);
        CollectionPlan plan = new Collector(store).plan();
        assertThat(plan.objectsDead()).isEqualTo(5);
        assertThat(store.missing(gone.ids())).as("a plan changes nothing").isEmpty();
        CollectionResult result = collect();
        assertThat(result.removed())
                .isEqualTo(new Collectable.Removed(2, 2, 1, 5, plan.bytesDead()))
                .satisfies(removed -> assertThat(removed.recordBytes()).isPositive());
        assertThat(store.missing(kept.ids())).isEmpty();
        assertThat(store.missing(gone.ids())).isEqualTo(gone.ids());
        assertThat(store.stats().records()).isEqualTo(records - 5);
        assertThat(store.providers(gone.chunk())).isEmpty();
        assertThat(collect().removed()).isEqualTo(Collectable.Removed.NOTHING);
    }

    @Test
    void run_headOfABranchThatIsNotRetained_isKept() {
        Tree head = stored("main", 1);
        forget(store, head.id());
        collect();
        assertThat(store.missing(head.ids())).isEmpty();
    }

    @Test
    void run_recordOfWhichPartIsDead_keepsItUntilAllIs() {
        ObjectId live = make.id();
        ObjectId dead = make.id();
        SealedRecord run = make.run(300, live, dead);
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), List.of(live));
        Tree other = stored("other", 1);
        ObjectId snapshot = make.id();
        store.commit(List.of(run, make.pages(page), make.snapshot(snapshot, 2, List.of(), page.id())));
        point(store, "main", null, snapshot);
        CollectionResult result = collect();
        assertThat(result.removed().chunks()).isEqualTo(1);
        assertThat(result.removed().records()).isZero();
        assertThat(store.has(dead)).isFalse();
        assertThat(store.read(store.providers(live).getFirst()).bytes()).isEqualTo(run.bytes());
        point(store, "main", snapshot, other.id());
        forget(store, snapshot);
        assertThat(collect().removed().records()).isEqualTo(3);
    }

    @Test
    void run_whatDeltasBuildOn_isKeptAsABase() {
        ObjectId deepest = make.id();
        ObjectId base = make.id();
        ObjectId made = make.id();
        ProvidedObject old = new ProvidedObject(make.id(), List.of(), List.of(deepest));
        ProvidedObject older = new ProvidedObject(make.id(), List.of(old.id()), List.of());
        store.commit(List.of(make.run(100, deepest), make.pages(old), make.pages(older)));
        store.commit(List.of(make.delta(store, List.of(old.id()), List.of(deepest), base)));
        store.commit(List.of(make.delta(List.of(base), made)));
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), List.of(made));
        ObjectId snapshot = make.id();
        store.commit(List.of(make.pages(page), make.snapshot(snapshot, 2, List.of(), page.id())));
        point(store, "main", null, snapshot);
        CollectionPlan plan = new Collector(store).plan();
        assertThat(plan.objectsBase()).isEqualTo(3);
        assertThat(plan.bytesBase()).isPositive();
        assertThat(plan.objectsDead()).isEqualTo(1);
        collect();
        assertThat(store.missing(List.of(deepest, base, made, old.id(), page.id())))
                .isEmpty();
        assertThat(store.has(older.id())).isFalse();
    }

    @Test
    void run_pagesOfSeveralProviders_keepsTheChildrenOfAll() {
        ObjectId first = make.id();
        ObjectId second = make.id();
        ObjectId page = make.id();
        store.commit(List.of(make.run(10, first), make.run(10, second)));
        store.submitUnverified(List.of(make.pages(new ProvidedObject(page, List.of(), List.of(first)))), 1)
                .join();
        store.submitUnverified(List.of(make.pages(new ProvidedObject(page, List.of(), List.of(second)))), 1)
                .join();
        assertThat(store.providers(page)).hasSize(2);
        ObjectId snapshot = make.id();
        store.commit(List.of(make.snapshot(snapshot, 1, List.of(), page)));
        point(store, "main", null, snapshot);
        collect();
        assertThat(store.missing(List.of(first, second))).isEmpty();
    }

    @Test
    void run_openSession_keepsWhatItWasToldAndWhatItStored() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        try (ObjectStore session = store.session("a test")) {
            assertThat(session.missing(gone.ids())).isEmpty();
            ObjectId fresh = make.id();
            session.commit(List.of(make.run(100, fresh)));
            CollectionResult result = collect();
            assertThat(result.removed()).isEqualTo(Collectable.Removed.NOTHING);
            assertThat(result.waiting()).hasSize(1);
            assertThat(phase()).isEqualTo(Phase.CONDEMNED);
            assertThat(session.missing(gone.ids())).as("for the old session").isEmpty();
            assertThat(store.missing(gone.ids())).as("without a session").isEqualTo(gone.ids());
            ProvidedObject page =
                    new ProvidedObject(make.id(), List.of(provided(gone.page())), List.of(gone.chunk(), fresh));
            ObjectId snapshot = make.id();
            session.commit(List.of(make.pages(page), make.snapshot(snapshot, 3, List.of(), page.id())));
            point(session, "third", null, snapshot);
        }
        CollectionResult result = collect();
        assertThat(result.waiting()).isEmpty();
        assertThat(result.removed().snapshots()).isEqualTo(1);
        assertThat(result.removed().objects()).isEqualTo(1);
        assertThat(store.missing(List.of(gone.chunk(), provided(gone.page())))).isEmpty();
        assertThat(phase()).isEqualTo(Phase.IDLE);
    }

    @Test
    void run_sessionThatBeganAfterwards_doesNotHoldItUp() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        ObjectStore old = store.session("old");
        collect();
        try (ObjectStore young = store.session("young")) {
            assertThat(young.missing(gone.ids())).isEqualTo(gone.ids());
            old.close();
            assertThat(collect().removed().objects()).isEqualTo(3);
            assertThat(young.missing(kept.ids())).isEmpty();
        }
    }

    @Test
    void commit_whatRefersToCondemned_isRefusedForNewSessions() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        try (ObjectStore old = store.session("old")) {
            collect();
            try (ObjectStore young = store.session("young")) {
                SealedRecord page = make.pages(new ProvidedObject(make.id(), List.of(), List.of(gone.chunk())));
                SealedRecord delta = make.delta(List.of(gone.chunk()), make.id());
                for (ObjectStore at : List.of(young, store)) {
                    assertThatThrownBy(() -> at.commit(List.of(page))).isInstanceOf(MissingObjectsException.class);
                    assertThatThrownBy(() -> at.commit(List.of(delta))).isInstanceOf(MissingObjectsException.class);
                    assertThatThrownBy(() ->
                                    at.move(new BranchMove("third", null, gone.id(), List.of(), make.operation())))
                            .isInstanceOf(MissingObjectsException.class);
                }
                ObjectId condemned = provided(gone.page());
                assertThatThrownBy(() -> young.children(condemned)).isInstanceOf(MissingObjectsException.class);
                assertThat(old.children(condemned)).containsExactly(gone.chunk());
                assertThat(old.commit(List.of(page)).recordsStored()).isEqualTo(1);
            }
        }
    }

    @Test
    void commit_condemnedAgain_isThereAndSparesOnlyItself() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        try (ObjectStore old = store.session("old")) {
            assertThat(old.has(gone.chunk())).isTrue();
            collect();
            ObjectStore.CommitReceipt receipt = store.commit(List.of(make.run(100, gone.chunk())));
            assertThat(receipt.objectsNew()).isEqualTo(1);
            assertThat(store.has(gone.chunk())).isTrue();
            assertThat(store.has(provided(gone.page()))).isFalse();
        }
        CollectionResult result = collect();
        assertThat(store.missing(List.of(provided(gone.page()), gone.id()))).hasSize(2);
        assertThat(result.waiting()).isEmpty();
    }

    @Test
    void commit_theVerySameRecordsOfACondemnedTree_bringItBackWhole() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        ObjectStore old = store.session("old");
        collect();
        try (ObjectStore young = store.session("young")) {
            for (SealedRecord record : gone.records()) {
                young.submitUnverified(List.of(record), 1).join();
            }
            point(young, "third", null, gone.id());
        }
        old.close();
        collect();
        assertThat(store.missing(gone.ids())).isEmpty();
        assertThat(store.read(store.providers(gone.chunk()).getFirst()).bytes())
                .isEqualTo(gone.run().bytes());
    }

    @Test
    void commit_condemnedDeltaAgain_keepsWhatItsFirstRecordBuildsOn() {
        Tree kept = stored("main", 1);
        ObjectId base = make.id();
        ObjectId made = make.id();
        store.commit(List.of(make.run(10, base), make.delta(List.of(base), made)));
        ObjectStore old = store.session("old");
        collect();
        store.commit(List.of(make.run(100, made)));
        assertThat(store.has(base)).isFalse();
        old.close();
        try (Collectable collectable = store.collectable()) {
            Sparing sparing = new Sparing(collectable);
            sparing.run();
            assertThat(collectable.beginDeletion()).isTrue();
        }
        assertThat(store.missing(List.of(base, made))).isEmpty();
        assertThat(store.missing(kept.ids())).isEmpty();
    }

    @Test
    void move_toACondemnedSnapshotInAnOldSession_bringsItBackWhole() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        try (ObjectStore old = store.session("old")) {
            collect();
            point(old, "third", null, gone.id());
        }
        assertThat(collect().removed()).isEqualTo(Collectable.Removed.NOTHING);
        assertThat(store.missing(gone.ids())).isEmpty();
    }

    /** Between the look at what came and the look at who is there. */
    @Test
    void run_oldSessionStoresAndEndsAtTheLastMoment_isLookedThroughOnceMore() {
        Tree kept = stored("main", 1);
        Tree gone = stored("other", 2);
        forget("other", gone, kept);
        ObjectStore old = store.session("old");
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), List.of(gone.chunk()));
        ObjectId snapshot = make.id();
        ObjectStore seam = new ForwardingStore(store) {
            @Override
            public Collectable collectable() {
                return before(store.collectable(), "sessionsBefore", () -> {
                    old.commit(List.of(make.pages(page), make.snapshot(snapshot, 3, List.of(), page.id())));
                    point(old, "third", null, snapshot);
                    old.close();
                });
            }
        };
        assertThat(new Collector(seam).run().removed().snapshots()).isEqualTo(1);
        Closure.require(store);
        assertThat(store.has(gone.chunk())).isTrue();
    }

    /** Does something before a method of {@code collectable} is called. */
    private static Collectable before(Collectable collectable, String name, Runnable deed) {
        return (Collectable) Proxy.newProxyInstance(
                CollectionContract.class.getClassLoader(),
                new Class<?>[] {Collectable.class},
                (_, method, arguments) -> {
                    if (method.getName().equals(name)) {
                        deed.run();
                    }
                    try {
                        return method.invoke(collectable, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void beginDeletion_somethingUnsettled_isRefused() {
        stored("main", 1);
        ObjectId chunk = make.id();
        store.commit(List.of(make.run(10, chunk)));
        try (Collectable collectable = store.collectable()) {
            collectable.restart();
            collectable.gather(List.of(chunk));
            collectable.condemn(collectable.nextSequence());
            store.commit(List.of(make.run(20, chunk)));
            assertThat(collectable.spared()).containsExactly(chunk);
            assertThat(collectable.beginDeletion()).isFalse();
            new Sparing(collectable).settle();
            assertThat(collectable.beginDeletion()).isTrue();
            collectable.delete(10);
        }
        assertThat(store.has(chunk)).isTrue();
    }

    @Test
    void commit_whatIsBeingDeleted_beginsAnew() {
        Tree kept = stored("main", 1);
        ObjectId base = make.id();
        ObjectId made = make.id();
        ObjectId both = make.id();
        store.commit(List.of(make.run(10, base), make.delta(List.of(base), made), make.run(10, both, make.id())));
        try (Collectable collectable = store.collectable()) {
            toDeletion(collectable);
            assertThat(store.missing(List.of(base, made, both))).hasSize(3);
            assertThatThrownBy(() -> store.commit(List.of(make.delta(List.of(base), made))))
                    .isInstanceOf(MissingObjectsException.class);
            SealedRecord again = make.run(40, made);
            assertThat(store.commit(List.of(again, make.run(50, both))).objectsNew())
                    .isEqualTo(2);
            assertThat(store.providers(made)).hasSize(1);
            store.commit(List.of(make.delta(List.of(made), base)));
            while (collectable.state().phase() == Phase.DELETING) {
                collectable.delete(1);
            }
            assertThat(store.missing(List.of(base, made, both))).isEmpty();
            assertThat(store.read(store.providers(made).getFirst()).bytes()).isEqualTo(again.bytes());
            assertThat(store.providers(both)).hasSize(1);
        }
        assertThat(store.missing(kept.ids())).isEmpty();
    }

    private void toDeletion(Collectable collectable) {
        List<ObjectId> ids = new ArrayList<>();
        long boundary = collectable.nextSequence();
        Marking marking = new Marking(collectable, collectable.scratch(), CollectionProgress.NONE, () -> {});
        marking.run(collectable.roots());
        collectable.forEachObject((id, providers) -> {
            if (marking.mark(id) == Marking.DEAD) {
                ids.add(id);
            }
        });
        collectable.restart();
        collectable.gather(ids);
        collectable.condemn(boundary);
        new Sparing(collectable).run();
        assertThat(collectable.beginDeletion()).isTrue();
    }

    @Test
    void run_anotherCollectionUnderWay_isBusy() {
        try (Collectable first = store.collectable()) {
            assertThatThrownBy(this::collect).isInstanceOf(StoreBusyException.class);
            assertThat(first.state().phase()).isEqualTo(Phase.IDLE);
        }
        collect();
    }

    @Test
    void run_stoppedAnywhere_isGoneOnWithByTheNext() {
        Tree kept = stored("main", 1);
        List<Tree> gone = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Tree tree = tree(i);
            store.commit(tree.records());
            gone.add(tree);
        }
        int stopped = 0;
        for (int after = 0; stopped == after; after++) {
            int[] left = {after};
            try {
                new Collector(store, 0.5, CollectionProgress.NONE, () -> left[0]-- <= 0).run();
            } catch (CancellationException e) {
                stopped++;
            }
            assertThat(store.missing(kept.ids())).isEmpty();
        }
        assertThat(stopped).isGreaterThan(3);
        assertThat(gone)
                .allSatisfy(tree -> assertThat(store.missing(tree.ids())).hasSize(3));
    }

    @Test
    void submit_fromSessionsOfBothKindsAtOnce_eachSeesItsOwn() {
        stored("main", 1);
        ObjectId chunk = make.id();
        store.commit(List.of(make.run(10, chunk)));
        try (ObjectStore old = store.session("old")) {
            collect();
            SealedRecord page = make.pages(new ProvidedObject(make.id(), List.of(), List.of(chunk)));
            var refused = store.submit(List.of(page));
            var taken = old.submit(List.of(page));
            assertThat(taken.join().recordsStored()).isEqualTo(1);
            assertThatThrownBy(refused::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(MissingObjectsException.class);
            assertThat(old.has(chunk)).isTrue();
        }
    }
}
