package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.wire.ChunkSizes;
import dev.cairn.cas.seal.wire.CompressionChoice;
import dev.cairn.cas.seal.wire.Configuration;
import dev.cairn.cas.seal.wire.Formats;
import dev.cairn.cas.seal.wire.SignedConfiguration;
import dev.cairn.chunker.ChunkProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A repository's public configuration: its id, formats, chunk profile, compression and key slots. Kept by every replica and
 * by servers, so that a URL and a secret are all that a clone takes.
 *
 * <p>Read in two steps. {@link #parse} needs no key and checks form, bounds and a digest against damage. {@link #open} opens a
 * slot and then checks the code under the configuration key: only then is it known that nobody changed the chunk profile, the
 * formats or the slots.
 *
 * <p>Immutable; may be used from any thread.
 */
public final class RepositoryConfiguration {

    /** The only version of the message so far. */
    public static final int VERSION = 1;

    /** The most slots. */
    public static final int SLOTS_MAX = 64;

    /** The most password slots, since trying each costs a stretching. */
    public static final int PASSWORD_SLOTS_MAX = 8;

    /** How many of the slots that were taken off are remembered: the last ones. */
    public static final int REMOVED_SLOTS_MAX = 1024;

    /** The most fields of the message and of its parts: more than its lists hold, and as many again for later versions. */
    private static final int FIELDS_MAX = 32 << 10;

    private static final int SIGNED_FIELDS_MAX = 64;

    private static final String MAC_LABEL = "cairn configuration 1";
    private static final String DIGEST_LABEL = "cairn configuration digest 1";
    private static final int KEYED_GEAR = 1;

    private final Configuration wire;
    private final SignedConfiguration signed;
    private final RepositoryId repositoryId;
    private final ChunkProfile chunkProfile;
    private final Compression compression;
    private final List<Slot> slots;
    private final Revocations revocations;
    private final Set<SlotId> removedSlots;

    private RepositoryConfiguration(
            Configuration wire,
            SignedConfiguration signed,
            RepositoryId repositoryId,
            ChunkProfile chunkProfile,
            Compression compression,
            List<Slot> slots) {
        this.wire = wire;
        this.signed = signed;
        this.repositoryId = repositoryId;
        this.chunkProfile = chunkProfile;
        this.compression = compression;
        this.slots = slots;
        this.revocations = Revocations.fromWire(wire.getRevocationsList());
        requireBounds(wire);
        this.removedSlots = removedSlots(wire);
    }

    private static Set<SlotId> removedSlots(Configuration wire) {
        Set<SlotId> removed = new LinkedHashSet<>();
        wire.getRemovedSlotsList().forEach(id -> removed.add(SlotId.of(id.toByteArray())));
        return Collections.unmodifiableSet(removed);
    }

    private static void requireBounds(Configuration wire) {
        boolean isCounted = wire.getEpoch() >= 1 && wire.getEpoch() <= RepositoryKeys.EPOCHS_MAX;
        if ((wire.getEpochsCount() == 0 && !isCounted)
                || wire.getEpochsCount() > RepositoryKeys.EPOCHS_MAX
                || wire.getDestroyedEpochsCount() > RepositoryKeys.EPOCHS_MAX
                || wire.getRemovedSlotsCount() > REMOVED_SLOTS_MAX
                || wire.getRevision() < 0) {
            throw new IllegalArgumentException(
                    "%d epochs of which %s is the newest, %d destroyed ones and %d removed slots in revision %d"
                            .formatted(
                                    wire.getEpochsCount(),
                                    Integer.toUnsignedString(wire.getEpoch()),
                                    wire.getDestroyedEpochsCount(),
                                    wire.getRemovedSlotsCount(),
                                    wire.getRevision()));
        }
    }

    /**
     * What {@link #open} gives.
     *
     * @param slot the one that held the keys
     * @param key opens the same slot once more, in this configuration or another
     */
    public record Opened(RepositoryKeys keys, Slot slot, SlotKey key) {}

    /** The configuration of a new repository, in its first revision. */
    public static RepositoryConfiguration create(
            RepositoryKeys keys, ChunkProfile chunks, Compression compression, List<Slot> slots, Instant created) {
        Configuration.Builder wire = Configuration.newBuilder()
                .setVersion(VERSION)
                .setRepository(ByteString.copyFrom(keys.repositoryId().bytes()))
                .setFormats(Formats.newBuilder()
                        .setRecord(RecordHeader.FORMAT)
                        .setPage(PlainObject.VERSION)
                        .setSnapshot(PlainObject.VERSION))
                .setChunks(ChunkSizes.newBuilder()
                        .setAlgorithm(KEYED_GEAR)
                        .setMinBytes(chunks.minBytes())
                        .setAvgBytes(chunks.avgBytes())
                        .setMaxBytes(chunks.maxBytes())
                        .setWholeFileBytesMax(chunks.wholeFileBytesMax())
                        .setSwitchBytes(chunks.switchBytes())
                        .setStrictBits(chunks.strictBits())
                        .setLooseBits(chunks.looseBits()))
                .setCompression(wireCompression(compression))
                .setEpoch(keys.currentEpoch())
                .setRevision(1)
                .setCreated(Timestamps.toWire(created));
        slots.forEach(slot -> wire.addSlots(slot.toWire()));
        return sign(wire.build(), keys);
    }

    static RepositoryConfiguration sign(Configuration wire, RepositoryKeys keys) {
        byte[] bytes = wire.toByteArray();
        byte[] mac = Derivation.mac(keys.configurationKey(), MAC_LABEL, bytes);
        SignedConfiguration signed = SignedConfiguration.newBuilder()
                .setConfiguration(ByteString.copyFrom(bytes))
                .setMac(ByteString.copyFrom(mac))
                .setDigest(ByteString.copyFrom(Derivation.digest(DIGEST_LABEL, bytes, mac)))
                .build();
        try {
            return parse(signed.toByteArray(), "the new configuration");
        } catch (CorruptDataException e) {
            throw new IllegalArgumentException(e.reason(), e);
        }
    }

    /** Loads what {@link #parse} takes, which would load it else: some 20 ms in a fresh JVM, and nothing afterwards. From any thread. */
    public static void load() {
        var _ = SignedConfiguration.getDefaultInstance();
        var _ = Configuration.getDefaultInstance();
    }

    /**
     * Reads a configuration without any key.
     *
     * @param where where it comes from, for the message of an error
     * @throws CorruptDataException if it is damaged, or out of bounds
     * @throws VersionMismatchException if the repository takes a newer Cairn
     */
    public static RepositoryConfiguration parse(byte[] bytes, String where) {
        if (bytes.length > StoredConfiguration.BYTES_MAX) {
            throw new CorruptDataException(
                    where, "at most " + StoredConfiguration.BYTES_MAX + " bytes", bytes.length + " bytes");
        }
        try {
            FieldCount.requireAtMost(SIGNED_FIELDS_MAX, bytes);
            SignedConfiguration signed = SignedConfiguration.parseFrom(bytes);
            byte[] configuration = signed.getConfiguration().toByteArray();
            byte[] mac = signed.getMac().toByteArray();
            byte[] digest = Derivation.digest(DIGEST_LABEL, configuration, mac);
            if (!Arrays.equals(digest, signed.getDigest().toByteArray())) {
                throw CorruptDataException.because(where, "the configuration's digest does not fit", null);
            }
            FieldCount.requireAtMost(
                    FIELDS_MAX,
                    configuration,
                    Configuration.FORMATS_FIELD_NUMBER,
                    Configuration.CHUNKS_FIELD_NUMBER,
                    Configuration.COMPRESSION_FIELD_NUMBER,
                    Configuration.SLOTS_FIELD_NUMBER,
                    Configuration.CREATED_FIELD_NUMBER,
                    Configuration.REVOCATIONS_FIELD_NUMBER);
            Configuration wire = Configuration.parseFrom(configuration);
            requireKnown("repository configuration at " + where, wire.getVersion(), VERSION);
            requireKnown("record format of " + where, wire.getFormats().getRecord(), RecordHeader.FORMAT);
            requireKnown("page format of " + where, wire.getFormats().getPage(), PlainObject.VERSION);
            requireKnown("snapshot format of " + where, wire.getFormats().getSnapshot(), PlainObject.VERSION);
            requireKnown("chunking of " + where, wire.getChunks().getAlgorithm(), KEYED_GEAR);
            return new RepositoryConfiguration(
                    wire,
                    signed,
                    RepositoryId.of(wire.getRepository().toByteArray()),
                    chunkProfile(wire.getChunks()),
                    compression(wire.getCompression()),
                    slots(wire, where));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw CorruptDataException.because(where, "not a repository configuration: " + e.getMessage(), e);
        }
    }

    private static void requireKnown(String what, int found, int known) {
        if (found == 0) {
            throw new IllegalArgumentException(what + " has no version");
        }
        if (found != known) {
            throw new VersionMismatchException(what, known, found);
        }
    }

    private static ChunkProfile chunkProfile(ChunkSizes chunks) {
        return new ChunkProfile(
                chunks.getMinBytes(),
                chunks.getAvgBytes(),
                chunks.getMaxBytes(),
                chunks.getWholeFileBytesMax(),
                chunks.getSwitchBytes(),
                chunks.getStrictBits(),
                chunks.getLooseBits());
    }

    private static Compression compression(CompressionChoice choice) {
        Codec codec = Codec.of(choice.getCodec());
        if (codec == null) {
            throw new IllegalArgumentException("unknown compression " + choice.getCodec());
        }
        return switch (codec) {
            case RAW -> new Compression.None();
            case ZSTD -> new Compression.Zstd(choice.getLevel());
            case LZ4 -> new Compression.Lz4();
            case GAP -> throw new IllegalArgumentException("gap deltas are no compression of a repository");
        };
    }

    private static CompressionChoice wireCompression(Compression compression) {
        CompressionChoice.Builder choice = CompressionChoice.newBuilder();
        switch (compression) {
            case Compression.None _ -> choice.setCodec(Codec.RAW.code());
            case Compression.Zstd(int level) ->
                choice.setCodec(Codec.ZSTD.code()).setLevel(level);
            case Compression.Lz4 _ -> choice.setCodec(Codec.LZ4.code());
        }
        return choice.build();
    }

    private static List<Slot> slots(Configuration wire, String where) {
        if (wire.getSlotsCount() == 0 || wire.getSlotsCount() > SLOTS_MAX) {
            throw new IllegalArgumentException("1 to %d key slots, not %d".formatted(SLOTS_MAX, wire.getSlotsCount()));
        }
        List<Slot> slots = new ArrayList<>(wire.getSlotsCount());
        Set<SlotId> ids = new HashSet<>();
        int passwords = 0;
        for (dev.cairn.cas.seal.wire.Slot wireSlot : wire.getSlotsList()) {
            Slot slot = Slot.parse(wireSlot, where);
            slots.add(slot);
            passwords += slot.kind() == SlotKind.PASSWORD ? 1 : 0;
            if (!ids.add(slot.id())) {
                throw new IllegalArgumentException("key slot " + slot.id() + " twice");
            }
        }
        if (passwords > PASSWORD_SLOTS_MAX) {
            throw new IllegalArgumentException(
                    "at most %d password slots, not %d".formatted(PASSWORD_SLOTS_MAX, passwords));
        }
        return List.copyOf(slots);
    }

    /**
     * Opens a slot with {@code secret}, and checks that the configuration is what a holder of the keys signed.
     *
     * @param where where the configuration comes from, for the message of an error
     * @throws WrongKeyException if no slot opens with it
     * @throws CorruptDataException if the secret is right and a slot or the configuration was changed
     */
    public Opened open(SlotSecret secret, String where) {
        RepositoryId only = secret.repositoryId();
        if (only != null && !only.equals(repositoryId)) {
            throw new WrongKeyException(
                    "the key file is that of repository %s; this is repository %s".formatted(only, repositoryId),
                    "Give the key file of this repository, or its password or recovery code.",
                    null);
        }
        for (Slot slot : slots) {
            Optional<Slot.Unlocked> unlocked = slot.open(secret, repositoryId, where);
            if (unlocked.isPresent()) {
                verify(unlocked.get().keys(), where);
                return new Opened(unlocked.get().keys(), slot, unlocked.get().key());
            }
        }
        String title = secret.kind().title();
        boolean any = slots.stream().anyMatch(slot -> slot.kind() == secret.kind());
        throw new WrongKeyException(
                any
                        ? "wrong %s: it opens no key slot of repository %s".formatted(title, repositoryId)
                        : "repository %s has no %s slot".formatted(repositoryId, title),
                "Its key slots are: %s. Try another key, or the recovery code.".formatted(slotTitles()),
                null);
    }

    /** As {@link #open(SlotSecret, String)}, with what opened a slot before; empty if this configuration has not got that slot. */
    public Optional<RepositoryKeys> open(SlotKey key, String where) {
        for (Slot slot : slots) {
            if (slot.id().equals(key.id())) {
                Optional<RepositoryKeys> keys = slot.open(key, repositoryId, where);
                keys.ifPresent(opened -> verify(opened, where));
                return keys;
            }
        }
        return Optional.empty();
    }

    private String slotTitles() {
        return String.join(
                ", ", slots.stream().map(slot -> slot.kind().title()).distinct().toList());
    }

    /**
     * Checks that a holder of the keys signed this configuration, and that it has just these keys.
     *
     * @throws CorruptDataException if not
     */
    public void verify(RepositoryKeys keys, String where) {
        verifySigned(keys, where);
        if (keys.currentEpoch() != wire.getEpoch() || !Set.copyOf(epochs()).equals(keys.epochs())) {
            throw new CorruptDataException(where, "key slots of epochs " + epochs(), "of epochs " + keys.epochs());
        }
    }

    /**
     * Checks that a holder of the root secret signed this configuration, of whatever epochs it is.
     *
     * @throws CorruptDataException if not
     */
    public void verifySigned(RepositoryKeys keys, String where) {
        if (!keys.repositoryId().equals(repositoryId)) {
            throw new CorruptDataException(
                    where, "the configuration of repository " + keys.repositoryId(), "that of " + repositoryId);
        }
        byte[] configuration = signed.getConfiguration().toByteArray();
        if (!Derivation.verify(signed.getMac().toByteArray(), keys.configurationKey(), MAC_LABEL, configuration)) {
            throw CorruptDataException.because(
                    where, "the configuration was changed by somebody without the repository's key", null);
        }
    }

    /** This configuration with one slot more, in its next revision. */
    public RepositoryConfiguration withSlot(Slot slot, RepositoryKeys keys) {
        return sign(next().addSlots(slot.toWire()).build(), keys);
    }

    /**
     * This configuration without a slot, in its next revision. Whoever knows the slot's secret and kept an old configuration
     * still has the keys of the epochs so far.
     *
     * @throws IllegalArgumentException if there is no such slot, or no other
     */
    public RepositoryConfiguration withoutSlot(SlotId id, RepositoryKeys keys) {
        List<Slot> rest = slots.stream().filter(slot -> !slot.id().equals(id)).toList();
        if (rest.size() == slots.size()) {
            throw new IllegalArgumentException("there is no key slot " + id);
        }
        Configuration.Builder wire = next().clearSlots().clearRemovedSlots();
        rest.forEach(slot -> wire.addSlots(slot.toWire()));
        Set<SlotId> removed = new LinkedHashSet<>(removedSlots());
        removed.add(id);
        wire.addAllRemovedSlots(wire(removed));
        return sign(wire.build(), keys);
    }

    static List<ByteString> wire(Set<SlotId> removed) {
        return removed.stream()
                .skip(Math.max(0, removed.size() - REMOVED_SLOTS_MAX))
                .map(id -> ByteString.copyFrom(id.bytes()))
                .toList();
    }

    /** This configuration with {@code keys}, which have an epoch more, sealed to every slot. */
    public RepositoryConfiguration rotated(RepositoryKeys keys, Entropy entropy) {
        return sign(wrapped(next(), slots, keys, entropy).build(), keys);
    }

    /**
     * This configuration with {@code keys}, from which epochs were taken, sealed to every slot. Whoever opens one of its slots
     * opens no record of those epochs any more.
     */
    public RepositoryConfiguration withoutEpochs(Set<Integer> epochs, RepositoryKeys keys, Entropy entropy) {
        Set<Integer> destroyed = new TreeSet<>(destroyedEpochs());
        destroyed.addAll(epochs);
        return sign(
                wrapped(next(), slots, keys, entropy)
                        .clearDestroyedEpochs()
                        .addAllDestroyedEpochs(destroyed)
                        .build(),
                keys);
    }

    /** This configuration with other revocations. */
    public RepositoryConfiguration withRevocations(Revocations revoked, RepositoryKeys keys) {
        return sign(
                next().clearRevocations().addAllRevocations(revoked.toWire()).build(), keys);
    }

    /** Puts {@code keys} into slots. */
    static Configuration.Builder wrapped(
            Configuration.Builder wire, List<Slot> slots, RepositoryKeys keys, Entropy entropy) {
        wire.clearSlots().clearEpochs().setEpoch(keys.currentEpoch()).addAllEpochs(keys.epochs());
        for (Slot slot : slots) {
            // A slot of a later version holds who knows what; it would keep the old epochs only.
            if (slot.kind() != SlotKind.UNKNOWN) {
                wire.addSlots(slot.rewrapped(keys, entropy).toWire());
            }
        }
        return wire;
    }

    Configuration wire() {
        return wire;
    }

    private Configuration.Builder next() {
        return wire.toBuilder().setRevision(wire.getRevision() + 1);
    }

    /** The bytes to store and to send. */
    public byte[] bytes() {
        return signed.toByteArray();
    }

    /** The repository's name. */
    public RepositoryId repositoryId() {
        return repositoryId;
    }

    /** Grows by one with each change; of two configurations of a repository the one with the higher revision holds. */
    public long revision() {
        return wire.getRevision();
    }

    /** The newest epoch of seal keys. */
    public int epoch() {
        return wire.getEpoch();
    }

    /** The epochs that its slots have seal keys of, lowest first. */
    public List<Integer> epochs() {
        return wire.getEpochsCount() > 0
                ? wire.getEpochsList()
                // Before there was a list epochs were counted one by one.
                : IntStream.rangeClosed(1, wire.getEpoch()).boxed().toList();
    }

    /** The epochs whose seal keys were destroyed. */
    public Set<Integer> destroyedEpochs() {
        return new TreeSet<>(wire.getDestroyedEpochsList());
    }

    /** The slots that were taken off, the oldest first. */
    Set<SlotId> removedSlots() {
        return removedSlots;
    }

    /** Whose snapshots count no longer. */
    public Revocations revocations() {
        return revocations;
    }

    /** How content is cut. */
    public ChunkProfile chunkProfile() {
        return chunkProfile;
    }

    /** How new records are compressed. */
    public Compression compression() {
        return compression;
    }

    /** The key slots. */
    public List<Slot> slots() {
        return slots;
    }
}
