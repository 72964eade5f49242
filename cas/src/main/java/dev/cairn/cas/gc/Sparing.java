package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable;
import dev.cairn.cas.Collectable.Providing;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes off the list of condemned ids what turns out to be needed: what came since the mark began, what was stored once more, and
 * whatever these refer to. Memory: what some thousands of ids take. Not thread-safe.
 */
final class Sparing {

    private final Collectable store;
    private final ProviderHeaders headers;

    Sparing(Collectable store) {
        this.store = store;
        this.headers = new ProviderHeaders(store);
    }

    /** Looks through all records that were stored since the mark began and not looked through before, and settles. */
    void run() {
        long end = store.nextSequence();
        Set<ObjectId> needed = new HashSet<>();
        store.forEachRecord(store.state().scannedTo(), (sequence, kind, volume, bytes) -> {
            if (sequence < end) {
                RecordHeader header = headers.header(sequence);
                if (header != null) {
                    record(sequence, header, needed);
                }
                if (needed.size() >= Collectable.STEP_IDS_MAX) {
                    spare(needed, List.of(), sequence + 1);
                }
            }
        });
        spare(needed, List.of(), end);
        settle();
    }

    /** What a new record provides is needed, with all that any of its providers refers to. */
    private void record(long sequence, RecordHeader header, Set<ObjectId> needed) {
        needed.addAll(header.bases());
        needed.addAll(header.pages());
        for (ProvidedObject object : header.provided()) {
            needed.add(object.id());
            needed.addAll(object.nodeChildren());
            needed.addAll(object.chunkChildren());
            List<Providing> providers = store.providers(object.id());
            if (providers != null) {
                List<Providing> others = providers.stream()
                        .filter(provider -> provider.sequence() != sequence)
                        .toList();
                references(object.id(), others, needed::add);
            }
        }
    }

    /** Spares what the spared need, until nothing is unsettled. */
    void settle() {
        for (List<ObjectId> spared = store.spared(); !spared.isEmpty(); spared = store.spared()) {
            Set<ObjectId> needed = new HashSet<>();
            List<ObjectId> settled = new ArrayList<>();
            for (ObjectId id : spared) {
                List<Providing> providers = store.providers(id);
                if (providers != null) {
                    references(id, providers, needed::add);
                }
                settled.add(id);
                if (needed.size() >= Collectable.STEP_IDS_MAX) {
                    spare(needed, settled, 0);
                    settled.clear();
                }
            }
            spare(needed, settled, 0);
        }
    }

    private void references(ObjectId id, List<Providing> providers, Consumer<ObjectId> visitor) {
        for (ProviderHeaders.Found found : headers.of(id, providers, _ -> true)) {
            found.object().nodeChildren().forEach(visitor);
            found.object().chunkChildren().forEach(visitor);
            found.header().bases().forEach(visitor);
            found.header().pages().forEach(visitor);
        }
    }

    /** In several steps where there are many; what is settled, and how far it came, is told with the last. */
    private void spare(Set<ObjectId> needed, List<ObjectId> settled, long scannedTo) {
        List<ObjectId> left = new ArrayList<>(needed);
        left.sort(null);
        while (left.size() > Collectable.STEP_IDS_MAX) {
            List<ObjectId> step = left.subList(0, Collectable.STEP_IDS_MAX);
            store.spare(List.copyOf(step), List.of(), 0);
            step.clear();
        }
        store.spare(left, List.copyOf(settled), scannedTo);
        needed.clear();
    }
}
