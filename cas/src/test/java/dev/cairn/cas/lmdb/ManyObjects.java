package dev.cairn.cas.lmdb;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.TestRecords;
import java.util.ArrayList;
import java.util.List;

/** Fills a store with very many small chunks, of which a branch reaches every other one. */
final class ManyObjects {

    private static final int CHUNKS_A_RECORD = 16;
    private static final int CHUNKS_A_PAGE = 512;
    private static final int RECORDS_A_COMMIT = 512;

    private ManyObjects() {}

    static void store(ObjectStore store, int chunks) {
        TestRecords make = new TestRecords(chunks);
        List<ProvidedObject> pages = new ArrayList<>();
        List<ObjectId> reached = new ArrayList<>();
        List<SealedRecord> batch = new ArrayList<>();
        for (int done = 0; done < chunks; done += CHUNKS_A_RECORD) {
            ObjectId[] ids = make.ids(Math.min(CHUNKS_A_RECORD, chunks - done)).toArray(ObjectId[]::new);
            batch.add(make.run(64 * ids.length, ids));
            for (int i = 0; i < ids.length; i += 2) {
                reached.add(ids[i]);
            }
            if (reached.size() >= CHUNKS_A_PAGE) {
                pages.add(new ProvidedObject(make.id(), List.of(), List.copyOf(reached)));
                reached.clear();
            }
            if (batch.size() == RECORDS_A_COMMIT) {
                store.commit(batch);
                batch.clear();
            }
        }
        pages.add(new ProvidedObject(make.id(), List.of(), List.copyOf(reached)));
        store.commit(batch);
        store.commit(pages.stream().map(make::pages).toList());
        ProvidedObject root = new ProvidedObject(
                make.id(), pages.stream().map(ProvidedObject::id).toList(), List.of());
        ObjectId snapshot = make.id();
        store.commit(List.of(make.pages(root), make.snapshot(snapshot, 1, List.of(), root.id())));
        store.move(new BranchMove("main", null, snapshot, List.of(), make.operation()));
    }
}
