package dev.cairn.cas.seal;

import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.wire.Configuration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Brings two configurations of a repository together, so that what two replicas changed at once is not lost: above all not the seal
 * key of an epoch that only one of them began, without which its records are noise.
 *
 * <p>A slot, an epoch or a revocation that either has is in the result. A slot that was taken off stays off, since both remember which
 * were. The key of an epoch is destroyed if the higher revision says so, or the lower one and the higher does not have it: an older
 * configuration brings none back. It is kept all the same where this replica still has records of that epoch, until they are sealed anew;
 * others then have it again too, so that they can read them. The result is one of the two where that says it all, so that replicas that hear of each other come to have
 * the same bytes; else it has a revision above both. What this version does not know is taken from the higher revision.
 */
public final class ConfigurationMerge {

    private final RepositoryConfiguration own;
    private final RepositoryConfiguration theirs;
    private final RepositoryConfiguration higher;
    private final RepositoryConfiguration lower;
    private final SlotKey key;
    private final String where;

    /**
     * @param key opens a slot of {@code own}
     * @param where where {@code theirs} come from, for messages
     */
    public ConfigurationMerge(RepositoryConfiguration own, RepositoryConfiguration theirs, SlotKey key, String where) {
        this.own = own;
        this.theirs = theirs;
        this.higher = theirs.revision() > own.revision() ? theirs : own;
        this.lower = higher == own ? theirs : own;
        this.key = key;
        this.where = where;
    }

    /** What is to hold from now on, and the keys in it. */
    public record Merged(RepositoryConfiguration configuration, RepositoryKeys keys) {}

    /** What a configuration says, apart from how it says it. */
    private record Content(
            Set<SlotId> slots,
            SortedSet<Integer> epochs,
            Set<Integer> destroyed,
            Set<SlotId> removed,
            Revocations revocations) {
        static Content of(RepositoryConfiguration configuration) {
            Set<SlotId> slots = new LinkedHashSet<>();
            configuration.slots().forEach(slot -> slots.add(slot.id()));
            return new Content(
                    slots,
                    new TreeSet<>(configuration.epochs()),
                    configuration.destroyedEpochs(),
                    configuration.removedSlots(),
                    configuration.revocations());
        }
    }

    /**
     * Merges.
     *
     * @param ownKeys those in {@code own}
     * @param epochsInUse of which this replica has records; asked only where a key might go
     * @throws WrongKeyException if the slot that {@code key} opens was taken off, or is not in {@code theirs} and they have
     *     keys that nothing else gives
     * @throws StoreAccessException if both together have more slots than a configuration may
     */
    public Merged merge(RepositoryKeys ownKeys, Supplier<Set<Integer>> epochsInUse, Entropy entropy) {
        theirs.verifySigned(ownKeys, where);
        Set<SlotId> removed = new LinkedHashSet<>(lower.removedSlots());
        removed.addAll(higher.removedSlots());
        if (removed.contains(key.id())) {
            throw new WrongKeyException(
                    "the key that opened this repository was removed from it: %s has no slot for it".formatted(where),
                    "Use another key of the repository. Nothing was changed here.",
                    null);
        }
        RepositoryKeys all = ownKeys.and(theirKeys(ownKeys), where);
        Set<Integer> destroyed = new TreeSet<>(lower.destroyedEpochs());
        higher.epochs().forEach(destroyed::remove);
        destroyed.addAll(higher.destroyedEpochs());
        Set<Integer> gone = new TreeSet<>(destroyed);
        gone.retainAll(all.epochs());
        gone.remove(all.currentEpoch());
        if (!gone.isEmpty()) {
            gone.removeAll(epochsInUse.get());
        }
        RepositoryKeys keys = all.without(gone);
        destroyed.removeAll(keys.epochs());
        Map<SlotId, Slot> slots = new LinkedHashMap<>();
        for (RepositoryConfiguration one : List.of(higher, lower)) {
            one.slots().stream()
                    .filter(slot -> !removed.contains(slot.id()))
                    .forEach(slot -> slots.putIfAbsent(slot.id(), slot));
        }
        Revocations revocations = own.revocations().and(theirs.revocations());
        Content wanted = new Content(slots.keySet(), keys.epochs(), destroyed, removed, revocations);
        Optional<RepositoryConfiguration> same = asIs(wanted);
        return new Merged(same.orElseGet(() -> sign(wanted, List.copyOf(slots.values()), keys, entropy)), keys);
    }

    private RepositoryKeys theirKeys(RepositoryKeys ownKeys) {
        Optional<RepositoryKeys> opened = theirs.open(key, where);
        if (opened.isEmpty() && !ownKeys.epochs().containsAll(theirs.epochs())) {
            throw new WrongKeyException(
                    "%s has keys of the repository that the key in use does not open".formatted(where),
                    "Use another key of the repository, such as its recovery code. Nothing was changed here.",
                    null);
        }
        return opened.orElse(ownKeys);
    }

    /** One of the two that says all of it, and does not go back. Of two that say the same, everybody takes the same one. */
    private Optional<RepositoryConfiguration> asIs(Content wanted) {
        boolean isHigher = wanted.equals(Content.of(higher));
        boolean isLower = wanted.equals(Content.of(lower));
        if (isHigher && isLower && own.revision() == theirs.revision()) {
            return Optional.of(Arrays.compareUnsigned(own.bytes(), theirs.bytes()) <= 0 ? own : theirs);
        }
        if (isLower && own.revision() == theirs.revision()) {
            return Optional.of(lower);
        }
        return isHigher ? Optional.of(higher) : Optional.empty();
    }

    private RepositoryConfiguration sign(Content wanted, List<Slot> slots, RepositoryKeys keys, Entropy entropy) {
        Configuration.Builder wire = higher.wire().toBuilder()
                .setRevision(higher.revision() + 1)
                .clearDestroyedEpochs()
                .addAllDestroyedEpochs(wanted.destroyed)
                .clearRemovedSlots()
                .addAllRemovedSlots(RepositoryConfiguration.wire(wanted.removed))
                .clearRevocations()
                .addAllRevocations(wanted.revocations.toWire());
        try {
            return RepositoryConfiguration.sign(
                    RepositoryConfiguration.wrapped(wire, slots, keys, entropy).build(), keys);
        } catch (IllegalArgumentException e) {
            throw new StoreAccessException(
                    "this replica and %s changed the configuration at once, and both together are too much: %s"
                            .formatted(where, e.getMessage()),
                    "Remove key slots that nobody needs with 'cairn key remove'.",
                    e);
        }
    }
}
