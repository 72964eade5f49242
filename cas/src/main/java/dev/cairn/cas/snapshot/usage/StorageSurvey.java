package dev.cairn.cas.snapshot.usage;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryVersions;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.SnapshotRecord;
import java.util.BitSet;
import java.util.List;

/**
 * Finds out what takes room in a repository.
 *
 * <p>The pages of all snapshots are gone through together, what they have in common once ({@link EntryVersions}), for one part of all
 * ids after the other, as many as fit {@value #TABLE_BYTES} bytes: about a million chunks at a time with up to 64 snapshots. Beside
 * that, memory is a bit for each record. For one use, on one thread.
 */
public final class StorageSurvey {

    /** Memory for what is counted at once. */
    static final long TABLE_BYTES = 40L << 20;

    private static final BitSet NO_SNAPSHOTS = new BitSet();

    private final ObjectStore store;
    private final ObjectSource objects;
    private final Cancellation cancellation;
    private final long tableBytes;
    private final List<SnapshotRecord> snapshots;
    private final Shares shares;
    private final RecordUse records;
    private long inlineBytes;

    /**
     * @param objects reads pages
     * @param snapshots all that are kept
     * @param branches for each, the places in that list of the snapshots in its history
     */
    public StorageSurvey(
            ObjectStore store,
            ObjectSource objects,
            List<SnapshotRecord> snapshots,
            List<BitSet> branches,
            Cancellation cancellation) {
        this(store, objects, snapshots, branches, cancellation, TABLE_BYTES);
    }

    StorageSurvey(
            ObjectStore store,
            ObjectSource objects,
            List<SnapshotRecord> snapshots,
            List<BitSet> branches,
            Cancellation cancellation,
            long tableBytes) {
        this.store = store;
        this.objects = objects;
        this.cancellation = cancellation;
        this.tableBytes = tableBytes;
        this.snapshots = List.copyOf(snapshots);
        this.shares = new Shares(snapshots.size(), branches);
        this.records = new RecordUse(store, cancellation);
    }

    /**
     * Surveys.
     *
     * @throws CorruptDataException where a page or a row of the index is damaged
     */
    public StorageUse run() {
        int places = ObjectTable.places(tableBytes, snapshots.size());
        // What is committed meanwhile may be met too.
        long expected = store.stats().objects() + 1024;
        long parts = Math.ceilDiv(expected, places / 2);
        for (long part = 0; part < parts; part++) {
            ObjectTable table = new ObjectTable(places, snapshots.size());
            fill(new Part(table, part, parts));
            table.forEach((length, bits, from) -> shares.add(length, bits, from, table.words()));
            noteLive(new Part(table, part, parts));
        }
        return records.summary(shares, inlineBytes);
    }

    /** A part of all ids. */
    private record Part(ObjectTable table, long number, long count) {

        boolean has(ObjectId id) {
            return Math.unsignedMultiplyHigh(id.word0(), count) == number;
        }

        void add(ObjectId id, int length, BitSet in) {
            if (has(id)) {
                table.add(id, length, in);
            }
        }
    }

    private void fill(Part part) {
        snapshots.forEach(snapshot -> part.add(snapshot.id(), 0, NO_SNAPSHOTS));
        ObjectSource noted = (id, type) -> {
            if (type == ObjectType.NODE) {
                part.add(id, 0, NO_SNAPSHOTS);
            }
            return objects.read(id, type);
        };
        List<ObjectId> roots = snapshots.stream().map(SnapshotRecord::manifest).toList();
        EntryVersions.of(roots, noted, entry -> {
                    cancellation.check();
                    return entry.content() != null || !entry.metadata().xattrs().isEmpty();
                })
                .forEachRemaining(version -> add(part, version, noted));
    }

    private void add(Part part, EntryVersions.Version version, ObjectSource noted) {
        Entry entry = version.entry();
        if (entry.metadata().xattrs() instanceof Xattrs.Stored stored) {
            part.add(stored.chunk(), stored.bytes(), version.maps());
        }
        switch (entry.content()) {
            case null -> {}
            case Content.Inline inline -> inlineBytes += part.number() == 0 ? inline.size() : 0;
            case Content.Segments(List<Segment> list) -> list.forEach(segment -> add(part, segment, version.maps()));
            case Content.Listed listed ->
                ChunkList.of(listed, noted).forEachRemaining(segment -> {
                    cancellation.check();
                    add(part, segment, version.maps());
                });
        }
    }

    private static void add(Part part, Segment segment, BitSet in) {
        if (segment instanceof Segment.Data data) {
            part.add(data.chunk(), data.length(), in);
        }
    }

    private void noteLive(Part part) {
        store.forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType type, List<RecordRef> providers) {
                cancellation.check();
                if (part.has(id) && part.table().has(id)) {
                    records.live(providers.getFirst().sequence());
                }
            }

            @Override
            public void damaged(CorruptDataException damage) {
                throw damage;
            }
        });
    }
}
