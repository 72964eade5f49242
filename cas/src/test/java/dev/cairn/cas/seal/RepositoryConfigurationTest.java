package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.wire.Configuration;
import dev.cairn.cas.seal.wire.SignedConfiguration;
import dev.cairn.cas.seal.wire.SlotHeader;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.delta.fuzz.Parsing;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class RepositoryConfigurationTest {

    private static final Instant CREATED = Instant.ofEpochSecond(1_700_000_000);
    private static final Argon2Cost CHEAP = new Argon2Cost(32, 1, 4);
    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));

    private static final Parsing PARSING = Parsing.refusedBy(CorruptDataException.class);

    private final Entropy entropy = new SeededEntropy(2);
    private final KeyFile keyFile = KeyFile.generate(KEYS.repositoryId(), entropy);
    private final RecoveryCode recoveryCode = RecoveryCode.generate(entropy);
    private final SlotSecret.Password password = new SlotSecret.Password("correct horse".toCharArray());
    private final RepositoryConfiguration configuration = RepositoryConfiguration.create(
            KEYS,
            ChunkProfile.DEFAULT,
            new Compression.Zstd(5),
            List.of(slot(keyFile, KEYS), slot(password, KEYS), slot(recoveryCode, KEYS)),
            CREATED);

    private Slot slot(SlotSecret secret, RepositoryKeys keys) {
        return Slot.make(secret, keys, "for tests", CREATED, CHEAP, entropy);
    }

    private static RepositoryConfiguration parse(byte[] bytes) {
        return RepositoryConfiguration.parse(bytes, "here");
    }

    @Test
    void open_everySecret_givesTheKeys() {
        RepositoryConfiguration read = parse(configuration.bytes());
        for (SlotSecret secret : List.of(keyFile, password, recoveryCode)) {
            RepositoryConfiguration.Opened opened = read.open(secret, "here");

            assertThat(opened.keys().repositoryId()).isEqualTo(KEYS.repositoryId());
            assertThat(opened.keys().sealKey(1, "test").matches(KEYS.sealKey(1, "test")))
                    .isTrue();
            assertThat(opened.slot().kind()).isEqualTo(secret.kind());
            assertThat(opened.slot().label()).isEqualTo("for tests");
            assertThat(opened.slot().created()).isEqualTo(CREATED);
        }
        assertThat(read.chunkProfile()).isEqualTo(ChunkProfile.DEFAULT);
        assertThat(read.compression()).isEqualTo(new Compression.Zstd(5));
        assertThat(read.revision()).isEqualTo(1);
        assertThat(read.epoch()).isEqualTo(1);
    }

    @Test
    void open_wrongSecret_isAWrongKey() {
        SlotSecret wrongPassword = new SlotSecret.Password("correct hors".toCharArray());
        for (SlotSecret wrong : List.of(
                KeyFile.generate(KEYS.repositoryId(), entropy), wrongPassword, RecoveryCode.generate(entropy))) {
            assertThatThrownBy(() -> configuration.open(wrong, "here"))
                    .isInstanceOf(WrongKeyException.class)
                    .hasMessageContaining("wrong " + wrong.kind().title());
        }
        KeyFile foreign = KeyFile.generate(RepositoryKeys.generate(entropy).repositoryId(), entropy);
        assertThatThrownBy(() -> configuration.open(foreign, "here"))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("that of repository");
    }

    @Test
    void open_noSlotOfThatKind_namesTheKindsThereAre() {
        RepositoryConfiguration other = RepositoryConfiguration.create(
                KEYS, ChunkProfile.DEFAULT, Compression.DEFAULT, List.of(slot(keyFile, KEYS)), CREATED);

        assertThatThrownBy(() -> other.open(password, "here")).isInstanceOfSatisfying(WrongKeyException.class, e -> {
            assertThat(e).hasMessageContaining("has no password slot");
            assertThat(e.hint()).contains("key file");
        });
    }

    @Test
    void password_decomposedOnAnotherSystem_isTheSame() {
        SlotSecret.Password composed = new SlotSecret.Password("caf\u00e9".toCharArray());
        SlotSecret.Password decomposed = new SlotSecret.Password("cafe\u0301".toCharArray());

        assertThat(composed.bytes()).isEqualTo(decomposed.bytes());
        assertThatThrownBy(() -> new SlotSecret.Password(new char[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parse_anyByteChangedOrCut_isDamage() {
        byte[] bytes = configuration.bytes();
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> parse(changed)).as("byte %d", i).isInstanceOf(CorruptDataException.class);
            byte[] cut = Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> parse(cut)).as("cut to %d", i).isInstanceOf(CorruptDataException.class);
        }
        assertThatThrownBy(() -> parse(new byte[2 << 20])).isInstanceOf(CorruptDataException.class);
    }

    /** Changes the configuration as a server without the key can: the digest is made anew, the mac cannot be. */
    private byte[] tampered(UnaryOperator<Configuration.Builder> change) {
        try {
            SignedConfiguration signed = SignedConfiguration.parseFrom(configuration.bytes());
            Configuration.Builder builder = Configuration.parseFrom(signed.getConfiguration()).toBuilder();
            byte[] changed = change.apply(builder).build().toByteArray();
            byte[] mac = signed.getMac().toByteArray();
            return signed.toBuilder()
                    .setConfiguration(ByteString.copyFrom(changed))
                    .setDigest(ByteString.copyFrom(Derivation.digest("cairn configuration digest 1", changed, mac)))
                    .build()
                    .toByteArray();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void open_chunkProfileChangedByAServer_isDamage() {
        byte[] bytes =
                tampered(wire -> wire.setChunks(wire.getChunks().toBuilder().setMinBytes(8192)));

        assertThat(parse(bytes).chunkProfile().minBytes()).isEqualTo(8192);
        assertThatThrownBy(() -> parse(bytes).open(keyFile, "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("somebody without the repository's key");
    }

    @Test
    void open_slotTakenOffOrRevisionPutBack_isDamage() {
        for (byte[] bytes : List.of(
                tampered(wire -> wire.removeSlots(1)),
                tampered(wire -> wire.setRevision(7)),
                tampered(wire -> wire.setEpoch(2)))) {
            assertThatThrownBy(() -> parse(bytes).open(keyFile, "here")).isInstanceOf(CorruptDataException.class);
        }
    }

    /** It was read, and the slot that is none was an exception of another kind later. Found by fuzzing. */
    @Test
    void parse_removedSlotThatIsNoneOrNegativeRevision_isDamage() {
        for (byte[] bytes : List.of(
                tampered(wire -> wire.addRemovedSlots(ByteString.copyFrom(new byte[7]))),
                tampered(wire -> wire.setRevision(-1)))) {
            assertThatThrownBy(() -> parse(bytes)).isInstanceOf(CorruptDataException.class);
        }
    }

    /** A server has no key to sign with, and what it sends is read before that is known. Found by fuzzing. */
    @Test
    void parse_manyFieldsOfFewBytes_takesLittleMemory() {
        UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
        for (int field = 1000; field < 200_000; field++) {
            fields.mergeVarintField(field, 1);
        }
        UnknownFieldSet many = fields.build();
        Slot slot = configuration.slots().getFirst();
        byte[] inSlot =
                tampered(wire -> wire.setSlots(0, slot.toWire().toBuilder().setUnknownFields(many)));
        byte[] outside =
                SignedConfiguration.newBuilder().setUnknownFields(many).build().toByteArray();
        for (byte[] bytes : List.of(tampered(wire -> wire.setUnknownFields(many)), inSlot, outside)) {
            assertThat(bytes).hasSizeLessThan(StoredConfiguration.BYTES_MAX);
            assertThat(PARSING.value(8L * bytes.length, () -> parse(bytes))).isEmpty();
        }
    }

    /** A server knows the slot's public key, so it can seal keys of its own to it: under its own repository id or ours. */
    @Test
    void open_keysOfAServersOwnInTheSlot_isDamage() {
        RepositoryKeys evil = RepositoryKeys.generate(new SeededEntropy(66));
        Slot ours = configuration.slots().get(0);
        RepositoryConfiguration asOurs = parse(
                tampered(wire -> wire.setSlots(0, ours.rewrapped(evil, entropy).toWire())));
        assertThatThrownBy(() -> asOurs.open(keyFile, "here")).isInstanceOf(CorruptDataException.class);

        RepositoryConfiguration asTheirs = RepositoryConfiguration.create(
                evil,
                ChunkProfile.DEFAULT,
                Compression.DEFAULT,
                List.of(configuration.slots().get(1).rewrapped(evil, entropy)),
                CREATED);
        assertThatThrownBy(() -> asTheirs.open(password, "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("made for another repository");
    }

    /** The right root secret under our id, but sealed by hand for this slot: the epochs' keys are covered by the mac. */
    @Test
    void open_wrappedKeysOfAnotherSlot_isDamage() {
        RepositoryConfiguration swapped = parse(tampered(wire -> wire.setSlots(
                0, wire.getSlots(0).toBuilder().setWrapped(wire.getSlots(2).getWrapped()))));

        assertThatThrownBy(() -> swapped.open(keyFile, "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("not as they were sealed");
    }

    @Test
    void open_anyByteOfASlotChanged_isAnErrorAndNeverKeys() {
        dev.cairn.cas.seal.wire.Slot good = configuration.slots().get(0).toWire();
        byte[] header = good.getHeader().toByteArray();
        byte[] binding = good.getBinding().toByteArray();
        byte[] wrapped = good.getWrapped().toByteArray();
        for (int i = 0; i < header.length; i++) {
            assertNoKeys(good.toBuilder().setHeader(flipped(header, i)).build());
        }
        for (int i = 0; i < binding.length; i++) {
            assertNoKeys(good.toBuilder().setBinding(flipped(binding, i)).build());
        }
        for (int i = 0; i < wrapped.length; i++) {
            assertNoKeys(good.toBuilder().setWrapped(flipped(wrapped, i)).build());
        }
    }

    private static ByteString flipped(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        return ByteString.copyFrom(changed);
    }

    private void assertNoKeys(dev.cairn.cas.seal.wire.Slot wire) {
        assertThatThrownBy(() -> Slot.parse(wire, "here")
                        .open(keyFile, KEYS.repositoryId(), "here")
                        .orElseThrow(() -> new WrongKeyException("wrong", "", null)))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void rotated_everySlot_givesTheNewEpochAndTheOldOnes() {
        RepositoryKeys rotated = KEYS.nextEpoch(1, entropy);
        RepositoryConfiguration next =
                parse(configuration.rotated(rotated, entropy).bytes());
        for (SlotSecret secret : List.of(keyFile, password, recoveryCode)) {
            RepositoryKeys opened = next.open(secret, "here").keys();
            assertThat(opened.currentEpoch()).isEqualTo(2);
            assertThat(opened.sealKey(1, "t").matches(KEYS.sealKey(1, "t"))).isTrue();
            assertThat(opened.sealKey(2, "t").matches(rotated.sealKey(2, "t"))).isTrue();
        }
        assertThat(next.revision()).isEqualTo(2);
        assertThat(next.epoch()).isEqualTo(2);
    }

    @Test
    void withSlotAndWithout_changeOneSlotAndTheRevision() {
        RecoveryCode second = RecoveryCode.generate(entropy);
        RepositoryConfiguration more = configuration.withSlot(slot(second, KEYS), KEYS);

        assertThatCode(() -> more.open(second, "here")).doesNotThrowAnyException();
        assertThatCode(() -> more.open(recoveryCode, "here")).doesNotThrowAnyException();
        RepositoryConfiguration less =
                more.withoutSlot(configuration.slots().get(2).id(), KEYS);
        assertThat(less.revision()).isEqualTo(3);
        assertThatCode(() -> less.open(second, "here")).doesNotThrowAnyException();
        assertThatThrownBy(() -> less.open(recoveryCode, "here")).isInstanceOf(WrongKeyException.class);
        assertThatThrownBy(() -> less.withoutSlot(new SlotId(0), KEYS)).hasMessageContaining("no key slot");
    }

    @Test
    void create_moreSlotsThanAllowed_isRefused() {
        assertThatThrownBy(() -> RepositoryConfiguration.create(
                        KEYS, ChunkProfile.DEFAULT, Compression.DEFAULT, List.of(), CREATED))
                .isInstanceOf(IllegalArgumentException.class);
        List<Slot> many = Collections.nCopies(65, configuration.slots().get(0));
        assertThatThrownBy(() ->
                        RepositoryConfiguration.create(KEYS, ChunkProfile.DEFAULT, Compression.DEFAULT, many, CREATED))
                .hasMessageContaining("1 to 64 key slots");
        List<Slot> twice = Collections.nCopies(2, configuration.slots().get(0));
        assertThatThrownBy(() ->
                        RepositoryConfiguration.create(KEYS, ChunkProfile.DEFAULT, Compression.DEFAULT, twice, CREATED))
                .hasMessageContaining("twice");
        List<Slot> passwords = java.util.stream.Stream.generate(() -> slot(password, KEYS))
                .limit(9)
                .toList();
        assertThatThrownBy(() -> RepositoryConfiguration.create(
                        KEYS, ChunkProfile.DEFAULT, Compression.DEFAULT, passwords, CREATED))
                .hasMessageContaining("at most 8 password slots");
    }

    @Test
    void parse_laterVersions_askForANewerCairn() {
        for (byte[] bytes : List.of(
                tampered(wire -> wire.setVersion(2)),
                tampered(wire -> wire.setFormats(wire.getFormats().toBuilder().setRecord(2))),
                tampered(wire -> wire.setFormats(wire.getFormats().toBuilder().setPage(2))),
                tampered(wire -> wire.setFormats(wire.getFormats().toBuilder().setSnapshot(2))),
                tampered(wire -> wire.setChunks(wire.getChunks().toBuilder().setAlgorithm(2))))) {
            assertThatThrownBy(() -> parse(bytes)).isInstanceOf(VersionMismatchException.class);
        }
    }

    @Test
    void parse_fieldsOutOfBounds_isDamage() {
        for (byte[] bytes : List.of(
                tampered(Configuration.Builder::clearVersion),
                tampered(Configuration.Builder::clearRepository),
                tampered(Configuration.Builder::clearChunks),
                tampered(wire -> wire.setChunks(wire.getChunks().toBuilder().setMaxBytes(1 << 30))),
                tampered(wire -> wire.setChunks(wire.getChunks().toBuilder().setMinBytes(0))),
                tampered(wire ->
                        wire.setCompression(wire.getCompression().toBuilder().setCodec(9))),
                tampered(wire ->
                        wire.setCompression(wire.getCompression().toBuilder().setLevel(100))),
                tampered(wire -> withPasswordHeader(wire, 0, 3, 4)),
                tampered(wire -> withPasswordHeader(wire, 1 << 21, 3, 4)),
                tampered(wire -> withPasswordHeader(wire, 64 << 10, -1, 4)),
                tampered(wire -> withPasswordHeader(wire, 64 << 10, 3, 0)))) {
            assertThatThrownBy(() -> parse(bytes)).isInstanceOf(CorruptDataException.class);
        }
    }

    private static Configuration.Builder withPasswordHeader(
            Configuration.Builder wire, int memoryKib, int passes, int lanes) {
        try {
            SlotHeader header = SlotHeader.parseFrom(wire.getSlots(1).getHeader()).toBuilder()
                    .setArgon2(dev.cairn.cas.seal.wire.Argon2Cost.newBuilder()
                            .setMemoryKib(memoryKib)
                            .setPasses(passes)
                            .setLanes(lanes))
                    .build();
            return wire.setSlots(1, wire.getSlots(1).toBuilder().setHeader(header.toByteString()));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Fields and slot kinds of a later version live through a change made by this one. */
    @Test
    void withSlot_unknownFieldsAndSlots_survive() throws Exception {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .build();
        dev.cairn.cas.seal.wire.Slot strange = dev.cairn.cas.seal.wire.Slot.newBuilder()
                .setHeader(SlotHeader.newBuilder()
                        .setKindValue(77)
                        .setId(ByteString.copyFrom(new byte[8]))
                        .build()
                        .toByteString())
                .build();
        byte[] bytes = tampered(wire -> wire.setUnknownFields(later).addSlots(strange));

        RepositoryConfiguration changed = parse(bytes).withSlot(slot(keyFile, KEYS), KEYS);
        Configuration wire = Configuration.parseFrom(
                SignedConfiguration.parseFrom(changed.bytes()).getConfiguration());

        assertThat(wire.getUnknownFields()).isEqualTo(later);
        assertThat(changed.slots().get(3).kind()).isEqualTo(SlotKind.UNKNOWN);
        assertThatCode(() -> changed.open(keyFile, "here")).doesNotThrowAnyException();
    }
}
