package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
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
 * The answer to a fetch: the records that provide some ids, each once, in stored order. Where a record turns out to be
 * damaged, the next provider of its ids takes its place, at the end.
 */
final class FetchStream implements ResponseStream {

    private final ObjectStore store;
    private final TreeMap<Long, Wanted> wanted = new TreeMap<>();
    private final Set<Long> damagedSequences = new HashSet<>();
    private long count;

    /** A record, and the ids for whose sake it is sent. */
    private record Wanted(RecordRef ref, List<ObjectId> ids) {}

    /**
     * Plans the answer.
     *
     * @throws MissingObjectsException if the index lacks one of {@code ids}
     */
    FetchStream(ObjectStore store, List<ObjectId> ids) {
        this.store = store;
        plan(new LinkedHashSet<>(ids));
    }

    @Override
    public Response next() {
        while (true) {
            Map.@Nullable Entry<Long, Wanted> entry = wanted.pollFirstEntry();
            if (entry == null) {
                return new Response.End(count);
            }
            try {
                SealedRecord record = store.read(entry.getValue().ref());
                count++;
                return new Response.FetchedRecord(record.bytes());
            } catch (CorruptDataException e) {
                damagedSequences.add(entry.getKey());
                plan(entry.getValue().ids());
            }
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
                throw new CorruptDataException("object " + id, "a record that is whole", "damaged ones only");
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
