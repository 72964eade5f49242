package dev.cairn.cas;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does when records are sealed anew: replaced, counted by epoch, and shut out. */
abstract class EpochContract extends DeltaContract {

    private List<byte[]> bytesOf(ObjectId id) {
        return store.providers(id).stream().map(ref -> store.read(ref).bytes()).toList();
    }

    @Test
    void replace_otherRecordsOfTheSameObjects_becomesTheOnlyProvider() {
        ObjectId a = make.id();
        ObjectId b = make.id();
        ObjectId c = make.id();
        SealedRecord both = make.run(1_000, a, b);
        SealedRecord further = make.run(1_000, a, c);
        store.commit(List.of(both, further));
        assertThat(store.providers(a)).hasSize(2);

        SealedRecord fresh = make.runOf(2, 500, a, b);
        ObjectStore.CommitReceipt receipt = store.replace(List.of(fresh));

        assertThat(receipt).isEqualTo(new ObjectStore.CommitReceipt(1, fresh.bytes().length, 0));
        assertThat(bytesOf(a)).containsExactly(fresh.bytes());
        assertThat(bytesOf(b)).containsExactly(fresh.bytes());
        assertThat(bytesOf(c)).containsExactly(further.bytes());
        assertThat(store.epochs())
                .isEqualTo(Map.of(
                        1, new ObjectStore.EpochUse(1, further.bytes().length),
                        2, new ObjectStore.EpochUse(1, fresh.bytes().length)));
        assertThat(store.stats().records()).isEqualTo(2);
        assertThat(store.stats().recordBytes()).isEqualTo(fresh.bytes().length + further.bytes().length);
    }

    @Test
    void replace_again_storesNothing() {
        ObjectId id = make.id();
        store.commit(List.of(make.run(1_000, id)));
        SealedRecord fresh = make.runOf(2, 500, id);
        store.replace(List.of(fresh));
        assertThat(store.replace(List.of(fresh)).recordsStored()).isZero();
        assertThat(bytesOf(id)).containsExactly(fresh.bytes());
    }

    @Test
    void replace_whatIsOneOfSeveralProviders_letsTheOthersGo() {
        ObjectId id = make.id();
        SealedRecord fresh = make.runOf(2, 500, id);
        store.commit(List.of(make.run(1_000, id)));
        store.submitUnverified(List.of(fresh), 1).join();
        assertThat(store.providers(id)).hasSize(2);

        store.replace(List.of(fresh));

        assertThat(bytesOf(id)).containsExactly(fresh.bytes());
        assertThat(store.epochs().keySet()).containsExactly(2);
    }

    @Test
    void replace_wholeTree_keepsClosureAndBranches() {
        ObjectId snapshot = make.id();
        List<SealedRecord> tree = make.tree(snapshot, 1, 5_000);
        store.commit(tree);
        assertThat(store.move(new BranchMove("main", null, snapshot, List.of(), make.operation())))
                .isInstanceOf(BranchMove.Outcome.Moved.class);
        ProvidedObject page = tree.get(1).header().provided().getFirst();
        SealedRecord freshPage = make.pages(page);
        SealedRecord freshRun = make.runOf(2, 100, page.chunkChildren().getFirst());
        // Top-down on purpose: what it builds on is there, under either seal.
        store.replace(List.of(freshPage, freshRun));

        assertThat(bytesOf(page.id())).containsExactly(freshPage.bytes());
        assertThat(store.children(page.id())).isEqualTo(page.chunkChildren());
        assertThat(store.branch("main").orElseThrow().snapshot()).isEqualTo(snapshot);
        assertThat(store.snapshots()).hasSize(1);
    }

    /** Two objects, each with a run and a delta of the other one behind it: replaced in whichever order, reading ends. */
    @Test
    void replace_deltas_keepTheirDepthAndMayNotBeDeeper() {
        ObjectId base = make.id();
        ObjectId middle = make.id();
        ObjectId top = make.id();
        store.commit(List.of(make.run(100, base), make.delta(List.of(base), middle), make.delta(List.of(middle), top)));
        SealedRecord freshTop = make.delta(List.of(middle), top);
        store.replace(List.of(freshTop));
        assertThat(bytesOf(top)).containsExactly(freshTop.bytes());
        assertThat(store.depth(top)).isEqualTo(2);

        // As a delta of what is built upon it, it would be read in a circle.
        assertRefused(() -> store.replace(List.of(make.delta(List.of(top), base))));
        assertRefused(() -> store.replace(List.of(make.delta(List.of(top), middle))));
        assertThat(store.depth(base)).isZero();

        store.replace(List.of(make.run(100, middle)));
        assertThat(store.depth(middle)).isZero();
        assertThat(store.depth(top)).isEqualTo(2);
    }

    @Test
    void replace_recordOfAnotherType_isRefusedAndChangesNothing() {
        SealedRecord run = make.run(1_000);
        store.commit(List.of(run));
        assertRefused(
                () -> store.replace(List.of(make.pages(new ProvidedObject(provided(run), List.of(), List.of())))));
        assertThat(bytesOf(provided(run))).containsExactly(run.bytes());
    }

    @Test
    void replace_missingChildren_isRefused() {
        assertThatThrownBy(() -> store.replace(
                        List.of(make.pages(new ProvidedObject(make.id(), List.of(make.id()), List.of())))))
                .isInstanceOf(MissingObjectsException.class);
    }

    @Test
    void replace_allProvidersDamaged_readsAgain() throws Exception {
        ObjectId id = make.id();
        store.commit(List.of(make.run(1_000, id)));
        if (!damage(store.providers(id).getFirst().sequence())) {
            return;
        }
        SealedRecord fresh = make.runOf(2, 500, id);
        store.replace(List.of(fresh));
        assertThat(bytesOf(id)).containsExactly(fresh.bytes());
        assertThat(store.stats().records()).isEqualTo(1);
    }

    @Test
    void forEachRecord_someEpochs_showsTheirsOnly() {
        SealedRecord old = make.run(100);
        SealedRecord fresh = make.runOf(7, 100, make.id());
        store.commit(List.of(old, fresh));
        List<byte[]> shown = new ArrayList<>();
        store.forEachRecord(EnumSet.allOf(RecordKind.class), epoch -> epoch == 7, new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                shown.add(record.bytes());
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        assertThat(shown).containsExactly(fresh.bytes());
    }

    @Test
    void closeEpochs_withRecordsOfOne_changesNothing() {
        store.commit(List.of(make.run(100)));
        assertThat(store.closeEpochs(Set.of(1, 5))).isFalse();
        store.commit(List.of(make.run(100), make.runOf(5, 100, make.id())));
        assertThat(store.epochs().keySet()).containsExactly(1, 5);
    }

    @Test
    void closeEpochs_withoutRecords_refusesLaterOnes() {
        ObjectId id = make.id();
        store.commit(List.of(make.run(100, id)));
        store.replace(List.of(make.runOf(2, 100, id)));
        assertThat(store.closeEpochs(Set.of(1))).isTrue();

        assertThatThrownBy(() -> store.commit(List.of(make.run(100))))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("epoch 1");
        assertThatThrownBy(() -> store.heal(List.of(make.run(100, id)))).isInstanceOf(WrongKeyException.class);
        assertThatThrownBy(() -> store.submit(List.of(make.run(100))).join())
                .hasCauseInstanceOf(WrongKeyException.class);
        store.commit(List.of(make.runOf(2, 100, make.id())));
        assertThat(store.epochs().keySet()).containsExactly(2);

        // The set is what it was last said to be.
        assertThat(store.closeEpochs(Set.of())).isTrue();
        store.commit(List.of(make.run(100)));
    }
}
