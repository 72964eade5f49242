package dev.cairn.cas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.RecordFinding.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store does with records of which damage is noted: the way in which an object comes back by itself. */
public abstract class DamageContract extends EpochContract {

    private void note(long sequence, State state) {
        store.note(List.of(new RecordFinding(sequence, state)));
    }

    private long sequence(ObjectId id) {
        return store.providers(id).getFirst().sequence();
    }

    private List<SealedRecord> committedTree(ObjectId snapshot) {
        List<SealedRecord> tree = make.tree(snapshot, 1, 1_000);
        store.commit(tree);
        return tree;
    }

    @Test
    void note_onlyProvider_objectIsLackingButClosureStays() {
        ObjectId snapshot = make.id();
        ObjectId chunk = TestRecords.provided(committedTree(snapshot).getFirst());
        note(sequence(chunk), State.ALTERED);

        assertThat(store.has(chunk)).isFalse();
        assertThat(store.missing(List.of(snapshot, chunk))).containsExactly(chunk);
        assertThat(store.providers(chunk)).hasSize(1);
        assertThat(store.notedCount()).isEqualTo(1);
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), List.of(chunk));
        assertThat(store.commit(List.of(make.pages(page))).objectsNew())
                .as("what refers to it is admitted")
                .isEqualTo(1);
    }

    @Test
    void commit_ofWhatIsNoted_isStoredAndTheDamagedProviderGoes() throws Exception {
        SealedRecord record = committedTree(make.id()).getFirst();
        ObjectId chunk = TestRecords.provided(record);
        long before = sequence(chunk);
        assumeTrue(damage(before));
        assertThat(store.commit(List.of(record)).recordsStored())
                .as("not noted yet")
                .isZero();
        note(before, State.ALTERED);

        assertThat(store.commit(List.of(record)).recordsStored()).isEqualTo(1);
        assertThat(store.has(chunk)).isTrue();
        assertThat(store.providers(chunk)).hasSize(1);
        assertThat(store.read(store.providers(chunk).getFirst()).bytes()).isEqualTo(record.bytes());
        assertThat(store.noted()).as("the note goes with the record").isEmpty();
        assertThat(store.commit(List.of(record)).recordsStored()).isZero();
    }

    /** A push of the very same record: what a server is sent after it said that it lacks it. */
    @Test
    void submitUnverified_ofWhatIsNoted_isKeptThoughItIsTheSame() throws Exception {
        ObjectId snapshot = make.id();
        List<SealedRecord> tree = committedTree(snapshot);
        for (SealedRecord record : tree) {
            long before = sequence(TestRecords.provided(record));
            assumeTrue(damage(before));
            note(before, State.ALTERED);
        }
        assertThat(store.submitUnverified(tree, 1).join().recordsStored()).isEqualTo(3);
        for (SealedRecord record : tree) {
            ObjectId id = TestRecords.provided(record);
            assertThat(store.providers(id)).hasSize(1);
            assertThat(store.read(store.providers(id).getFirst()).bytes()).isEqualTo(record.bytes());
        }
        assertThat(store.noted()).isEmpty();
        assertThat(store.submitUnverified(tree, 1).join().recordsStored()).isZero();
    }

    @Test
    void providers_oneIsNoted_itComesLast() {
        ObjectId id = make.id();
        store.commit(List.of(make.run(1_000, id)));
        store.heal(List.of(make.run(1_000, id)));
        RecordRef newest = store.providers(id).getFirst();
        note(newest.sequence(), State.ALTERED);
        assertThat(store.providers(id)).hasSize(2).last().isEqualTo(newest);
        assertThat(store.has(id)).isTrue();
    }

    @Test
    void note_thatItReads_takesBackWhatWasSaidWithoutAKeyOnly() {
        ObjectId id = make.id();
        store.commit(List.of(make.run(1_000, id)));
        long sequence = sequence(id);
        note(sequence, State.ALTERED);
        note(sequence, State.READS);
        assertThat(store.has(id)).isTrue();
        note(sequence, State.UNUSABLE);
        note(sequence, State.READS);
        assertThat(store.has(id)).isFalse();
        note(sequence, State.OPENS);
        assertThat(store.has(id)).isTrue();
        assertThat(store.noted()).isEmpty();
    }

    /** A record that says nothing of itself, and of which the key says that it is nonsense. */
    @Test
    void heal_besideOneOfNoUse_dropsIt() {
        ObjectId id = make.id();
        store.commit(List.of(make.run(1_000, id)));
        note(sequence(id), State.UNUSABLE);
        SealedRecord good = make.run(1_000, id);
        store.heal(List.of(good));
        assertThat(store.providers(id)).hasSize(1);
        assertThat(store.noted()).isEmpty();
    }

    @Test
    void heal_wholeRecordThatIsThere_takesDamagedProvidersOff() throws Exception {
        ObjectId id = make.id();
        SealedRecord first = make.run(1_000, id);
        store.commit(List.of(first));
        long damaged = sequence(id);
        SealedRecord second = make.run(1_000, id);
        store.heal(List.of(second));
        assumeTrue(damage(damaged));
        assertThat(store.heal(List.of(second)).recordsStored()).isZero();
        assertThat(store.providers(id)).hasSize(1);
        assertThat(store.stats().records()).isEqualTo(1);
    }

    /** Nothing gets deeper: else providers could turn into a circle. */
    @Test
    void commit_deltaOfWhatIsNotedAndWasNone_isNotTaken() {
        ObjectId base = make.id();
        ObjectId chunk = make.id();
        store.commit(List.of(make.run(1_000, base), make.run(1_000, chunk)));
        note(sequence(chunk), State.ALTERED);
        assertThat(store.commit(List.of(make.delta(List.of(base), chunk))).recordsStored())
                .isZero();
        assertThat(store.has(chunk)).isFalse();
    }
}
