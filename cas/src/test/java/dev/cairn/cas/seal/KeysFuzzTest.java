package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.wire.SignedConfiguration;
import dev.cairn.cas.seal.wire.WrappedSecrets;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configurations, key slots, certificates, replica files and the texts of keys, each from outside and as a holder of the key could make it. */
final class KeysFuzzTest extends FuzzSuite {

    private static final Parsing PARSING =
            Parsing.refusedBy(CorruptDataException.class, VersionMismatchException.class, WrongKeyException.class);
    private static final Parsing TEXT = Parsing.refusedBy(IllegalArgumentException.class);
    private static final RepositoryKeys KEYS = SealGoldenTest.KEYS;
    private static final byte[] PLACE = "place".getBytes(StandardCharsets.UTF_8);
    private static final SlotSecret KEY_FILE = KeyFile.parse(GoldenFile.read("key-file.txt"), "golden");
    private static final RepositoryConfiguration CONFIGURATION = SealGoldenTest.configuration();
    private static final SlotKey SLOT_KEY =
            CONFIGURATION.open(KEY_FILE, "golden").key();
    private static final Secret SLOT_PRIVATE = Secret.of(new byte[Secret.BYTES]);
    private static final byte[] SLOT_PUBLIC = X25519.publicKey(SLOT_PRIVATE);
    private static final byte[] SLOT_HEADER = {1, 2, 3};

    private static byte[] secrets() {
        WrappedSecrets.Builder secrets = WrappedSecrets.newBuilder()
                .setRoot(ByteString.copyFrom(KEYS.root().copy()));
        KEYS.sealKeys()
                .forEach((epoch, key) ->
                        secrets.addSealKeysBuilder().setEpoch(epoch).setKey(ByteString.copyFrom(key.copy())));
        return secrets.build().toByteArray();
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        Map<String, Map<String, byte[]>> seeds = new LinkedHashMap<>();
        seeds.put("configuration", Map.of("golden", GoldenFile.read("configuration.bin")));
        RepositoryConfiguration revoked = CONFIGURATION
                .withRevocations(
                        Revocations.NONE.with(
                                ReplicaId.of(new byte[ReplicaId.BYTES]),
                                SealGoldenTest.TIME,
                                List.of(new ObjectId(1, 2, 3, 4))),
                        KEYS)
                .withoutSlot(CONFIGURATION.slots().getLast().id(), KEYS);
        seeds.put(
                "signedConfiguration",
                Map.of(
                        "golden", CONFIGURATION.wire().toByteArray(),
                        "revoked", revoked.wire().toByteArray()));
        seeds.put("wrappedKeys", Map.of("two-epochs", secrets()));
        byte[] replica = GoldenFile.read("replica-file.bin");
        seeds.put("replicaFile", Map.of("golden", replica));
        seeds.put(
                "certificate",
                Map.of("laptop", SealGoldenTest.replica().certificate().toWire().toByteArray()));
        seeds.put(
                "noteContent",
                Map.of(
                        "tag",
                        padded("größer"),
                        "certificate",
                        padded("no certificate at all, but a text of some length")));
        seeds.put(
                "keyText",
                Map.of(
                        "key-file", GoldenFile.read("key-file.txt"),
                        "recipient", RecipientKey.generate(new SeededEntropy(4)).encode(),
                        "recovery-code", GoldenFile.read("recovery-code.txt"),
                        "public",
                                RecipientKey.generate(new SeededEntropy(4))
                                        .publicKey()
                                        .toString()
                                        .getBytes(StandardCharsets.US_ASCII)));
        return seeds;
    }

    private static byte[] padded(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(64).putShort((short) bytes.length).put(bytes).array();
    }

    /** As a server or a disk gives it. */
    @FuzzTest
    void configuration(byte[] input) {
        PARSING.value(bytesMax(input), () -> RepositoryConfiguration.parse(input, "fuzz"))
                .ifPresent(KeysFuzzTest::assertUsable);
    }

    /** As a holder of the keys could sign it. */
    @FuzzTest
    void signedConfiguration(byte[] input) {
        byte[] mac = Derivation.mac(KEYS.configurationKey(), "cairn configuration 1", input);
        byte[] signed = SignedConfiguration.newBuilder()
                .setConfiguration(ByteString.copyFrom(input))
                .setMac(ByteString.copyFrom(mac))
                .setDigest(ByteString.copyFrom(Derivation.digest("cairn configuration digest 1", input, mac)))
                .build()
                .toByteArray();
        PARSING.value(bytesMax(input), () -> RepositoryConfiguration.parse(signed, "fuzz"))
                .ifPresent(configuration -> {
                    assertUsable(configuration);
                    PARSING.value(bytesMax(input), () -> configuration.open(KEY_FILE, "fuzz"));
                    PARSING.value(
                            bytesMax(input),
                            () -> new ConfigurationMerge(CONFIGURATION, configuration, SLOT_KEY, "fuzz")
                                    .merge(KEYS, KEYS::epochs, Entropy.system()));
                });
    }

    private static long bytesMax(byte[] input) {
        return Parsing.FIXED_BYTES + 100L * input.length;
    }

    private static void assertUsable(RepositoryConfiguration configuration) {
        assertThat(configuration.epochs()).hasSizeBetween(1, RepositoryKeys.EPOCHS_MAX);
        assertThat(configuration.destroyedEpochs()).hasSizeLessThanOrEqualTo(RepositoryKeys.EPOCHS_MAX);
        assertThat(configuration.removedSlots()).hasSizeLessThanOrEqualTo(RepositoryConfiguration.REMOVED_SLOTS_MAX);
        assertThat(configuration.revision()).isNotNegative();
        assertThat(configuration.slots()).allSatisfy(slot -> {
            assertThat(slot.created()).isNotNull();
            assertThat(slot.toString()).isNotEmpty();
        });
        RepositoryConfiguration again =
                PARSING.accepted(() -> RepositoryConfiguration.parse(configuration.bytes(), "again"));
        assertThat(again.wire()).isEqualTo(configuration.wire());
    }

    /** The secrets of a slot, as whoever knows its public key could seal them. */
    @FuzzTest
    void wrappedKeys(byte[] input) throws Exception {
        Secret ephemeral = Secret.random(Entropy.system());
        byte[] ephemeralPublic = X25519.publicKey(ephemeral);
        byte[] wrapped = new byte[X25519.KEY_BYTES + Xaes256Gcm.NONCE_BYTES + input.length + Xaes256Gcm.TAG_BYTES];
        ByteBuffer.wrap(wrapped)
                .put(ephemeralPublic)
                .put(Entropy.system().bytes(Xaes256Gcm.NONCE_BYTES))
                .put(input);
        byte[] shared = X25519.agree(ephemeral, SLOT_PUBLIC);
        new Xaes256Gcm(Derivation.derive(shared, new byte[0], "cairn slot wrapping 1", ephemeralPublic, SLOT_PUBLIC))
                .seal(
                        wrapped,
                        X25519.KEY_BYTES,
                        wrapped,
                        X25519.KEY_BYTES + Xaes256Gcm.NONCE_BYTES,
                        input.length,
                        Xaes256Gcm.Part.of("cairn slot secrets 1".getBytes(StandardCharsets.US_ASCII)),
                        Xaes256Gcm.Part.of(KEYS.repositoryId().bytes()),
                        Xaes256Gcm.Part.of(SLOT_HEADER));
        PARSING.value(
                        bytesMax(input),
                        () -> WrappedKeys.unwrap(
                                wrapped, SLOT_PRIVATE, SLOT_PUBLIC, SLOT_HEADER, KEYS.repositoryId(), "fuzz"))
                .ifPresent(keys -> assertThat(keys.epochs()).hasSizeBetween(1, RepositoryKeys.EPOCHS_MAX));
    }

    @FuzzTest
    void replicaFile(byte[] input) {
        PARSING.value(bytesMax(input), () -> ReplicaIdentity.fromFile(KEYS, input, PLACE, "fuzz"))
                .ifPresent(identity -> identity.ifPresent(
                        one -> assertThat(one.id().toString()).isEqualTo("202122232425262728292a2b2c2d2e2f")));
    }

    @FuzzTest
    void certificate(byte[] input) {
        dev.cairn.cas.seal.wire.ReplicaCertificate wire;
        try {
            wire = dev.cairn.cas.seal.wire.ReplicaCertificate.parseFrom(input);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        PARSING.value(bytesMax(input), () -> ReplicaCertificate.fromWire(wire, "fuzz"))
                .ifPresent(certificate -> {
                    PARSING.value(bytesMax(input), () -> {
                        KEYS.roster().verify(certificate, "fuzz");
                        return certificate;
                    });
                    ReplicaCertificate again =
                            PARSING.accepted(() -> ReplicaCertificate.fromWire(certificate.toWire(), "again"));
                    assertThat(again).usingRecursiveComparison().isEqualTo(certificate);
                });
    }

    /** The sealed parts of a note, as a holder of the key could seal them: the tag and the certificate. Padded by us. */
    @FuzzTest
    void noteContent(byte[] input) {
        ObjectId snapshot = new ObjectId(1, 2, 3, 4);
        byte[] author = SealGoldenTest.replica().certificate().publicKey();
        byte[] subject = new byte[Note.KEY_BYTES];
        byte[] plain = Arrays.copyOf(input, Math.clamp((input.length + 63L) / 64 * 64, 64, 512));
        byte[] tag = sealedPart(plain, "cairn tag 1", snapshot.bytes(), subject);
        byte[] certificate = sealedPart(plain, "cairn note certificate 1", author);
        byte[] body = ByteBuffer.allocate(subject.length + tag.length)
                .put(subject)
                .put(tag)
                .array();
        byte[] statement = Note.statement(dev.cairn.cas.NoteKind.TAG, snapshot, 5, author, body, certificate);
        Note note = Note.parse(Arrays.copyOf(statement, statement.length + Note.SIGNATURE_BYTES), "fuzz");
        PARSING.value(bytesMax(input), () -> KEYS.noteSeal().tag(note, "fuzz"))
                .ifPresent(text -> assertThat(text).isNotEmpty());
        PARSING.value(bytesMax(input), () -> KEYS.noteSeal().certificate(note, "fuzz"));
    }

    private static byte[] sealedPart(byte[] plain, String label, byte[]... about) {
        byte[] nonce = Entropy.system().bytes(Xaes256Gcm.NONCE_BYTES);
        byte[] sealed = ByteBuffer.allocate(nonce.length + plain.length + Xaes256Gcm.TAG_BYTES)
                .put(nonce)
                .put(plain)
                .array();
        Xaes256Gcm.Part[] parts = new Xaes256Gcm.Part[2 + about.length];
        parts[0] = Xaes256Gcm.Part.of(label.getBytes(StandardCharsets.US_ASCII));
        parts[1] = Xaes256Gcm.Part.of(KEYS.repositoryId().bytes());
        for (int i = 0; i < about.length; i++) {
            parts[2 + i] = Xaes256Gcm.Part.of(about[i]);
        }
        new Xaes256Gcm(Derivation.derive(KEYS.root(), new byte[0], "cairn note key 1"))
                .seal(nonce, 0, sealed, nonce.length, plain.length, parts);
        return sealed;
    }

    /** Files that hold a key, codes and public keys as people type them. */
    @FuzzTest
    void keyText(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        PARSING.value(bytesMax(input), () -> KeyFile.parse(input, "fuzz"))
                .ifPresent(file -> assertThat(PARSING.accepted(() -> KeyFile.parse(file.encode(), "again"))
                                .key()
                                .matches(file.key()))
                        .isTrue());
        PARSING.value(bytesMax(input), () -> RecipientKey.parse(input, "fuzz"))
                .ifPresent(key -> assertThat(PARSING.accepted(() -> RecipientKey.parse(key.encode(), "again"))
                                .encode())
                        .isEqualTo(key.encode()));
        PARSING.value(bytesMax(input), () -> RecoveryCode.parse(text))
                .ifPresent(code -> assertThat(PARSING.accepted(() -> RecoveryCode.parse(code.text()))
                                .text())
                        .isEqualTo(code.text()));
        TEXT.value(bytesMax(input), () -> RecipientPublicKey.parse(text))
                .ifPresent(key -> assertThat(
                                RecipientPublicKey.parse(key.toString()).toString())
                        .isEqualTo(key.toString()));
        assertThat(List.of(RecipientKey.isOne(input))).isNotEmpty();
        TEXT.value(bytesMax(input), () -> SlotId.parse(text));
        TEXT.value(bytesMax(input), () -> ReplicaId.parse(text));
    }
}
