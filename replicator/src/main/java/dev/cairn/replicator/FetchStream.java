package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.replicator.protocol.RecordDigest;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a fetch: records that provide some ids, each once, in stored order, none for ids that came with an earlier one. Where a record turns out to be
 * damaged, or is one that the client refuses, the next provider of its ids takes its place, at the end.
 */
final class FetchStream implements ResponseStream {

    private final ObjectStore store;
    private final Set<RecordDigest> refused;
    private final TreeMap<Long, Wanted> wanted = new TreeMap<>();
    private final Set<Long> damagedSequences = new HashSet<>();

    /** Those asked for that no record sent so far provides. */
    private final Set<ObjectId> outstanding;

    private long count;

    /** A record, and the ids for whose sake it is sent. */
    private record Wanted(RecordRef ref, List<ObjectId> ids) {}

    /**
     * Plans the answer.
     *
     * @throws MissingObjectsException if the index lacks one of {@code ids}
     */
    FetchStream(ObjectStore store, List<ObjectId> ids, List<RecordDigest> refused) {
        this.store = store;
        this.refused = Set.copyOf(refused);
        this.outstanding = new LinkedHashSet<>(ids);
        plan(outstanding);
    }

    @Override
    public Response next() {
        while (true) {
            Map.@Nullable Entry<Long, Wanted> entry = wanted.pollFirstEntry();
            if (entry == null) {
                return new Response.End(count);
            }
            List<ObjectId> due = entry.getValue().ids();
            due.removeIf(id -> !outstanding.contains(id));
            if (due.isEmpty()) {
                continue; // Another record, sent for the sake of other ids, had them too.
            }
            try {
                SealedRecord record = store.read(entry.getValue().ref());
                requireNotRefused(record, entry.getKey());
                record.header().provided().forEach(object -> outstanding.remove(object.id()));
                due.forEach(outstanding::remove);
                count++;
                return new Response.FetchedRecord(record.bytes());
            } catch (CorruptDataException e) {
                damagedSequences.add(entry.getKey());
                plan(due);
            }
        }
    }

    private void requireNotRefused(SealedRecord record, long sequence) {
        if (!refused.isEmpty() && refused.contains(RecordDigest.of(record.bytes()))) {
            throw new CorruptDataException("record " + sequence, "a record that opens", "one that was refused");
        }
    }

    private void plan(Iterable<ObjectId> ids) {
        List<ObjectId> lacking = new ArrayList<>();
        for (ObjectId id : ids) {
            List<RecordRef> providers = store.providers(id);
            if (providers.isEmpty()) {
                lacking.add(id);
                continue;
            }
            RecordRef best = null;
            for (RecordRef ref : providers) {
                if (damagedSequences.contains(ref.sequence())) {
                    continue;
                }
                if (wanted.containsKey(ref.sequence())) {
                    best = ref;
                    break;
                }
                best = best == null ? ref : best;
            }
            if (best == null) {
                throw new CorruptDataException(
                        "object " + id, "a record that is whole", "damaged ones only, or ones that were refused");
            }
            RecordRef chosen = best;
            wanted.computeIfAbsent(chosen.sequence(), sequence -> new Wanted(chosen, new ArrayList<>()))
                    .ids()
                    .add(id);
        }
        if (!lacking.isEmpty()) {
            throw new MissingObjectsException(lacking);
        }
    }
}
