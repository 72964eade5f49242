package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable;
import dev.cairn.cas.Collectable.Providing;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The clear headers of an object's providers. Some may be damaged, as long as one is whole: what a record refers to that nobody can
 * read is of no use. Keeps the {@value #KEPT_MAX} headers read last, since the objects of a record come together. Not thread-safe.
 */
final class ProviderHeaders {

    private static final int KEPT_MAX = 64;

    private final Collectable store;
    private final Map<Long, RecordHeader> kept = new LinkedHashMap<>(16, 0.75f, true);

    ProviderHeaders(Collectable store) {
        this.store = store;
    }

    /** A provider, its header, and what the header says of the object. */
    record Found(long sequence, RecordHeader header, ProvidedObject object) {}

    /**
     * Reads the headers of those {@code providers} of {@code id} that {@code wanted} takes. A run is never read: it refers to
     * nothing.
     *
     * @throws CorruptDataException if some do not read back, and no provider is known to be whole
     */
    List<Found> of(ObjectId id, List<Providing> providers, Predicate<Providing> wanted) {
        List<Found> found = new ArrayList<>();
        CorruptDataException damage = null;
        boolean isAnyWhole = false;
        for (Providing provider : providers) {
            if (provider.kind() == RecordKind.RUN || !wanted.test(provider)) {
                isAnyWhole = true;
                continue;
            }
            try {
                RecordHeader header = header(provider.sequence());
                // One that is gone was taken off the object meanwhile, for another.
                if (header != null) {
                    found.add(new Found(provider.sequence(), header, object(header, provider, id)));
                }
                isAnyWhole = true;
            } catch (CorruptDataException e) {
                damage = e;
            }
        }
        if (!isAnyWhole && damage != null) {
            throw damage;
        }
        return found;
    }

    private static ProvidedObject object(RecordHeader header, Providing provider, ObjectId id) {
        List<ProvidedObject> provided = header.provided();
        if (provider.ordinal() >= provided.size()
                || !provided.get(provider.ordinal()).id().equals(id)) {
            throw new CorruptDataException(
                    "record " + provider.sequence(), "object " + id + " at place " + provider.ordinal(), "another");
        }
        return provided.get(provider.ordinal());
    }

    /** The header of a record; null if it is gone. */
    @Nullable
    RecordHeader header(long sequence) {
        RecordHeader known = kept.get(sequence);
        if (known != null) {
            return known;
        }
        RecordHeader read = store.header(sequence);
        if (read != null) {
            kept.put(sequence, read);
            if (kept.size() > KEPT_MAX) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        return read;
    }
}
