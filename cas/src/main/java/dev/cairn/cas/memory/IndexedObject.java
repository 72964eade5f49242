package dev.cairn.cas.memory;

import dev.cairn.cas.Admission;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RecordRef;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An object of the index on the heap.
 *
 * @param providers the records that provide it, in the order they came; the store changes the list under its lock
 */
record IndexedObject(List<Provider> providers) {

    private static final Comparator<Provider> BEST_FIRST = Comparator.comparingInt(Provider::depth)
            .thenComparing(Comparator.comparingLong(Provider::sequence).reversed());

    /** The place of an object in a record. */
    record Provider(long sequence, int ordinal, ObjectType type, int depth) {}

    ObjectType type() {
        return providers.getFirst().type;
    }

    Admission.Facts facts(Set<Long> damaged) {
        Set<ObjectType> types = EnumSet.noneOf(ObjectType.class);
        providers.forEach(provider -> types.add(provider.type));
        int sound = (int) providers.stream()
                .filter(provider -> !damaged.contains(provider.sequence))
                .count();
        return new Admission.Facts(types, depth(), sound);
    }

    int depth() {
        return providers.stream().mapToInt(Provider::depth).max().orElse(0);
    }

    List<RecordRef> refs() {
        return refs(BEST_FIRST);
    }

    List<RecordRef> oldestFirst() {
        return refs(Comparator.comparingLong(Provider::sequence));
    }

    private List<RecordRef> refs(Comparator<Provider> order) {
        return providers.stream()
                .sorted(order)
                .map(provider -> new RecordRef(provider.sequence, provider.ordinal))
                .toList();
    }
}
