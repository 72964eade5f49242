package dev.cairn.cas.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.seal.wire.SlotHeader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One way to a repository's keys, as it stands in the public configuration.
 *
 * <h2>Construction</h2>
 *
 * A slot's secret is stretched, with the slot's random salt, to a key: a password by Argon2id, a key file or a recovery
 * code by HKDF. From that key come an X25519 private key, whose public key stands in the header, and a binding key. The
 * <em>binding</em> is a code over the repository id and the header. It is checked first: if it is right, the secret is, and
 * the slot was made by its holder for this very repository; so a server cannot put keys of its own into the slot, although
 * the public key is there for all to see. The repository's keys are sealed to the public key ({@link WrappedKeys}), so that a
 * holder of the keys can add an epoch to every slot.
 *
 * <p>The slot of a recipient has the public key that he gave. Nobody but him could make a binding of his own; what stands in its
 * place is a code under the repository's configuration key, checked after opening.
 *
 * <p>Immutable; may be used from any thread.
 */
public final class Slot {

    /** The longest label, in bytes of UTF-8. */
    public static final int LABEL_BYTES_MAX = 255;

    private static final String BINDING_LABEL = "cairn slot binding 1";
    private static final String RECIPIENT_LABEL = "cairn slot recipient 1";
    private static final int SALT_BYTES = 32;
    private static final int HEADER_BYTES_MAX = 4096;
    private static final byte[] NO_SALT = {};

    private final dev.cairn.cas.seal.wire.Slot wire;
    private final SlotHeader header;
    private final SlotId id;
    private final @Nullable Argon2Cost argon2;

    private Slot(dev.cairn.cas.seal.wire.Slot wire, SlotHeader header, SlotId id, @Nullable Argon2Cost argon2) {
        this.wire = wire;
        this.header = header;
        this.id = id;
        this.argon2 = argon2;
    }

    /**
     * A slot that {@code secret} opens.
     *
     * @param label for people; it is not secret
     */
    public static Slot make(SlotSecret secret, RepositoryKeys keys, String label, Instant created, Entropy entropy) {
        return make(secret, keys, label, created, Argon2Cost.DEFAULT, entropy);
    }

    static Slot make(
            SlotSecret secret, RepositoryKeys keys, String label, Instant created, Argon2Cost cost, Entropy entropy) {
        if (secret instanceof RecipientKey recipient) {
            return makeFor(recipient.publicKey(), keys, label, created, entropy);
        }
        requireLabel(label);
        byte[] salt = entropy.bytes(SALT_BYTES);
        Derived derived = Derived.of(secret, salt, cost);
        byte[] publicKey = X25519.publicKey(derived.privateKey());
        SlotHeader.Builder header = SlotHeader.newBuilder()
                .setKind(wireKind(secret.kind()))
                .setId(ByteString.copyFrom(entropy.bytes(SlotId.BYTES)))
                .setSalt(ByteString.copyFrom(salt))
                .setPublicKey(ByteString.copyFrom(publicKey))
                .setLabel(label)
                .setCreated(Timestamps.toWire(created));
        if (secret.kind() == SlotKind.PASSWORD) {
            header.setArgon2(dev.cairn.cas.seal.wire.Argon2Cost.newBuilder()
                    .setMemoryKib(cost.memoryKib())
                    .setPasses(cost.passes())
                    .setLanes(cost.lanes()));
        }
        byte[] headerBytes = header.build().toByteArray();
        dev.cairn.cas.seal.wire.Slot wire = dev.cairn.cas.seal.wire.Slot.newBuilder()
                .setHeader(ByteString.copyFrom(headerBytes))
                .setBinding(ByteString.copyFrom(binding(derived.bindingKey(), keys.repositoryId(), headerBytes)))
                .setWrapped(ByteString.copyFrom(WrappedKeys.wrap(keys, publicKey, headerBytes, entropy)))
                .build();
        return parse(wire, "a new key slot");
    }

    /**
     * A slot that opens with the private half of {@code recipient}.
     *
     * @param label for people; it is not secret
     */
    public static Slot makeFor(
            RecipientPublicKey recipient, RepositoryKeys keys, String label, Instant created, Entropy entropy) {
        requireLabel(label);
        byte[] headerBytes = SlotHeader.newBuilder()
                .setKind(wireKind(SlotKind.RECIPIENT))
                .setId(ByteString.copyFrom(entropy.bytes(SlotId.BYTES)))
                .setSalt(ByteString.copyFrom(entropy.bytes(SALT_BYTES)))
                .setPublicKey(ByteString.copyFrom(recipient.bytes()))
                .setLabel(label)
                .setCreated(Timestamps.toWire(created))
                .build()
                .toByteArray();
        byte[] code = Derivation.mac(
                keys.configurationKey(), RECIPIENT_LABEL, keys.repositoryId().bytes(), headerBytes);
        return parse(
                dev.cairn.cas.seal.wire.Slot.newBuilder()
                        .setHeader(ByteString.copyFrom(headerBytes))
                        .setBinding(ByteString.copyFrom(code))
                        .setWrapped(
                                ByteString.copyFrom(WrappedKeys.wrap(keys, recipient.bytes(), headerBytes, entropy)))
                        .build(),
                "a new key slot");
    }

    private static void requireLabel(String label) {
        if (label.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
            throw new IllegalArgumentException("the slot's label is longer than %d bytes".formatted(LABEL_BYTES_MAX));
        }
    }

    /**
     * Reads a slot. Every bound is checked, so that opening it costs no more than {@link Argon2Cost} allows.
     *
     * @throws CorruptDataException if it is not a slot within the bounds
     */
    static Slot parse(dev.cairn.cas.seal.wire.Slot wire, String where) {
        if (wire.getHeader().size() > HEADER_BYTES_MAX || wire.getWrapped().size() > WrappedKeys.BYTES_MAX) {
            throw new CorruptDataException(
                    where,
                    "a key slot of at most %d and %d bytes".formatted(HEADER_BYTES_MAX, WrappedKeys.BYTES_MAX),
                    "%d and %d"
                            .formatted(
                                    wire.getHeader().size(), wire.getWrapped().size()));
        }
        try {
            SlotHeader header = SlotHeader.parseFrom(wire.getHeader());
            SlotId id = SlotId.of(header.getId().toByteArray());
            instant(header);
            Slot slot =
                    new Slot(wire, header, id, header.getKind() == wireKind(SlotKind.PASSWORD) ? cost(header) : null);
            if (slot.kind() != SlotKind.UNKNOWN) {
                slot.requireLengths();
            }
            return slot;
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw CorruptDataException.because(where, "not a key slot: " + e.getMessage(), e);
        }
    }

    private void requireLengths() {
        if (header.getSalt().size() != SALT_BYTES
                || header.getPublicKey().size() != X25519.KEY_BYTES
                || wire.getBinding().size() != Derivation.MAC_BYTES) {
            throw new IllegalArgumentException("salt of %d bytes, public key of %d, binding of %d"
                    .formatted(
                            header.getSalt().size(),
                            header.getPublicKey().size(),
                            wire.getBinding().size()));
        }
    }

    private static Argon2Cost cost(SlotHeader header) {
        return new Argon2Cost(
                header.getArgon2().getMemoryKib(),
                header.getArgon2().getPasses(),
                header.getArgon2().getLanes());
    }

    private static Instant instant(SlotHeader header) {
        return Timestamps.fromWire(header.getCreated());
    }

    /**
     * Opens the slot.
     *
     * @return the keys; empty if the secret is not the one that this slot was made with for this repository
     * @throws CorruptDataException if the secret is right and the slot is damaged, or was tampered with
     */
    Optional<Unlocked> open(SlotSecret secret, RepositoryId repositoryId, String where) {
        if (secret.kind() != kind()) {
            return Optional.empty();
        }
        if (secret instanceof RecipientKey recipient) {
            return Arrays.equals(
                            recipient.publicKey().bytes(), header.getPublicKey().toByteArray())
                    ? Optional.of(unlock(recipient.privateKey(), repositoryId, where))
                    : Optional.empty();
        }
        byte[] headerBytes = wire.getHeader().toByteArray();
        Derived derived = Derived.of(secret, header.getSalt().toByteArray(), argon2);
        byte[] publicKey = X25519.publicKey(derived.privateKey());
        boolean bound = Derivation.verify(
                wire.getBinding().toByteArray(),
                derived.bindingKey(),
                BINDING_LABEL,
                repositoryId.bytes(),
                headerBytes);
        if (!bound) {
            if (Arrays.equals(publicKey, header.getPublicKey().toByteArray())) {
                throw CorruptDataException.because(
                        where,
                        "key slot %s opens with this %s, but was made for another repository or was changed since"
                                .formatted(id, kind().title()),
                        null);
            }
            return Optional.empty();
        }
        return Optional.of(unlock(derived.privateKey(), repositoryId, where));
    }

    /** What a slot that was opened gives: the keys, and the means to open the same slot once more after a rotation. */
    record Unlocked(RepositoryKeys keys, SlotKey key) {}

    private Unlocked unlock(Secret privateKey, RepositoryId repositoryId, String where) {
        return new Unlocked(unwrap(privateKey, repositoryId, where), new SlotKey(id, wire.getHeader(), privateKey));
    }

    /** The same slot as one that was opened before: no secret is stretched again. Empty if it is another one. */
    Optional<RepositoryKeys> open(SlotKey key, RepositoryId repositoryId, String where) {
        return key.header().equals(wire.getHeader())
                ? Optional.of(unwrap(key.privateKey(), repositoryId, where))
                : Optional.empty();
    }

    private RepositoryKeys unwrap(Secret privateKey, RepositoryId repositoryId, String where) {
        byte[] headerBytes = wire.getHeader().toByteArray();
        String place = where + ", key slot " + id;
        RepositoryKeys keys = WrappedKeys.unwrap(
                wire.getWrapped().toByteArray(),
                privateKey,
                header.getPublicKey().toByteArray(),
                headerBytes,
                repositoryId,
                place);
        if (kind() == SlotKind.RECIPIENT
                && !Derivation.verify(
                        wire.getBinding().toByteArray(),
                        keys.configurationKey(),
                        RECIPIENT_LABEL,
                        repositoryId.bytes(),
                        headerBytes)) {
            throw CorruptDataException.because(place, "it was changed by somebody without the repository's key", null);
        }
        return keys;
    }

    /** The same slot with other keys inside: after a rotation. Needs no slot's secret. */
    Slot rewrapped(RepositoryKeys keys, Entropy entropy) {
        byte[] wrapped = WrappedKeys.wrap(
                keys, header.getPublicKey().toByteArray(), wire.getHeader().toByteArray(), entropy);
        return new Slot(
                wire.toBuilder().setWrapped(ByteString.copyFrom(wrapped)).build(), header, id, argon2);
    }

    private static byte[] binding(Secret bindingKey, RepositoryId repositoryId, byte[] headerBytes) {
        return Derivation.mac(bindingKey, BINDING_LABEL, repositoryId.bytes(), headerBytes);
    }

    /** What a slot's secret gives. */
    private record Derived(Secret privateKey, Secret bindingKey) {
        static Derived of(SlotSecret secret, byte[] salt, @Nullable Argon2Cost cost) {
            Secret stretched = switch (secret) {
                case KeyFile file -> Derivation.derive(file.key(), salt, "cairn slot key file 1");
                case RecipientKey _ -> throw new IllegalArgumentException("a recipient's slot has no binding of his");
                case RecoveryCode code -> Derivation.derive(code.bytes(), salt, "cairn slot recovery code 1");
                case SlotSecret.Password password -> {
                    if (cost == null) {
                        throw new IllegalArgumentException("a password slot has a cost");
                    }
                    yield cost.stretch(password.bytes(), salt);
                }
            };
            return new Derived(
                    Derivation.derive(stretched, NO_SALT, "cairn slot private key 1"),
                    Derivation.derive(stretched, NO_SALT, "cairn slot binding key 1"));
        }
    }

    /** The slot's name. */
    public SlotId id() {
        return id;
    }

    /** What opens it. */
    public SlotKind kind() {
        return switch (header.getKind()) {
            case SLOT_KIND_KEY_FILE -> SlotKind.KEY_FILE;
            case SLOT_KIND_PASSWORD -> SlotKind.PASSWORD;
            case SLOT_KIND_RECOVERY_CODE -> SlotKind.RECOVERY_CODE;
            case SLOT_KIND_RECIPIENT -> SlotKind.RECIPIENT;
            case SLOT_KIND_UNSPECIFIED, UNRECOGNIZED -> SlotKind.UNKNOWN;
        };
    }

    private static dev.cairn.cas.seal.wire.SlotKind wireKind(SlotKind kind) {
        return switch (kind) {
            case KEY_FILE -> dev.cairn.cas.seal.wire.SlotKind.SLOT_KIND_KEY_FILE;
            case PASSWORD -> dev.cairn.cas.seal.wire.SlotKind.SLOT_KIND_PASSWORD;
            case RECOVERY_CODE -> dev.cairn.cas.seal.wire.SlotKind.SLOT_KIND_RECOVERY_CODE;
            case RECIPIENT -> dev.cairn.cas.seal.wire.SlotKind.SLOT_KIND_RECIPIENT;
            case UNKNOWN -> throw new IllegalArgumentException("no slot is made of an unknown kind");
        };
    }

    /** What stretching its password costs; null for slots of other kinds. */
    public @Nullable Argon2Cost argon2() {
        return argon2;
    }

    /** For people; may be empty. */
    public String label() {
        return header.getLabel();
    }

    /** When it was made. */
    public Instant created() {
        return instant(header);
    }

    /** The slot as it stands in the configuration. */
    dev.cairn.cas.seal.wire.Slot toWire() {
        return wire;
    }

    @Override
    public String toString() {
        return "%s slot %s".formatted(kind().title(), id);
    }
}
