package dev.cairn.cas;

import static dev.cairn.cas.TestRecords.provided;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does with deltas of chunks and of pages. */
abstract class DeltaContract extends NoteContract {

    /** Makes reading that record fail, or returns false where this store cannot be damaged by a test. */
    protected abstract boolean damage(long sequence) throws Exception;

    /** What was handed in is wrong, not what is stored. */
    protected static void assertRefused(ThrowingCallable commit) {
        assertThatThrownBy(commit)
                .isInstanceOfSatisfying(
                        CorruptDataException.class,
                        e -> assertThat(e.isSubmitted()).isTrue());
    }

    private List<ObjectId> storeChunks(int count) {
        List<ObjectId> chunks = make.ids(count);
        store.commit(List.of(make.run(100, chunks.toArray(ObjectId[]::new))));
        return chunks;
    }

    private ProvidedObject storePage(List<ObjectId> nodes, List<ObjectId> chunks) {
        ProvidedObject page = new ProvidedObject(make.id(), nodes, chunks);
        store.commit(List.of(make.pages(page)));
        return page;
    }

    /** Replaces one chunk child of a page by a new chunk. */
    private ProvidedObject next(ProvidedObject before, int at) {
        List<ObjectId> chunks = new ArrayList<>(before.chunkChildren());
        chunks.set(at, storeChunks(1).getFirst());
        return new ProvidedObject(make.id(), before.nodeChildren(), List.copyOf(chunks));
    }

    private SealedRecord read(ObjectId id) {
        return store.read(store.providers(id).getFirst());
    }

    @Test
    void commit_deltaThatNamesBasesByAPage_readsBackWithThem() {
        List<ObjectId> bases = storeChunks(10);
        ProvidedObject page = storePage(List.of(), bases);
        ObjectId made = make.id();
        SealedRecord delta = make.delta(store, List.of(page.id()), bases.subList(2, 9), made);
        assertThat(delta.header().idsReferred()).isEqualTo(7);
        assertThat(store.commit(List.of(delta)).objectsNew()).isEqualTo(1);
        assertThat(read(made).header()).isEqualTo(delta.header());
        assertThat(read(made).header().bases()).isEqualTo(bases.subList(2, 9));
        assertThat(read(made).bytes()).isEqualTo(delta.bytes());
        assertThat(store.depth(made)).isEqualTo(1);
        assertThat(store.depth(bases.getFirst())).isZero();
        assertThat(store.depth(make.id())).isZero();
    }

    @Test
    void commit_deltaThatRefersToAnUnknownPage_isMissing() {
        List<ObjectId> bases = storeChunks(4);
        ObjectId page = make.id();
        SealedRecord delta = make.delta(id -> bases, List.of(page), bases, make.id());
        assertThat(catchThrowableOfType(MissingObjectsException.class, () -> store.commit(List.of(delta)))
                        .ids())
                .containsExactly(page);
        ObjectId chunk = bases.getFirst();
        SealedRecord ofAChunk = make.delta(id -> bases, List.of(chunk), bases, make.id());
        assertThat(catchThrowableOfType(MissingObjectsException.class, () -> store.commit(List.of(ofAChunk)))
                        .ids())
                .containsExactly(chunk);
    }

    @Test
    void commit_deltaOfAPage_givesItsChildren() {
        ProvidedObject old = storePage(List.of(), storeChunks(10));
        ProvidedObject now = next(old, 4);
        SealedRecord delta = make.pageDelta(store, old.id(), now);
        store.commit(List.of(delta));
        assertThat(store.children(now.id())).isEqualTo(now.chunkChildren());
        assertThat(store.depth(now.id())).isEqualTo(1);
        assertThat(read(now.id()).header()).isEqualTo(delta.header());
        assertThat(read(now.id()).header().provided()).containsExactly(now);
    }

    @Test
    void commit_deltaOfAPageWithoutItsBaseOrAChild_namesWhatLacks() {
        List<ObjectId> chunks = storeChunks(10);
        ProvidedObject old = new ProvidedObject(make.id(), List.of(), chunks);
        List<ObjectId> children = new ArrayList<>(chunks);
        ObjectId lackingChunk = make.id();
        children.set(3, lackingChunk);
        ObjectId lackingNode = make.id();
        ProvidedObject now = new ProvidedObject(make.id(), List.of(lackingNode), children);
        SealedRecord delta = make.pageDelta(id -> ChildSource.of(old), old.id(), now);
        assertThat(catchThrowableOfType(MissingObjectsException.class, () -> store.commit(List.of(delta)))
                        .ids())
                .containsExactly(old.id(), lackingNode, lackingChunk);
        assertThat(store.has(now.id())).isFalse();
    }

    @Test
    void commit_basesOfTheWrongType_areMissing() {
        ObjectId chunk = storeChunks(1).getFirst();
        ProvidedObject page = storePage(List.of(), List.of(chunk));
        ObjectId snapshot = make.id();
        store.commit(List.of(make.snapshot(snapshot, 1, List.of(), page.id())));
        for (ObjectId notAChunk : List.of(page.id(), snapshot)) {
            assertThatThrownBy(() -> store.commit(List.of(make.delta(List.of(notAChunk), make.id()))))
                    .isInstanceOf(MissingObjectsException.class);
        }
        ProvidedObject now = new ProvidedObject(make.id(), List.of(), List.of(chunk));
        for (ObjectId notAPage : List.of(chunk, snapshot)) {
            SealedRecord delta = make.pageDelta(id -> List.of(chunk), notAPage, now);
            assertThatThrownBy(() -> store.commit(List.of(delta))).isInstanceOf(MissingObjectsException.class);
        }
    }

    @Test
    void commit_deltaOfAPageOnItself_isMissing() {
        List<ObjectId> chunks = storeChunks(3);
        ProvidedObject page = new ProvidedObject(make.id(), List.of(), chunks);
        SealedRecord delta = make.pageDelta(id -> chunks, page.id(), page);
        assertThatThrownBy(() -> store.commit(List.of(delta))).isInstanceOf(MissingObjectsException.class);
    }

    @Test
    void commit_deltasOfPagesUpToTheLimit_areReadAllTheWayDown() {
        ProvidedObject page = storePage(List.of(), storeChunks(12));
        List<ProvidedObject> all = new ArrayList<>(List.of(page));
        for (int depth = 1; depth <= Admission.DEPTH_MAX; depth++) {
            ProvidedObject next = next(page, depth);
            store.commit(List.of(make.pageDelta(store, page.id(), next)));
            assertThat(store.depth(next.id())).isEqualTo(depth);
            page = next;
            all.add(next);
        }
        for (ProvidedObject each : all) {
            assertThat(store.children(each.id())).isEqualTo(each.chunkChildren());
            assertThat(read(each.id()).header().provided()).containsExactly(each);
        }
        ProvidedObject deepest = page;
        SealedRecord deeper = make.pageDelta(store, deepest.id(), next(deepest, 0));
        assertRefused(() -> store.commit(List.of(deeper)));
        assertThat(store.has(provided(deeper))).isFalse();
    }

    @Test
    void commit_baseAndItsDeltaInOneBatch_areBothTaken() {
        List<ObjectId> chunks = storeChunks(5);
        ProvidedObject old = new ProvidedObject(make.id(), List.of(), chunks);
        ProvidedObject now = next(old, 0);
        ChildSource known = id -> ChildSource.of(old);
        SealedRecord delta = make.pageDelta(known, old.id(), now);
        SealedRecord ofChunks = make.delta(known, List.of(old.id()), chunks, make.id());
        assertThatThrownBy(() -> store.commit(List.of(delta, make.pages(old))))
                .isInstanceOf(MissingObjectsException.class);
        assertThatThrownBy(() -> store.commit(List.of(ofChunks, make.pages(old))))
                .isInstanceOf(MissingObjectsException.class);
        store.commit(List.of(make.pages(old), delta, ofChunks));
        assertThat(store.children(now.id())).isEqualTo(now.chunkChildren());
        assertThat(read(provided(ofChunks)).header().bases()).isEqualTo(chunks);
    }

    @Test
    void commit_depthOfSeveralBases_isThatOfTheDeepest() {
        List<ObjectId> chunks = storeChunks(2);
        ObjectId one = make.id();
        ObjectId two = make.id();
        ObjectId three = make.id();
        store.commit(List.of(
                make.delta(List.of(chunks.getFirst()), one),
                make.delta(List.of(one, chunks.getLast()), two),
                make.delta(List.of(chunks.getFirst(), two, one), three)));
        assertThat(store.depth(one)).isEqualTo(1);
        assertThat(store.depth(two)).isEqualTo(2);
        assertThat(store.depth(three)).isEqualTo(3);
        // A shallower provider makes reading easier, and the depth no less: deltas may be on their way that count on
        // it.
        store.submitUnverified(List.of(make.run(10, two, make.id())), 1).join();
        assertThat(store.depth(two)).isEqualTo(2);
        assertThat(read(two).header().kind()).isEqualTo(RecordKind.RUN);
    }

    @Test
    void children_ofAPageThatIsNotKnown_isMissing() {
        ObjectId unknown = make.id();
        assertThat(catchThrowableOfType(MissingObjectsException.class, () -> store.children(unknown))
                        .ids())
                .containsExactly(unknown);
        ObjectId chunk = storeChunks(1).getFirst();
        assertThatThrownBy(() -> store.children(chunk)).isInstanceOf(CorruptDataException.class);
        ProvidedObject page = storePage(List.of(), List.of(chunk, chunk));
        ProvidedObject above = storePage(List.of(page.id()), List.of(chunk));
        assertThat(store.children(page.id())).containsExactly(chunk, chunk);
        assertThat(store.children(above.id())).containsExactly(page.id(), chunk);
    }

    /** Else whoever may add a record could change what headers say that are there already. */
    @Test
    void children_nonsenseCameLaterUnderTheId_areThoseOfTheFirst() {
        ProvidedObject page = storePage(List.of(), storeChunks(6));
        ProvidedObject now = next(page, 1);
        store.submitUnverified(List.of(make.pageDelta(store, page.id(), now)), 1)
                .join();
        List<ObjectId> others = storeChunks(6);
        store.submitUnverified(List.of(make.pages(new ProvidedObject(page.id(), List.of(), others))), 1)
                .join();
        store.submitUnverified(List.of(make.pages(new ProvidedObject(now.id(), List.of(), others))), 1)
                .join();
        assertThat(store.providers(page.id())).hasSize(2);
        assertThat(store.children(page.id())).isEqualTo(page.chunkChildren());
        assertThat(store.children(now.id())).isEqualTo(now.chunkChildren());
        assertThat(store.providers(now.id()).stream()
                        .map(ref -> store.read(ref).header())
                        .filter(header -> header.kind() == RecordKind.PAGE_DELTA)
                        .flatMap(header -> header.provided().stream()))
                .containsExactly(now);
    }

    @Test
    void children_recordOfTheBaseDamaged_isCorruptDataUntilItIsMended() throws Exception {
        ProvidedObject old = storePage(List.of(), storeChunks(6));
        ProvidedObject now = next(old, 2);
        store.commit(List.of(make.pageDelta(store, old.id(), now)));
        RecordRef whole = store.providers(old.id()).getFirst();
        RecordRef delta = store.providers(now.id()).getFirst();
        if (!damage(whole.sequence())) {
            return;
        }
        assertThatThrownBy(() -> store.children(old.id())).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> store.children(now.id())).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> store.read(delta)).isInstanceOf(CorruptDataException.class);
        store.heal(List.of(make.pages(old)));
        assertThat(store.children(now.id())).isEqualTo(now.chunkChildren());
        assertThat(store.read(delta).header().provided()).containsExactly(now);
    }

    @Test
    void forEachRecord_deltas_areShownWithWhatTheyStandFor() throws Exception {
        List<ObjectId> chunks = storeChunks(5);
        ProvidedObject old = storePage(List.of(), chunks);
        ProvidedObject now = next(old, 2);
        SealedRecord pageDelta = make.pageDelta(store, old.id(), now);
        SealedRecord delta = make.delta(store, List.of(old.id()), chunks, make.id());
        store.commit(List.of(pageDelta, delta));
        List<RecordHeader> seen = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        RecordVisitor visitor = new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                seen.add(record.header());
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                damaged.add(sequence);
            }
        };
        store.forEachRecord(EnumSet.of(RecordKind.DELTA, RecordKind.PAGE_DELTA), visitor);
        assertThat(seen).containsExactly(pageDelta.header(), delta.header());
        if (damage(store.providers(old.id()).getFirst().sequence())) {
            seen.clear();
            store.forEachRecord(EnumSet.allOf(RecordKind.class), visitor);
            assertThat(damaged)
                    .as("the page, and what cannot be read without it")
                    .containsExactly(
                            store.providers(old.id()).getFirst().sequence(),
                            store.providers(now.id()).getFirst().sequence(),
                            store.providers(provided(delta)).getFirst().sequence());
        }
    }

    @Test
    void submitUnverified_deltaWithoutBase_isMissing() {
        ObjectId base = make.id();
        assertThatThrownBy(() -> store.submitUnverified(List.of(make.delta(List.of(base), make.id())), 1)
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(MissingObjectsException.class);
    }
}
