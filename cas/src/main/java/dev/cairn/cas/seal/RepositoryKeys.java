package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.WrongKeyException;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything secret about a repository: its root secret, what derives from it, and the seal keys by epoch.
 *
 * <p>The root secret stays for the life of the repository, so ids and cuts never change. Seal keys are random, one an epoch;
 * epochs have numbers from 1 on, and records are sealed under the highest. Each derived key is HKDF-SHA-256 of the root secret with a label of
 * its own.
 *
 * <p>Immutable; may be used from any thread.
 */
public final class RepositoryKeys {

    /** The most epochs of a repository: one a day for 10 years, and bounded where it is read. */
    public static final int EPOCHS_MAX = 4096;

    private static final byte[] NO_SALT = {};

    private final Secret root;
    private final NavigableMap<Integer, Secret> sealKeys;
    private final RepositoryId repositoryId;

    private RepositoryKeys(Secret root, NavigableMap<Integer, Secret> sealKeys) {
        if (sealKeys.isEmpty() || sealKeys.size() > EPOCHS_MAX || sealKeys.firstKey() < 1) {
            throw new IllegalArgumentException(
                    "seal keys have 1 to %d epochs, numbered from 1: %s".formatted(EPOCHS_MAX, sealKeys.keySet()));
        }
        this.root = root;
        this.sealKeys = Collections.unmodifiableNavigableMap(sealKeys);
        // Derived one-way from the root secret, so it is a commitment to it: whoever opens a slot compares.
        this.repositoryId = RepositoryId.of(subkey("cairn repository id 1").copy());
    }

    /** The keys of a new repository, in its first epoch. */
    public static RepositoryKeys generate(Entropy entropy) {
        Secret root = Secret.random(entropy);
        return new RepositoryKeys(root, new TreeMap<>(Collections.singletonMap(1, Secret.random(entropy))));
    }

    /** The keys that a slot held. */
    static RepositoryKeys of(Secret root, NavigableMap<Integer, Secret> sealKeys) {
        return new RepositoryKeys(root, new TreeMap<>(sealKeys));
    }

    /**
     * These keys and one epoch more, under which records are sealed from now on.
     *
     * @param step by how much its number is above the newest: 1 or more
     */
    public RepositoryKeys nextEpoch(int step, Entropy entropy) {
        TreeMap<Integer, Secret> more = new TreeMap<>(sealKeys);
        more.put(Math.addExact(currentEpoch(), step), Secret.random(entropy));
        return new RepositoryKeys(root, more);
    }

    /**
     * These keys and those of {@code others}, which are of the same repository.
     *
     * @throws CorruptDataException if both have a key of one epoch, and not the same
     */
    RepositoryKeys and(RepositoryKeys others, String where) {
        TreeMap<Integer, Secret> all = new TreeMap<>(sealKeys);
        others.sealKeys.forEach((epoch, key) -> {
            Secret own = all.putIfAbsent(epoch, key);
            if (own != null && !own.matches(key)) {
                throw CorruptDataException.because(where, "two replicas made another key of epoch " + epoch, null);
            }
        });
        return new RepositoryKeys(root, all);
    }

    /** These keys without those of some epochs, never without the newest. */
    public RepositoryKeys without(Set<Integer> epochs) {
        if (epochs.contains(currentEpoch())) {
            throw new IllegalArgumentException("epoch " + currentEpoch() + " is the one that is sealed under");
        }
        TreeMap<Integer, Secret> rest = new TreeMap<>(sealKeys);
        rest.keySet().removeAll(epochs);
        return new RepositoryKeys(root, rest);
    }

    /** The epochs that there are keys of, lowest first. */
    public SortedSet<Integer> epochs() {
        return new TreeSet<>(sealKeys.keySet());
    }

    /** The repository's name, a commitment to the root secret. */
    public RepositoryId repositoryId() {
        return repositoryId;
    }

    /** The epoch that records are sealed under. */
    public int currentEpoch() {
        return sealKeys.lastKey();
    }

    /** The key of the table that content is cut by. */
    public Secret chunkerKey() {
        return subkey("cairn chunker key 1");
    }

    /** The key that decides where pages of Merkle maps and chunk lists end. */
    public Secret manifestKey() {
        return subkey("cairn manifest key 1");
    }

    /** The key for what stays on one machine: the stat cache, the replica's private key at rest. */
    public Secret localKey() {
        return subkey("cairn local key 1");
    }

    /** Seals what only holders of the key may read in notes about snapshots. */
    public NoteSeal noteSeal() {
        return new NoteSeal(subkey("cairn note key 1"), subkey("cairn tag name key 1"), repositoryId);
    }

    /** Names objects under this repository's id key. */
    public ObjectHasher hasher() {
        return new ObjectHasher(idKey());
    }

    /** Certifies replicas, and checks their certificates. */
    public Roster roster() {
        return new Roster(subkey("cairn roster key 1"), repositoryId);
    }

    Secret idKey() {
        return subkey("cairn id key 1");
    }

    Secret configurationKey() {
        return subkey("cairn configuration key 1");
    }

    Secret root() {
        return root;
    }

    NavigableMap<Integer, Secret> sealKeys() {
        return sealKeys;
    }

    /**
     * The seal key of an epoch.
     *
     * @throws WrongKeyException if these keys lack it: they were read before a rotation, or the record is not of this
     *     repository
     */
    Secret sealKey(int epoch, String where) {
        Secret key = sealKeys.get(epoch);
        if (key == null) {
            throw new WrongKeyException(
                    "the record at %s is sealed under key epoch %s; there are keys of epochs %s"
                            .formatted(where, Integer.toUnsignedString(epoch), sealKeys.keySet()),
                    "If the keys were rotated elsewhere, 'cairn pull' fetches the newest. If that epoch's key was"
                            + " destroyed, nothing opens the record any more.",
                    null);
        }
        return key;
    }

    private Secret subkey(String label) {
        return Derivation.derive(root, NO_SALT, label);
    }

    @Override
    public String toString() {
        return "keys of repository " + repositoryId;
    }
}
