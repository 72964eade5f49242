package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.ConfigurationMerge;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RecipientPublicKey;
import dev.cairn.cas.seal.RecoveryCode;
import dev.cairn.cas.seal.ReplicaId;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Revocations;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotId;
import dev.cairn.cas.seal.SlotKey;
import dev.cairn.cas.seal.SlotKind;
import dev.cairn.cas.seal.SlotSecret;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an open replica and the configuration that holds them, and the ways to change both: slots, epochs, revoked
 * replicas. Every change is one step of compare-and-set upon what the store has by then, whichever process put it there; durable when
 * the call returns.
 *
 * <p>A process goes on with the epoch that it opened. Where it meets a record of one that another process began since, it takes
 * over the newer configuration, and seals under the newest epoch from then on.
 *
 * <p>May be used from any thread.
 */
public final class Keyring {

    private static final int TRIES = 16;
    private static final int EPOCH_STEP_BYTES = 2;

    private final String where;
    private final ObjectStore store;
    private final SlotKey key;
    private final Entropy entropy;
    private final InstantSource clock;
    private final Sealer sealer;
    private volatile State state;

    private record State(RepositoryConfiguration configuration, RepositoryKeys keys) {}

    /** Makes of a configuration and its keys the next ones. */
    @FunctionalInterface
    private interface Change {
        State of(RepositoryConfiguration current, RepositoryKeys keys);
    }

    Keyring(
            String where,
            ObjectStore store,
            RepositoryConfiguration configuration,
            RepositoryKeys keys,
            SlotKey key,
            Entropy entropy,
            InstantSource clock) {
        this.where = where;
        this.store = store;
        this.key = key;
        this.entropy = entropy;
        this.clock = clock;
        this.state = new State(configuration, keys);
        this.sealer = new Sealer(keys, configuration.compression(), entropy, this::keysWith);
    }

    Sealer sealer() {
        return sealer;
    }

    RepositoryConfiguration configuration() {
        return state.configuration;
    }

    RepositoryKeys keys() {
        return state.keys;
    }

    Revocations revocations() {
        return state.configuration.revocations();
    }

    /** The slot that this repository was opened with. */
    public SlotId slotInUse() {
        return key.id();
    }

    private @Nullable RepositoryKeys keysWith(int epoch) {
        RepositoryConfiguration current = parsed(stored());
        if (current.revision() <= state.configuration.revision()
                || !current.epochs().contains(epoch)) {
            return null;
        }
        RepositoryKeys keys = current.open(key, where).orElse(null);
        if (keys != null) {
            state = new State(current, keys);
        }
        return keys;
    }

    private StoredConfiguration stored() {
        return store.configuration().orElseThrow(() -> new CorruptDataException(where, "a configuration", "none"));
    }

    private RepositoryConfiguration parsed(StoredConfiguration stored) {
        return RepositoryConfiguration.parse(stored.bytes(), where);
    }

    private State change(Change change) {
        for (int i = 0; i < TRIES; i++) {
            StoredConfiguration stored = stored();
            RepositoryConfiguration current = parsed(stored);
            State next = next(change, current);
            if (store.configure(stored.revision(), next.configuration.bytes())) {
                use(next);
                return next;
            }
        }
        throw new StoreBusyException(where, 0);
    }

    private State next(Change change, RepositoryConfiguration current) {
        RepositoryKeys keys = current.open(key, where)
                .orElseThrow(() -> new WrongKeyException(
                        "the key that opened this repository was removed from it meanwhile",
                        "Open it with another key.",
                        null));
        try {
            return change.of(current, keys);
        } catch (IllegalArgumentException e) {
            throw new StoreAccessException(
                    "the configuration cannot be changed so: " + e.getMessage(),
                    "'cairn key list' shows the key slots, 'cairn key remove' takes one off.",
                    e);
        }
    }

    private void use(State next) {
        state = next;
        sealer.use(next.keys);
    }

    /**
     * Adds a key slot.
     *
     * @param label for people; it is not secret
     * @throws StoreBusyException if others kept changing the configuration meanwhile
     * @throws StoreAccessException if there are as many slots as there may be
     */
    public Slot addSlot(SlotSecret secret, String label) {
        return add(keys -> Slot.make(secret, keys, label, clock.instant(), entropy));
    }

    /** Adds a slot that opens with the private half of {@code recipient}; as {@link #addSlot}. */
    public Slot addSlot(RecipientPublicKey recipient, String label) {
        return add(keys -> Slot.makeFor(recipient, keys, label, clock.instant(), entropy));
    }

    private Slot add(Function<RepositoryKeys, Slot> making) {
        return change((current, keys) -> new State(current.withSlot(making.apply(keys), keys), keys))
                .configuration
                .slots()
                .getLast();
    }

    /**
     * Makes a recovery code, and the slot that it opens.
     *
     * @param replaces whether the recovery codes that there were are taken off in the same step
     * @return the code, to be shown once
     */
    public String addRecoveryCode(String label, boolean replaces) {
        RecoveryCode code = RecoveryCode.generate(entropy);
        change((current, keys) -> {
            RepositoryConfiguration next =
                    current.withSlot(Slot.make(code, keys, label, clock.instant(), entropy), keys);
            for (Slot slot : current.slots()) {
                if (replaces && slot.kind() == SlotKind.RECOVERY_CODE) {
                    next = next.withoutSlot(slot.id(), keys);
                }
            }
            return new State(next, keys);
        });
        return code.text();
    }

    /**
     * Takes a slot off. Whoever has its secret, and an old copy of the configuration, still opens what was sealed until now;
     * {@link #rotate} keeps him from what is sealed later.
     *
     * @throws StoreAccessException if there is no such slot, or none would be left that this version opens
     */
    public void removeSlot(SlotId id) {
        change((current, keys) -> {
            boolean othersOpen =
                    current.slots().stream().anyMatch(slot -> !slot.id().equals(id) && slot.kind() != SlotKind.UNKNOWN);
            if (!othersOpen) {
                throw new StoreAccessException(
                        "slot " + id + " is the last that opens the repository",
                        "Add another first: 'cairn key add', 'cairn key recovery'.",
                        null);
            }
            return new State(current.withoutSlot(id, keys), keys);
        });
    }

    /**
     * Begins a new epoch: a fresh seal key, in every slot, under which everything is sealed from now on. Needs the secret of no
     * slot. The number of the epoch is above the newest by 1 to 65,536, at random, so that two replicas that rotate without knowing of
     * each other do not begin the same one.
     *
     * @return the new epoch
     */
    public int rotate() {
        return change((current, keys) -> {
                    int step = 1
                            + Short.toUnsignedInt(ByteBuffer.wrap(entropy.bytes(EPOCH_STEP_BYTES))
                                    .getShort());
                    RepositoryKeys next = keys.nextEpoch(step, entropy);
                    return new State(current.rotated(next, entropy), next);
                })
                .configuration
                .epoch();
    }

    /**
     * Destroys the seal keys of all epochs but the newest: takes them out of every slot. Records of those epochs that are left
     * anywhere, on a server or in a copy of a disk, are noise to whoever has today's slots.
     *
     * @return the epochs whose keys are gone now
     * @throws StoreAccessException if this replica has a record of one of them, live to the index
     */
    public Set<Integer> destroyOldKeys() {
        RepositoryConfiguration before = parsed(stored());
        Set<Integer> old = new TreeSet<>(before.epochs());
        old.remove(before.epoch());
        if (old.isEmpty()) {
            return old;
        }
        Set<Integer> closed = before.destroyedEpochs();
        closed.addAll(old);
        if (!store.closeEpochs(closed)) {
            throw new StoreAccessException(
                    "there still are records that are sealed under old keys, of epochs %s: %s"
                            .formatted(
                                    old, store.epochs().headMap(before.epoch()).keySet()),
                    "Seal them anew first: cairn key rotate --reseal",
                    null);
        }
        change((current, keys) -> {
            RepositoryKeys rest = keys.without(old);
            return new State(current.withoutEpochs(old, rest, entropy), rest);
        });
        return old;
    }

    /** Revokes a replica: of the snapshots that it signed only those of {@code accepted} count from now on. */
    void revoke(ReplicaId replica, Set<ObjectId> accepted) {
        change((current, keys) -> new State(
                current.withRevocations(current.revocations().with(replica, clock.instant(), accepted), keys), keys));
    }

    /** Takes in what another replica or a server has; see {@link Repository#adoptConfiguration}. */
    void adopt(RepositoryConfiguration theirs, String origin) {
        for (int i = 0; i < TRIES; i++) {
            StoredConfiguration stored = stored();
            RepositoryConfiguration own = parsed(stored);
            RepositoryKeys ownKeys = own.open(key, where).orElseGet(() -> {
                own.verify(keys(), where);
                return keys();
            });
            ConfigurationMerge.Merged merged = new ConfigurationMerge(own, theirs, key, origin)
                    .merge(ownKeys, () -> store.epochs().keySet(), entropy);
            State next = new State(merged.configuration(), merged.keys());
            boolean isClosed = own.destroyedEpochs().equals(next.configuration.destroyedEpochs())
                    || store.closeEpochs(next.configuration.destroyedEpochs());
            boolean isSame = merged.configuration() == own;
            if (isClosed && (isSame || store.configure(stored.revision(), next.configuration.bytes()))) {
                use(next);
                return;
            }
        }
        throw new StoreBusyException(where, 0);
    }
}
