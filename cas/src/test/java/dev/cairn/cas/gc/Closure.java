package dev.cairn.cas.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.SealedRecord;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that nothing of a store refers to what is not there. */
public final class Closure {

    private Closure() {}

    /** Every object can be read, with all that it needs; so can every retained snapshot and every head. */
    public static void require(ObjectStore store) {
        store.forEachRecord(EnumSet.allOf(RecordKind.class), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                boolean any = false;
                for (int ordinal = 0; ordinal < record.header().provided().size(); ordinal++) {
                    ProvidedObject object = record.header().provided().get(ordinal);
                    if (store.providers(object.id()).contains(new RecordRef(sequence, ordinal))) {
                        any = true;
                        assertThat(store.missing(object.nodeChildren())).isEmpty();
                        assertThat(store.missing(object.chunkChildren())).isEmpty();
                    }
                }
                assertThat(any).as("record %d provides something", sequence).isTrue();
                assertThat(store.missing(record.header().bases())).isEmpty();
                assertThat(store.missing(record.header().pages())).isEmpty();
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        Set<ObjectId> seen = new HashSet<>();
        store.branches().forEach(branch -> read(store, branch.snapshot(), seen));
        store.snapshots().stream().map(RetainedSnapshot::snapshot).forEach(id -> read(store, id, seen));
    }

    /** Reads an object, all that it reaches and all that these build on. */
    public static void read(ObjectStore store, ObjectId id, Set<ObjectId> seen) {
        if (!seen.add(id)) {
            return;
        }
        List<RecordRef> refs = store.providers(id);
        assertThat(refs).as("providers of %s", id).isNotEmpty();
        RecordHeader header = store.read(refs.getFirst()).header();
        ProvidedObject object = header.provided().get(refs.getFirst().ordinal());
        assertThat(object.id()).isEqualTo(id);
        object.nodeChildren().forEach(child -> read(store, child, seen));
        object.chunkChildren().forEach(child -> read(store, child, seen));
        header.bases().forEach(base -> read(store, base, seen));
        header.pages().forEach(page -> read(store, page, seen));
    }
}
