package dev.cairn.cas;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does: its records and objects, beside what {@link DamageContract} and those that it extends ask. */
public abstract class ObjectStoreContract extends DamageContract {

    @Test
    void repositoryId_newStore_isTheOneGiven() {
        assertThat(store.repositoryId()).isEqualTo(REPOSITORY);
        assertThat(store.branches()).isEmpty();
        assertThat(store.snapshots()).isEmpty();
        assertThat(store.configuration()).isEmpty();
        assertThat(store.stats().records()).isZero();
    }

    @Test
    void read_committedRecord_givesTheSameBytes() {
        SealedRecord record = make.run(70_000, make.id(), make.id(), make.id());
        ObjectStore.CommitReceipt receipt = store.commit(List.of(record));
        assertThat(receipt).isEqualTo(new ObjectStore.CommitReceipt(1, record.bytes().length, 3));
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            ObjectId id = record.header().provided().get(ordinal).id();
            assertThat(store.has(id)).isTrue();
            List<RecordRef> refs = store.providers(id);
            assertThat(refs).hasSize(1);
            assertThat(refs.getFirst().ordinal()).isEqualTo(ordinal);
            assertThat(store.read(refs.getFirst()).bytes()).isEqualTo(record.bytes());
        }
    }

    @Test
    void read_recordsOfAllSizes_giveTheSameBytes() {
        List<SealedRecord> records = IntStream.of(
                        0,
                        1,
                        500,
                        4_000,
                        4_080,
                        65_536,
                        1_048_000,
                        1_048_576,
                        3_000_000,
                        RecordHeader.RECORD_BYTES_MAX - 44)
                .mapToObj(make::run)
                .toList();
        store.commit(records);
        for (SealedRecord record : records) {
            assertThat(store.read(store.providers(provided(record)).getFirst()).bytes())
                    .isEqualTo(record.bytes());
        }
        assertThat(store.stats().records()).isEqualTo(records.size());
        assertThat(store.stats().recordBytes())
                .isEqualTo(records.stream()
                        .mapToLong(record -> record.bytes().length)
                        .sum());
    }

    @Test
    void read_unknownRef_isCorruptData() {
        SealedRecord record = make.run(10);
        store.commit(List.of(record));
        RecordRef ref = store.providers(provided(record)).getFirst();
        assertThatThrownBy(() -> store.read(new RecordRef(ref.sequence() + 1_000, 0)))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> store.read(new RecordRef(ref.sequence(), 1))).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void missing_mixedIds_givesTheUnknownOnesInOrderEachOnce() {
        SealedRecord record = make.run(10);
        store.commit(List.of(record));
        ObjectId a = make.id();
        ObjectId b = make.id();
        assertThat(store.missing(List.of(b, provided(record), a, b))).containsExactly(b, a);
        assertThat(store.missing(List.of())).isEmpty();
        assertThat(store.has(a)).isFalse();
        assertThat(store.providers(a)).isEmpty();
    }

    @Test
    void commit_sameRecordTwice_storesItOnce() {
        SealedRecord record = make.run(1_000, make.id(), make.id());
        store.commit(List.of(record, record));
        assertThat(store.commit(List.of(record))).isEqualTo(new ObjectStore.CommitReceipt(0, 0, 0));
        assertThat(store.stats().records()).isEqualTo(1);
    }

    @Test
    void commit_nothing_changesNothing() {
        assertThat(store.commit(List.of())).isEqualTo(new ObjectStore.CommitReceipt(0, 0, 0));
    }

    @Test
    void commit_partlyKnownRecord_becomesAFurtherProvider() {
        ObjectId known = make.id();
        store.commit(List.of(make.run(1_000, known)));
        SealedRecord second = make.run(1_000, make.id(), known);
        assertThat(store.commit(List.of(second)).objectsNew()).isEqualTo(1);
        assertThat(store.providers(known)).hasSize(2);
        assertThat(store.providers(known).stream().map(store::read).map(SealedRecord::bytes))
                .anyMatch(bytes -> java.util.Arrays.equals(bytes, second.bytes()));
    }

    @Test
    void commit_moreThanProvidersMax_stopsAddingProviders() {
        ObjectId popular = make.id();
        for (int i = 0; i < Admission.PROVIDERS_MAX + 3; i++) {
            store.commit(List.of(make.run(10, popular, make.id())));
        }
        assertThat(store.providers(popular)).hasSize(Admission.PROVIDERS_MAX);
    }

    @Test
    void commit_tooManyBytes_isRefused() {
        SealedRecord large = make.run(RecordHeader.RECORD_BYTES_MAX - 44);
        List<SealedRecord> records = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            records.add(large);
        }
        assertThatThrownBy(() -> store.commit(records)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.submit(records)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void commit_missingChildren_namesThemAndChangesNothing() {
        ObjectId lackingNode = make.id();
        ObjectId lackingChunk = make.id();
        SealedRecord run = make.run(10);
        SealedRecord page =
                make.pages(new ProvidedObject(make.id(), List.of(lackingNode), List.of(lackingChunk, provided(run))));
        MissingObjectsException e =
                catchThrowableOfType(MissingObjectsException.class, () -> store.commit(List.of(run, page)));
        assertThat(e.ids()).containsExactly(lackingNode, lackingChunk);
        assertThat(store.has(provided(run))).isFalse();
        assertThat(store.stats().records()).isZero();
    }

    @Test
    void commit_childLaterInTheBatch_isMissing() {
        SealedRecord run = make.run(10);
        SealedRecord page = make.pages(new ProvidedObject(make.id(), List.of(), List.of(provided(run))));
        assertThatThrownBy(() -> store.commit(List.of(page, run))).isInstanceOf(MissingObjectsException.class);
        assertThat(store.commit(List.of(run, page)).recordsStored()).isEqualTo(2);
    }

    @Test
    void commit_pagesInOneRecord_mayNameEarlierOnesOnly() {
        ProvidedObject leaf = new ProvidedObject(make.id(), List.of(), List.of());
        ProvidedObject root = new ProvidedObject(make.id(), List.of(leaf.id()), List.of());
        assertThatThrownBy(() -> store.commit(List.of(make.pages(root, leaf))))
                .isInstanceOf(MissingObjectsException.class);
        assertThat(store.commit(List.of(make.pages(leaf, root))).objectsNew()).isEqualTo(2);
    }

    @Test
    void commit_childOfTheWrongType_isMissing() {
        SealedRecord run = make.run(10);
        store.commit(List.of(run));
        ObjectId chunk = provided(run);
        assertThatThrownBy(() ->
                        store.commit(List.of(make.pages(new ProvidedObject(make.id(), List.of(chunk), List.of())))))
                .isInstanceOf(MissingObjectsException.class);
        assertThatThrownBy(() -> store.commit(List.of(make.snapshot(make.id(), 1, List.of(), chunk))))
                .isInstanceOf(MissingObjectsException.class);
    }

    @Test
    void commit_idWithAnotherType_isCorruptData() {
        SealedRecord run = make.run(10);
        store.commit(List.of(run));
        ProvidedObject sameId = new ProvidedObject(provided(run), List.of(), List.of());
        assertRefused(() -> store.commit(List.of(make.pages(sameId))));
        ProvidedObject other = new ProvidedObject(make.id(), List.of(), List.of());
        assertRefused(() -> store.commit(List.of(make.pages(other, sameId))));
        assertThat(store.has(other.id())).isFalse();
    }

    @Test
    void commit_deltaWithoutBase_isMissing() {
        ObjectId base = make.id();
        ObjectId made = make.id();
        MissingObjectsException e = catchThrowableOfType(
                MissingObjectsException.class, () -> store.commit(List.of(make.delta(List.of(base), made))));
        assertThat(e.ids()).containsExactly(base);
        store.commit(List.of(make.run(10, base), make.delta(List.of(base), made)));
        assertThat(store.has(made)).isTrue();
    }

    @Test
    void commit_deltaOnItself_isMissing() {
        ObjectId made = make.id();
        assertThatThrownBy(() -> store.commit(List.of(make.delta(List.of(made), made))))
                .isInstanceOf(MissingObjectsException.class);
    }

    @Test
    void commit_deltaDeeperThanTheLimit_isRefused() {
        ObjectId base = make.id();
        store.commit(List.of(make.run(10, base)));
        for (int depth = 1; depth <= Admission.DEPTH_MAX; depth++) {
            ObjectId next = make.id();
            store.commit(List.of(make.delta(List.of(base), next)));
            base = next;
        }
        ObjectId deepest = base;
        assertRefused(() -> store.commit(List.of(make.delta(List.of(deepest), make.id()))));
    }

    @Test
    void commit_deltaOverAKnownChunk_neverBecomesItsProvider() {
        ObjectId plain = make.id();
        ObjectId base = make.id();
        ObjectId made = make.id();
        store.commit(List.of(make.run(10, plain), make.run(10, base)));
        store.commit(List.of(make.delta(List.of(base), plain, made)));
        assertThat(store.providers(plain)).hasSize(1);
        assertThat(store.providers(made)).hasSize(1);
        store.commit(List.of(make.run(10, made, make.id())));
        List<RecordRef> refs = store.providers(made);
        assertThat(refs).hasSize(2);
        assertThat(store.read(refs.getFirst()).header().kind())
                .as("the shallower provider is the better one")
                .isEqualTo(RecordKind.RUN);
    }

    @Test
    void submit_manyAtOnce_allBecomeDurable() {
        List<SealedRecord> records = new ArrayList<>();
        List<CompletableFuture<ObjectStore.CommitReceipt>> futures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            SealedRecord record = make.run(2_000);
            records.add(record);
            futures.add(store.submit(List.of(record)));
        }
        SealedRecord broken = make.pages(new ProvidedObject(make.id(), List.of(make.id()), List.of()));
        CompletableFuture<ObjectStore.CommitReceipt> failing = store.submit(List.of(broken));
        futures.forEach(CompletableFuture::join);
        assertThat(records).allMatch(record -> store.has(provided(record)));
        assertThatThrownBy(failing::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(MissingObjectsException.class);
    }

    @Test
    void submit_fromManyThreads_losesNothing() throws Exception {
        List<List<SealedRecord>> work = IntStream.range(0, 8)
                .mapToObj(i ->
                        IntStream.range(0, 50).mapToObj(j -> make.run(3_000)).toList())
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> done = new ArrayList<>();
            for (List<SealedRecord> records : work) {
                done.add(threads.submit(() -> {
                    for (SealedRecord record : records) {
                        store.commit(List.of(record));
                        assertThat(store.read(store.providers(provided(record)).getFirst())
                                        .bytes())
                                .isEqualTo(record.bytes());
                    }
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        }
        assertThat(store.stats().records()).isEqualTo(400);
    }

    @Test
    void submitUnverified_nonsenseCameFirst_keepsTheGoodOneToo() {
        ObjectId id = make.id();
        store.submitUnverified(List.of(make.run(500, id)), 1).join();
        SealedRecord good = make.run(1_000, id);
        assertThat(store.submitUnverified(List.of(good), 1).join().recordsStored())
                .isEqualTo(1);
        assertThat(store.submitUnverified(List.of(good), 1).join().recordsStored())
                .as("the same one again")
                .isZero();
        assertThat(store.providers(id)).hasSize(2);
        assertThat(store.providers(id).stream().map(store::read).map(SealedRecord::bytes))
                .anyMatch(bytes -> java.util.Arrays.equals(bytes, good.bytes()));
    }

    @Test
    void submitUnverified_twiceInOneSubmission_keepsItOnce() {
        ObjectId id = make.id();
        SealedRecord good = make.run(1_000, id, make.id());
        store.submitUnverified(List.of(make.run(500, id), good, good), 1).join();
        store.submitUnverified(List.of(good, good), 1).join();
        assertThat(store.providers(id)).hasSize(2);
        assertThat(store.stats().records()).isEqualTo(2);
    }

    @Test
    void submitUnverified_nonsenseOfAnotherTypeCameFirst_keepsTheGoodOneAndItsParents() {
        ObjectId chunk = make.id();
        store.submitUnverified(List.of(make.pages(new ProvidedObject(chunk, List.of(), List.of()))), 1)
                .join();
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), List.of(chunk));
        assertThatThrownBy(() ->
                        store.submitUnverified(List.of(make.pages(page)), 1).join())
                .hasCauseInstanceOf(MissingObjectsException.class);
        store.submitUnverified(List.of(make.run(1_000, chunk), make.pages(page)), 1)
                .join();
        assertThat(store.has(page.id())).isTrue();
        assertThat(store.providers(chunk)).hasSize(2);
    }

    @Test
    void submitUnverified_manyRecordsOfOneUploader_keepsFewAndShutsNobodyOut() {
        ObjectId id = make.id();
        for (int i = 0; i < Admission.PROVIDERS_MAX + 3; i++) {
            store.submitUnverified(List.of(make.run(10, id)), 1).join();
        }
        assertThat(store.providers(id)).hasSize(Admission.UPLOADER_PROVIDERS_MAX);
        SealedRecord good = make.run(1_000, id);
        assertThat(store.submitUnverified(List.of(good), 2).join().recordsStored())
                .isEqualTo(1);
        assertThat(store.providers(id)).hasSize(Admission.UPLOADER_PROVIDERS_MAX + 1);
        assertThat(store.stats().records()).isEqualTo(Admission.UPLOADER_PROVIDERS_MAX + 1);
    }

    @Test
    void submitUnverified_manyRecordsInOneSubmission_countTogether() {
        ObjectId id = make.id();
        List<SealedRecord> flood = new ArrayList<>();
        for (int i = 0; i < 3 * Admission.UPLOADER_PROVIDERS_MAX; i++) {
            flood.add(make.run(10, id));
        }
        // Several submissions may share a transaction: there the limit holds too.
        var first = store.submitUnverified(flood.subList(0, 3), 1);
        var second = store.submitUnverified(flood.subList(3, flood.size()), 1);
        var other = store.submitUnverified(List.of(make.run(1_000, id)), 2);
        assertThat(first.join().recordsStored() + second.join().recordsStored())
                .isEqualTo(Admission.UPLOADER_PROVIDERS_MAX);
        assertThat(other.join().recordsStored()).isEqualTo(1);
    }

    @Test
    void submitUnverified_manyUploaders_keepsSoMany() {
        ObjectId id = make.id();
        for (int i = 0; i < Admission.KEPT_PROVIDERS_MAX + 3; i++) {
            store.submitUnverified(List.of(make.run(10, id)), 1 + i).join();
        }
        assertThat(store.providers(id)).hasSize(Admission.KEPT_PROVIDERS_MAX);
        // What is verified under the key mends it all the same.
        SealedRecord good = make.run(1_000, id);
        assertThat(store.heal(List.of(good)).recordsStored()).isEqualTo(1);
    }

    @Test
    void submitUnverified_otherRecordOfASnapshot_isNotKept() {
        ObjectId id = make.id();
        store.submitUnverified(make.tree(id, 1, 100), 1).join();
        List<SealedRecord> forged = make.tree(id, 99, 100);
        store.submitUnverified(forged, 1).join();
        assertThat(store.providers(id)).hasSize(1);
        assertThat(store.read(store.providers(id).getFirst()).header().lineage())
                .isEqualTo(new RecordHeader.Lineage(1, List.of()));
    }

    @Test
    void heal_wholeRecord_storesNothing() {
        SealedRecord record = make.run(1_000);
        store.commit(List.of(record));
        assertThat(store.heal(List.of(record)).recordsStored()).isZero();
    }

    @Test
    void heal_damagedRecord_readsAgain() throws Exception {
        ObjectId id = make.id();
        SealedRecord record = make.run(1_000, id, make.id());
        store.commit(List.of(record));
        RecordRef first = store.providers(id).getFirst();
        if (!damage(first.sequence())) {
            return;
        }
        assertThatThrownBy(() -> store.read(first))
                .isInstanceOfSatisfying(
                        CorruptDataException.class,
                        e -> assertThat(e.isSubmitted()).isFalse());
        assertThat(store.commit(List.of(record)).recordsStored()).isZero();
        assertThat(store.heal(List.of(record)).recordsStored()).isEqualTo(1);
        assertThat(store.providers(id)).hasSize(1);
        assertThat(store.read(store.providers(id).getFirst()).bytes()).isEqualTo(record.bytes());
        assertThat(store.heal(List.of(record)).recordsStored()).isZero();
        RecordLog log = new RecordLog();
        store.forEachRecord(EnumSet.allOf(RecordKind.class), log);
        assertThat(log.damaged).as("what provides nothing any more is gone").isEmpty();
        assertThat(log.whole).hasSize(1);
        assertThat(store.stats().records()).isEqualTo(1);
        assertThat(store.stats().recordBytes()).isEqualTo(record.bytes().length);
    }

    @Test
    void heal_otherRecordOfTheSameObject_isPutFirst() {
        ObjectId id = make.id();
        store.commit(List.of(make.run(1_000, id)));
        SealedRecord other = make.run(1_000, id);
        assertThat(store.heal(List.of(other)).recordsStored()).isEqualTo(1);
        assertThat(store.providers(id)).hasSize(2);
        assertThat(store.read(store.providers(id).getFirst()).bytes()).isEqualTo(other.bytes());
    }

    @Test
    void heal_missingChildren_isRefused() {
        assertThatThrownBy(() ->
                        store.heal(List.of(make.pages(new ProvidedObject(make.id(), List.of(make.id()), List.of())))))
                .isInstanceOf(MissingObjectsException.class);
    }

    @Test
    void forEachRecord_damagedOne_isReportedAndPassed() throws Exception {
        List<SealedRecord> tree = make.tree(make.id(), 1, 5_000);
        store.commit(tree);
        RecordLog log = new RecordLog();
        store.forEachRecord(EnumSet.allOf(RecordKind.class), log);
        assertThat(log.whole).hasSize(3).isSorted();
        assertThat(log.damaged).isEmpty();
        RecordLog pages = new RecordLog();
        store.forEachRecord(Set.of(RecordKind.PAGE), pages);
        assertThat(pages.whole).hasSize(1);
        if (damage(log.whole.getFirst())) {
            RecordLog again = new RecordLog();
            store.forEachRecord(EnumSet.allOf(RecordKind.class), again);
            assertThat(again.damaged).containsExactly(log.whole.getFirst());
            assertThat(again.whole).hasSize(2);
        }
    }

    @Test
    void forEachObject_someObjects_showsThemSortedWithTypes() {
        List<SealedRecord> tree = make.tree(make.id(), 1, 5_000);
        store.commit(tree);
        List<ObjectId> seen = new ArrayList<>();
        List<ObjectType> types = new ArrayList<>();
        store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                assertThat(providers).isEqualTo(store.providers(id));
                seen.add(id);
                types.add(type);
            }

            @Override
            public void damaged(CorruptDataException damage) {
                throw damage;
            }
        });
        assertThat(seen).hasSize(3).isSorted();
        assertThat(types).containsExactlyInAnyOrder(ObjectType.CHUNK, ObjectType.NODE, ObjectType.SNAPSHOT);
    }

    @Test
    void close_twice_isHarmlessAndLaterUseFails() {
        store.close();
        store.close();
        assertThatThrownBy(() -> store.has(make.id())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.commit(List.of(make.run(1)))).isInstanceOf(IllegalStateException.class);
    }

    /** Notes what it is shown. */
    protected static final class RecordLog implements RecordVisitor {
        public final List<Long> whole = new ArrayList<>();
        public final List<Long> damaged = new ArrayList<>();

        @Override
        public void record(long sequence, SealedRecord record) {
            whole.add(sequence);
        }

        @Override
        public void damaged(long sequence, CorruptDataException damage) {
            damaged.add(sequence);
        }
    }
}
