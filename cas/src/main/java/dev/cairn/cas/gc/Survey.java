package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable;
import dev.cairn.cas.Collectable.Providing;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordKind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Goes over all objects and records after they were marked, and adds up what there is to collect. For one thread. */
final class Survey {

    private static final byte RECORD = 'r';
    private static final int ANY_DEAD = 1;
    private static final int ANY_LIVE = 2;
    private static final int ANY_BASE = 4;

    private final Collectable store;
    private final Marking marking;
    private final Collectable.Scratch scratch;
    private final long boundary;
    private final Volumes volumes;
    private final Runnable check;

    private long live;
    private long base;
    private long fresh;
    private final long[] dead = new long[3];

    /**
     * A survey of a store.
     *
     * @param boundary the number of the next record before the roots were read
     * @param check throws when it is time to stop
     */
    Survey(
            Collectable store,
            Marking marking,
            Collectable.Scratch scratch,
            long boundary,
            Volumes volumes,
            Runnable check) {
        this.store = store;
        this.marking = marking;
        this.scratch = scratch;
        this.boundary = boundary;
        this.volumes = volumes;
        this.check = check;
    }

    long boundary() {
        return boundary;
    }

    /** Adds up. {@code candidates} sees the ids that nothing reaches, in their order. */
    CollectionPlan plan(Consumer<ObjectId> candidates) {
        store.forEachObject((id, providers) -> object(id, providers, candidates));
        long[] bytes = new long[4];
        long[] recordsDead = {0};
        Map<Integer, Long> liveBytes = new TreeMap<>();
        store.forEachRecord(0, (sequence, kind, volume, length) -> {
            int flags = scratch.get(key(sequence));
            if (flags == ANY_DEAD) {
                recordsDead[0]++;
                bytes[0] += length;
                return;
            }
            bytes[1] += (flags & ANY_DEAD) != 0 ? length : 0;
            bytes[2] += (flags & ~ANY_DEAD) == ANY_BASE ? length : 0;
            bytes[3] += length;
            liveBytes.merge(volume, (long) length, Long::sum);
        });
        return new CollectionPlan(
                live,
                base,
                dead[0],
                dead[1],
                dead[2],
                fresh,
                recordsDead[0],
                bytes[0],
                bytes[1],
                bytes[2],
                bytes[3],
                volumes.plan(liveBytes));
    }

    private void object(ObjectId id, List<Providing> providers, Consumer<ObjectId> candidates) {
        int mark = marking.mark(id);
        int flag = ANY_LIVE;
        if (mark == Marking.BASE) {
            base++;
            flag = ANY_BASE;
        } else if (mark == Marking.LIVE) {
            live++;
        } else if (providers.stream().anyMatch(provider -> provider.sequence() >= boundary)) {
            fresh++;
        } else {
            dead[kind(providers.getFirst().kind())]++;
            flag = ANY_DEAD;
            candidates.accept(id);
        }
        for (Providing provider : providers) {
            byte[] key = key(provider.sequence());
            int before = scratch.get(key);
            if ((before | flag) != before) {
                scratch.put(key, before | flag);
            }
        }
        if ((live + base + fresh & 0xfff) == 0) {
            check.run();
        }
    }

    private static int kind(RecordKind kind) {
        return switch (kind.provides()) {
            case SNAPSHOT -> 0;
            case NODE -> 1;
            case CHUNK -> 2;
        };
    }

    private static byte[] key(long sequence) {
        return ByteBuffer.allocate(9).put(RECORD).putLong(sequence).array();
    }
}
