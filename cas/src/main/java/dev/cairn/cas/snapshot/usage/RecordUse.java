package dev.cairn.cas.snapshot.usage;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.PlaceVisitor;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.snapshot.Cancellation;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which records are needed, and what all of them take. A bit a record; for one thread. */
final class RecordUse {

    private static final EnumSet<RecordKind> DELTAS = EnumSet.of(RecordKind.DELTA, RecordKind.PAGE_DELTA);

    private final ObjectStore store;
    private final Cancellation cancellation;
    private final BitSet live = new BitSet();
    private final BitSet bases = new BitSet();
    private final Map<RecordKind, StorageUse.Sum> kinds = new EnumMap<>(RecordKind.class);
    private final NavigableMap<Integer, StorageUse.Volume> volumes = new TreeMap<>();
    private long liveBytes;
    private long baseBytes;
    private long deadBytes;

    RecordUse(ObjectStore store, Cancellation cancellation) {
        this.store = store;
        this.cancellation = cancellation;
    }

    /** A record has something that a snapshot reaches. */
    void live(long sequence) {
        live.set(Math.toIntExact(sequence));
    }

    private boolean isNeeded(long sequence) {
        return live.get(Math.toIntExact(sequence)) || bases.get(Math.toIntExact(sequence));
    }

    /** Adds up. */
    StorageUse summary(Shares shares, long inlineBytes) {
        if (store.stats().records() > live.cardinality()) {
            // A base may be a delta itself: until nothing is found any more, some eight times at most.
            while (foundBases()) {
                cancellation.check();
            }
        }
        store.forEachPlace(new Places());
        return new StorageUse(
                shares.chunks(),
                shares.chunkBytes(),
                inlineBytes,
                shares.snapshots(),
                shares.branches(),
                kinds,
                List.copyOf(volumes.values()),
                liveBytes,
                baseBytes,
                deadBytes);
    }

    /** Marks the records that live deltas build on; whether there was any that was not marked. */
    private boolean foundBases() {
        int before = bases.cardinality();
        store.forEachRecord(DELTAS, new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                cancellation.check();
                if (isNeeded(sequence)) {
                    record.header().bases().forEach(RecordUse.this::base);
                }
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        return bases.cardinality() > before;
    }

    private void base(ObjectId id) {
        List<RecordRef> providers = store.providers(id);
        if (!providers.isEmpty() && !isNeeded(providers.getFirst().sequence())) {
            bases.set(Math.toIntExact(providers.getFirst().sequence()));
        }
    }

    private final class Places implements PlaceVisitor {
        @Override
        public void volume(int number, long fileBytes) {
            volumes.put(number, new StorageUse.Volume(number, fileBytes, 0, 0, 0));
        }

        @Override
        public void record(long sequence, RecordKind kind, int volume, int bytes) {
            boolean isLive = live.get(Math.toIntExact(sequence));
            boolean isBase = bases.get(Math.toIntExact(sequence));
            liveBytes += isLive ? bytes : 0;
            baseBytes += !isLive && isBase ? bytes : 0;
            deadBytes += isLive || isBase ? 0 : bytes;
            kinds.merge(kind, new StorageUse.Sum(1, bytes), (sum, _) -> sum.plus(bytes));
            StorageUse.Volume before = volumes.getOrDefault(volume, new StorageUse.Volume(volume, 0, 0, 0, 0));
            volumes.put(
                    volume,
                    new StorageUse.Volume(
                            volume,
                            before.fileBytes(),
                            before.records() + 1,
                            before.recordBytes() + bytes,
                            before.liveBytes() + (isLive || isBase ? bytes : 0)));
        }

        @Override
        public void damaged(CorruptDataException damage) {
            throw damage;
        }
    }
}
