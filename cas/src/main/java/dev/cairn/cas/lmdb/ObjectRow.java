package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Who provides an object. 46 bytes of key and value for the usual one provider.
 *
 * <p>Format: for each provider, 8 bytes with the record's kind in the highest 4 bits, its depth in the next 4 and its
 * sequence in the other 56, and 2 bytes of ordinal; then the checksum.
 */
record ObjectRow(List<Provider> providers) {

    /** The most providers a row may have: ordinary ones and those that mended. */
    static final int PROVIDERS_MAX = 64;

    private static final int PROVIDER_BYTES = 10;

    /** The least deep, and of those the newest. Written out, since the JDK makes a class for each key when it runs. */
    static final Comparator<Provider> BEST_FIRST = (one, other) -> one.depth != other.depth
            ? Integer.compare(one.depth, other.depth)
            : Long.compare(other.sequence, one.sequence);

    /** A record that provides it, and its place there. */
    record Provider(long sequence, int ordinal, RecordKind kind, int depth) {}

    byte[] encode(ObjectId id) {
        ByteBuffer value = ByteBuffer.allocate(providers.size() * PROVIDER_BYTES);
        for (Provider provider : providers) {
            value.putLong((long) provider.kind.code() << 60 | (long) provider.depth << 56 | provider.sequence);
            value.putShort((short) provider.ordinal);
        }
        return RowCheck.seal(Table.OBJECTS, id.bytes(), value);
    }

    static ObjectRow decode(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.OBJECTS, key, row);
        int count = value.remaining() / PROVIDER_BYTES;
        if (key.length != ObjectId.BYTES
                || count < 1
                || count > PROVIDERS_MAX
                || value.remaining() != count * PROVIDER_BYTES) {
            throw RowCheck.damaged(
                    Table.OBJECTS, key, "up to " + PROVIDERS_MAX + " providers", value.remaining() + " bytes");
        }
        List<Provider> providers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long word = value.getLong();
            int ordinal = Short.toUnsignedInt(value.getShort());
            RecordKind kind = RecordRow.kind((int) (word >>> 60), Table.OBJECTS, key);
            providers.add(new Provider(word & RecordRow.SEQUENCE_MAX, ordinal, kind, (int) (word >>> 56) & 0xf));
        }
        return new ObjectRow(providers);
    }

    /** @param notes of damage: providers that have one do not count */
    Admission.Facts facts(DamageNotes notes) {
        int sound = (int) providers.stream()
                .filter(provider -> !notes.has(provider.sequence))
                .count();
        return new Admission.Facts(types(), depth(), sound);
    }

    /** Those of all its providers: one, unless some of them are nonsense. */
    Set<ObjectType> types() {
        Set<ObjectType> types = EnumSet.noneOf(ObjectType.class);
        providers.forEach(provider -> types.add(provider.kind.provides()));
        return types;
    }

    /** That of the deepest provider. */
    int depth() {
        return providers.stream().mapToInt(Provider::depth).max().orElse(0);
    }

    /** Whether a provider has no note of damage. */
    boolean isSound(DamageNotes notes) {
        return providers.stream().anyMatch(provider -> !notes.has(provider.sequence));
    }

    /** That of its first provider; others may be of another if some of them are nonsense. */
    ObjectType type() {
        return providers.getFirst().kind.provides();
    }

    /** The providers in the order of {@link #refs}. */
    private List<Provider> bestFirst() {
        return providers.size() == 1
                ? providers
                : providers.stream().sorted(BEST_FIRST).toList();
    }

    /** The providers as they came. */
    List<Provider> oldestFirst() {
        return providers.size() == 1
                ? providers
                : providers.stream()
                        .sorted(Comparator.comparingLong(Provider::sequence))
                        .toList();
    }

    /** As {@link #refs()}, those last of which damage is noted. */
    List<RecordRef> refs(DamageNotes notes) {
        return notes.isEmpty()
                ? refs()
                : refs().stream()
                        .sorted(Comparator.comparing(ref -> notes.has(ref.sequence())))
                        .toList();
    }

    /** The shallowest first, and of those the newest: a provider that mended comes before what it mended. */
    List<RecordRef> refs() {
        return bestFirst().stream()
                .map(provider -> new RecordRef(provider.sequence, provider.ordinal))
                .toList();
    }
}
