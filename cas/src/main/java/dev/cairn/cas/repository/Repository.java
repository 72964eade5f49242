package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.lmdb.RebuildReport;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.KeyFile;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.Secret;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotSecret;
import dev.cairn.cas.snapshot.SnapshotCodec;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearTable;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open replica and its keys: everything that capture, restore, verification and replication by a holder of the key stand
 * on.
 *
 * <p>May be used from any thread. Opening reads the configuration, derives or unwraps the keys and checks the configuration
 * under them; with a key file that takes milliseconds, with a password about half a second.
 */
public final class Repository implements AutoCloseable {

    /** Bytes of opened records that {@link #objects} keeps. */
    public static final long CACHE_BYTES_MAX = 24L << 20;

    private static final int CONFIGURE_TRIES = 16;

    private final Path folder;
    private final ObjectStore store;
    private final RepositoryKeys keys;
    private final OpenOptions options;
    private final Seams seams;
    private final Sealer sealer;
    private final SnapshotCodec snapshotCodec;
    private final StoredObjects objects;
    private volatile RepositoryConfiguration configuration;
    private @Nullable ReplicaIdentity replica;
    private @Nullable GearTable gearTable;

    /** What tests replace. */
    record Seams(Storage storage, Entropy entropy, InstantSource clock) {
        static Seams real() {
            return new Seams(Storage.lmdb(), Entropy.system(), InstantSource.system());
        }
    }

    /**
     * A repository that was just made.
     *
     * @param recoveryCode to be shown once, and kept on paper
     * @param keyFile where the key file was written, if one was asked for
     */
    public record Created(Repository repository, String recoveryCode, Optional<Path> keyFile) {}

    private Repository(
            Path folder,
            ObjectStore store,
            RepositoryKeys keys,
            RepositoryConfiguration configuration,
            OpenOptions options,
            Seams seams) {
        this.folder = folder;
        this.store = store;
        this.keys = keys;
        this.configuration = configuration;
        this.options = options;
        this.seams = seams;
        this.sealer = new Sealer(keys, configuration.compression(), seams.entropy());
        this.snapshotCodec = new SnapshotCodec(keys.roster());
        this.objects = new StoredObjects(store, sealer, CACHE_BYTES_MAX);
    }

    /**
     * Makes a new repository in {@code folder}, which must not exist or be empty, and opens it. Durable when it returns; if
     * it fails, the folder and the key file are not there.
     *
     * @throws dev.cairn.cas.StoreAccessException if there is something already, or it cannot be written
     */
    public static Created create(Path folder, CreateOptions options) {
        return create(folder, options, Seams.real());
    }

    static Created create(Path folder, CreateOptions options, Seams seams) {
        RepositoryMaker maker = new RepositoryMaker(seams.storage(), seams.entropy(), seams.clock());
        RepositoryMaker.Made made = maker.create(folder, options);
        ObjectStore store = seams.storage().open(folder, options.open());
        Repository repository = new Repository(folder, store, made.keys(), made.configuration(), options.open(), seams);
        return new Created(repository, made.recoveryCode(), Optional.ofNullable(made.keyFile()));
    }

    /**
     * Opens the replica in {@code folder}.
     *
     * @throws NoRepositoryException if there is none
     * @throws dev.cairn.cas.WrongKeyException if the key source gives no secret, or not the right one
     * @throws CorruptDataException if the configuration is damaged, or was changed by somebody without the key
     */
    public static Repository open(Path folder, KeySource key, OpenOptions options) {
        return open(folder, _ -> key, options);
    }

    /** As {@link #open(Path, KeySource, OpenOptions)}, with a key source that is chosen by the repository's id. */
    public static Repository open(Path folder, Function<RepositoryId, KeySource> key, OpenOptions options) {
        return open(folder, key, options, Seams.real());
    }

    static Repository open(Path folder, Function<RepositoryId, KeySource> key, OpenOptions options, Seams seams) {
        ObjectStore store = seams.storage().open(folder, options);
        try {
            RepositoryConfiguration configuration = configuration(store, folder);
            SlotSecret secret = key.apply(configuration.repositoryId()).secret();
            RepositoryKeys keys = configuration.open(secret, folder.toString()).keys();
            return new Repository(folder, store, keys, configuration, options, seams);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Rebuilds the index of the replica in {@code folder} from its volumes, without any key: as {@link
     * LmdbObjectStore#rebuildIndex}.
     */
    public static RebuildReport rebuildIndex(Path folder, OpenOptions options) {
        return LmdbObjectStore.rebuildIndex(folder, Storage.lmdbOptions(options));
    }

    /** As {@link LmdbObjectStore#rebuildIndexUnlessWorse}. */
    public static RebuildReport rebuildIndexUnlessWorse(Path folder, OpenOptions options) {
        return LmdbObjectStore.rebuildIndexUnlessWorse(folder, Storage.lmdbOptions(options));
    }

    private static RepositoryConfiguration configuration(ObjectStore store, Path folder) {
        StoredConfiguration stored = store.configuration()
                .orElseThrow(() -> new NoRepositoryException(
                        folder.toString(),
                        "One was begun there and never finished. Remove the folder, and make the repository again."));
        RepositoryConfiguration configuration = RepositoryConfiguration.parse(stored.bytes(), folder.toString());
        RepositoryMaker.requireSame(store.repositoryId(), configuration.repositoryId(), folder);
        return configuration;
    }

    /**
     * Makes an empty replica, in {@code folder}, of the repository that a configuration is of, and opens it: the first step
     * of a clone. The configuration is checked under the key before anything is written.
     *
     * @param configurationBytes as another replica or a server keeps them
     * @param origin where they come from, for messages
     */
    public static Repository adopt(
            Path folder,
            byte[] configurationBytes,
            String origin,
            Function<RepositoryId, KeySource> key,
            OpenOptions options) {
        return adopt(folder, configurationBytes, origin, key, options, Seams.real());
    }

    static Repository adopt(
            Path folder,
            byte[] configurationBytes,
            String origin,
            Function<RepositoryId, KeySource> key,
            OpenOptions options,
            Seams seams) {
        RepositoryConfiguration configuration = RepositoryConfiguration.parse(configurationBytes, origin);
        SlotSecret secret = key.apply(configuration.repositoryId()).secret();
        RepositoryKeys keys = configuration.open(secret, origin).keys();
        new RepositoryMaker(seams.storage(), seams.entropy(), seams.clock()).place(folder, configuration, options);
        ObjectStore store = seams.storage().open(folder, options);
        return new Repository(folder, store, keys, configuration, options, seams);
    }

    /** The folder it was opened at. */
    public Path folder() {
        return folder;
    }

    /** The repository's name, the same on every replica. */
    public RepositoryId id() {
        return configuration.repositoryId();
    }

    /** The store below. Belongs to this repository: do not close it. */
    public ObjectStore store() {
        return store;
    }

    /** Seals and opens records. */
    public Sealer sealer() {
        return sealer;
    }

    /** Names objects. */
    public ObjectHasher hasher() {
        return sealer.hasher();
    }

    /**
     * The stored objects, opened and verified. An object is read from the first of its providers that is whole. Keeps up to
     * {@value #CACHE_BYTES_MAX} bytes of opened records.
     */
    public ObjectSource objects() {
        return objects;
    }

    /** Builds, signs and checks snapshots. */
    public SnapshotCodec snapshotCodec() {
        return snapshotCodec;
    }

    /**
     * Reads a snapshot and checks its certificate, signature and place in history.
     *
     * @throws CorruptDataException if no provider gives a right one, or there is none
     */
    public SnapshotRecord snapshot(ObjectId id) {
        return objects.fromProvider(id, ObjectType.SNAPSHOT, (opened, _, where) -> snapshotCodec.open(opened, where));
    }

    /** The public configuration, as it was when the repository was opened, or changed through it. */
    public RepositoryConfiguration configuration() {
        return configuration;
    }

    /** How content is cut. */
    public ChunkProfile chunkProfile() {
        return configuration.chunkProfile();
    }

    /** The table that content is cut by; made at the first call. */
    public synchronized GearTable gearTable() {
        GearTable table = gearTable;
        if (table == null) {
            table = GearTable.keyed(keys.chunkerKey().copy());
            gearTable = table;
        }
        return table;
    }

    /** All keys: for capture, which needs several of them. */
    public RepositoryKeys keys() {
        return keys;
    }

    /** An existing folder, on the store's file system, for what is only there while a command runs. */
    public Path temporaryFolder() {
        return folder.resolve("tmp");
    }

    /** The key that decides where pages end, for {@code PageBoundary}. */
    public Secret manifestKey() {
        return keys.manifestKey();
    }

    /** The key for what stays on this machine. */
    public Secret localKey() {
        return keys.localKey();
    }

    /**
     * This replica's identity: read, or made, at the first call. A copied folder gets one of its own.
     *
     * @throws dev.cairn.cas.StoreAccessException if a new one cannot be written
     */
    public synchronized ReplicaIdentity replica() {
        ReplicaIdentity identity = replica;
        if (identity == null) {
            identity = new ReplicaFile(folder, keys, seams.entropy(), seams.clock()).identity(options.replicaName());
            replica = identity;
        }
        return identity;
    }

    /**
     * Adds a key slot. Durable when it returns.
     *
     * @param label for people; it is not secret
     * @throws StoreBusyException if others kept changing the configuration meanwhile
     */
    public Slot addSlot(SlotSecret secret, String label) {
        Slot slot = Slot.make(secret, keys, label, seams.clock().instant(), seams.entropy());
        for (int i = 0; i < CONFIGURE_TRIES; i++) {
            StoredConfiguration stored = store.configuration()
                    .orElseThrow(() -> new CorruptDataException(folder.toString(), "a configuration", "none"));
            RepositoryConfiguration current = RepositoryConfiguration.parse(stored.bytes(), folder.toString());
            current.verify(keys, folder.toString());
            RepositoryConfiguration next = current.withSlot(slot, keys);
            if (store.configure(stored.revision(), next.bytes())) {
                configuration = next;
                return slot;
            }
        }
        throw new StoreBusyException(folder.toString(), 0);
    }

    /**
     * Makes a key file of its own for this machine: a new slot, and the file that opens it. Durable when it returns.
     *
     * @param label for people; it is not secret
     */
    public void addKeyFile(Path file, String label) {
        KeyFile key = KeyFile.generate(id(), seams.entropy());
        addSlot(key, label);
        RepositoryMaker.writeKeyFile(file, key);
    }

    /** Copies a key file that opens this repository to another place of this machine. */
    public void keepKeyFile(Path from, Path to) {
        byte[] bytes = SecretFile.read(from, "key file", KeyFile.BYTES_MAX);
        RepositoryMaker.writeKeyFile(to, KeyFile.parse(bytes, from.toString()));
    }

    /**
     * Takes over a configuration that another replica or a server has, if the revision that its maker signed is above that of
     * the own one. The revision that a store or a server counts decides nothing: it is not signed, and whoever says a high one
     * could bring back old key slots or take away new ones.
     *
     * @throws CorruptDataException if it is not of this repository, or not made by a holder of its root secret
     */
    public void adoptConfiguration(StoredConfiguration offered) {
        RepositoryConfiguration next = RepositoryConfiguration.parse(offered.bytes(), "the remote");
        RepositoryMaker.requireSame(id(), next.repositoryId(), folder);
        next.verify(keys, "the remote");
        StoredConfiguration stored = store.configuration()
                .orElseThrow(() -> new CorruptDataException(folder.toString(), "a configuration", "none"));
        RepositoryConfiguration own = RepositoryConfiguration.parse(stored.bytes(), folder.toString());
        // The very same is stored again, so that this store's count follows the other's and nobody asks a second time.
        boolean isTaken = next.revision() > own.revision() || Arrays.equals(next.bytes(), own.bytes());
        if (isTaken && store.configure(stored.revision(), next.bytes())) {
            configuration = next;
        }
    }

    /** The revision that the maker of a configuration signed; empty if it is none of this repository, or nobody with its key made it. */
    public OptionalLong signedRevision(StoredConfiguration offered) {
        try {
            RepositoryConfiguration configuration = RepositoryConfiguration.parse(offered.bytes(), "the remote");
            RepositoryMaker.requireSame(id(), configuration.repositoryId(), folder);
            configuration.verify(keys, "the remote");
            return OptionalLong.of(configuration.revision());
        } catch (StoreException e) {
            return OptionalLong.empty();
        }
    }

    /** Closes the store. Idempotent. */
    @Override
    public void close() {
        store.close();
    }
}
