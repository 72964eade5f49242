package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.lmdb.RebuildReport;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.KeyFile;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.seal.RecipientKey;
import dev.cairn.cas.seal.RecoveryCode;
import dev.cairn.cas.seal.ReplicaId;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Revocations;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.Secret;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotSecret;
import dev.cairn.cas.snapshot.SnapshotCodec;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cas.snapshot.note.NoteCodec;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearTable;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An open replica and its keys: everything that capture, restore, verification and replication by a holder of the key stand
 * on.
 *
 * <p>May be used from any thread. Opening reads the configuration, derives or unwraps the keys and checks the configuration
 * under them; with a key file that takes milliseconds, with a password about half a second.
 */
public final class Repository implements AutoCloseable {

    private final Path folder;
    private final ObjectStore whole;
    private final ObjectStore store;
    private final Keyring keyring;
    private final OpenOptions options;
    private final Seams seams;
    private final Sealer sealer;
    private final SnapshotCodec snapshotCodec;
    private final StoredObjects objects;
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
            RepositoryConfiguration configuration,
            RepositoryConfiguration.Opened opened,
            OpenOptions options,
            Seams seams) {
        this.folder = folder;
        this.whole = store;
        this.store = store.session(options.replicaName());
        this.options = options;
        this.seams = seams;
        this.keyring = new Keyring(
                folder.toString(),
                this.store,
                configuration,
                opened.keys(),
                opened.key(),
                seams.entropy(),
                seams.clock());
        this.sealer = keyring.sealer();
        this.snapshotCodec = new SnapshotCodec(opened.keys().roster(), keyring::revocations);
        this.objects = new StoredObjects(this.store, sealer, OpenedRecords.ofHeap(1));
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
        RepositoryConfiguration.Opened opened =
                made.configuration().open(RecoveryCode.parse(made.recoveryCode()), folder.toString());
        Repository repository = new Repository(folder, store, made.configuration(), opened, options.open(), seams);
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
        // While LMDB's library is loaded (Preparation), which the store waits for.
        RepositoryConfiguration.load();
        ObjectStore store = seams.storage().open(folder, options);
        try {
            RepositoryConfiguration configuration = configuration(store, folder);
            SlotSecret secret = key.apply(configuration.repositoryId()).secret();
            RepositoryConfiguration.Opened opened = configuration.open(secret, folder.toString());
            return new Repository(folder, store, configuration, opened, options, seams);
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

    /** As {@link LmdbObjectStore#rebuildIndex(Path, LmdbObjectStore.Options, boolean, LongConsumer)}. */
    public static RebuildReport rebuildIndex(
            Path folder, OpenOptions options, boolean unlessWorse, LongConsumer containersRead) {
        return LmdbObjectStore.rebuildIndex(folder, Storage.lmdbOptions(options), unlessWorse, containersRead);
    }

    /** The same, but leaves a sound index in its place if the new one would have fewer snapshots. */
    public static RebuildReport rebuildIndexUnlessWorse(Path folder, OpenOptions options) {
        return rebuildIndex(folder, options, true, _ -> {});
    }

    /**
     * Opens the store of a replica alone, without any key, and without a session: to collect.
     *
     * @throws NoRepositoryException if there is none
     */
    public static ObjectStore openStore(Path folder, OpenOptions options) {
        return Storage.lmdb().open(folder, options);
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
        RepositoryConfiguration.Opened opened = configuration.open(secret, origin);
        new RepositoryMaker(seams.storage(), seams.entropy(), seams.clock()).place(folder, configuration, options);
        ObjectStore store = seams.storage().open(folder, options);
        return new Repository(folder, store, configuration, opened, options, seams);
    }

    /** The folder it was opened at. */
    public Path folder() {
        return folder;
    }

    /** The repository's name, the same on every replica. */
    public RepositoryId id() {
        return configuration().repositoryId();
    }

    /**
     * The store below, in a session that lasts as long as this repository is open: what it says is there stays there. Belongs to
     * this repository: do not close it.
     */
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
     * {@value OpenedRecords#BYTES_MIN} bytes of opened records, or one part of the heap in {@value OpenedRecords#HEAP_PARTS} if that is more,
     * {@value OpenedRecords#BYTES_MAX} at most.
     */
    public ObjectSource objects() {
        return objects;
    }

    /**
     * As {@link #objects()}, with opened records of its own, of which it keeps half as many bytes: for callers that read each part of a
     * version once.
     */
    public ObjectSource objectsReadOnce() {
        return new StoredObjects(store, sealer, OpenedRecords.ofHeap(2));
    }

    /**
     * Opens records by their sequences, each with what it builds on, and keeps them as {@link #objects()} does, apart from it. It may be used
     * from any thread; it throws {@link CorruptDataException} where a record, or what it builds on, does not open.
     *
     * @param listener sees each that was opened, what others build on before those
     */
    public LongConsumer opening(OpenedListener listener) {
        return new StoredObjects(store, sealer, OpenedRecords.ofHeap(1), listener)::openOnce;
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

    /** What is forgotten, pinned and tagged. */
    public NoteBook notes() {
        return new NoteBook(store, new NoteCodec(keys()), this::replica, seams.clock());
    }

    /** The public configuration, as it was when the repository was opened, or changed through it. */
    public RepositoryConfiguration configuration() {
        return keyring.configuration();
    }

    /** Changes slots, epochs and what else the configuration says. */
    public Keyring keyring() {
        return keyring;
    }

    /** How content is cut. */
    public ChunkProfile chunkProfile() {
        return configuration().chunkProfile();
    }

    /** The table that content is cut by; made at the first call. */
    public synchronized GearTable gearTable() {
        GearTable table = gearTable;
        if (table == null) {
            table = GearTable.keyed(keys().chunkerKey().copy());
            gearTable = table;
        }
        return table;
    }

    /** All keys: for capture, which needs several of them. */
    public RepositoryKeys keys() {
        return keyring.keys();
    }

    /** An existing folder, on the store's file system, for what is only there while a command runs. */
    public Path temporaryFolder() {
        return folder.resolve("tmp");
    }

    /** The key that decides where pages end, for {@code PageBoundary}. */
    public Secret manifestKey() {
        return keys().manifestKey();
    }

    /** The key for what stays on this machine. */
    public Secret localKey() {
        return keys().localKey();
    }

    /**
     * This replica's identity: read, or made, at the first call. A copied folder gets one of its own.
     *
     * @throws dev.cairn.cas.StoreAccessException if a new one cannot be written, or it is revoked: what it signs would be
     *     refused
     */
    public synchronized ReplicaIdentity replica() {
        ReplicaIdentity identity = replica;
        if (identity == null) {
            identity = new ReplicaFile(folder, keys(), seams.entropy(), seams.clock()).identity(options.replicaName());
            replica = identity;
        }
        if (keyring.revocations().revoked(identity.id()) != null) {
            throw new StoreAccessException(
                    "%s was revoked: nobody would accept what it signs".formatted(identity),
                    "If this machine is to go on, move the file %s away; it then gets an identity of its own."
                            .formatted(folder.resolve(ReplicaFile.NAME)),
                    null);
        }
        return identity;
    }

    /**
     * Revokes a replica: of the snapshots that it signed only those count from now on that are retained here. The others are
     * refused by every reader that has this configuration.
     *
     * @return how many of its snapshots stay accepted
     * @throws dev.cairn.cas.StoreAccessException if there are more than {@link Revocations#ACCEPTED_MAX}
     */
    public int revoke(ReplicaId replica) {
        // Those that were refused before stay so, but do not stand in the way.
        SnapshotCodec all = new SnapshotCodec(keys().roster());
        Set<ObjectId> accepted = new HashSet<>();
        for (RetainedSnapshot retained : store.snapshots()) {
            ObjectId id = retained.snapshot();
            SnapshotRecord signed =
                    objects.fromProvider(id, ObjectType.SNAPSHOT, (opened, _, where) -> all.open(opened, where));
            if (signed.replica().replica().equals(replica)
                    && keyring.revocations().accepts(replica, id)) {
                accepted.add(id);
            }
        }
        keyring.revoke(replica, accepted);
        return accepted.size();
    }

    /** As {@link Keyring#addSlot(SlotSecret, String)}. */
    public Slot addSlot(SlotSecret secret, String label) {
        return keyring.addSlot(secret, label);
    }

    /**
     * Makes a key file of its own for this machine: a new slot, and the file that opens it. Durable when it returns.
     *
     * @param label for people; it is not secret
     */
    public Slot addKeyFile(Path file, String label) {
        KeyFile key = KeyFile.generate(id(), seams.entropy());
        // The file first: a slot that nothing opens would be in everybody's way.
        RepositoryMaker.writeKeyFile(file, key);
        try {
            return addSlot(key, label);
        } catch (RuntimeException e) {
            RepositoryMaker.deleteQuietly(file, e);
            throw e;
        }
    }

    /** Copies a key file that opens this repository to another place of this machine. That of a recipient is kept for this one only. */
    public void keepKeyFile(Path from, Path to) {
        byte[] bytes = SecretFile.read(from, "key file", KeyFile.BYTES_MAX);
        byte[] kept = RecipientKey.isOne(bytes)
                ? RecipientKey.parse(bytes, from.toString()).only(id()).encode()
                : KeyFile.parse(bytes, from.toString()).encode();
        RepositoryMaker.writeKeyFile(to, kept);
    }

    /**
     * Takes in a configuration that another replica or a server has: both are merged ({@link
     * dev.cairn.cas.seal.ConfigurationMerge}), so that nothing is lost that either changed, and nothing comes back that was
     * taken off. The revision that a store or a server counts decides nothing: it is not signed.
     *
     * @throws CorruptDataException if it is not of this repository, or not made by a holder of its root secret
     * @throws dev.cairn.cas.WrongKeyException if the slot in use was taken off there
     */
    public void adoptConfiguration(StoredConfiguration offered) {
        RepositoryConfiguration theirs = RepositoryConfiguration.parse(offered.bytes(), "the remote");
        RepositoryMaker.requireSame(id(), theirs.repositoryId(), folder);
        keyring.adopt(theirs, "the remote");
    }

    /** The revision that the maker of a configuration signed; empty if it is none of this repository, or nobody with its key made it. */
    public OptionalLong signedRevision(StoredConfiguration offered) {
        try {
            RepositoryConfiguration configuration = RepositoryConfiguration.parse(offered.bytes(), "the remote");
            RepositoryMaker.requireSame(id(), configuration.repositoryId(), folder);
            configuration.verify(keys(), "the remote");
            return OptionalLong.of(configuration.revision());
        } catch (StoreException e) {
            return OptionalLong.empty();
        }
    }

    /** Closes the store. Idempotent. */
    @Override
    public void close() {
        try {
            store.close();
        } finally {
            whole.close();
        }
    }
}
