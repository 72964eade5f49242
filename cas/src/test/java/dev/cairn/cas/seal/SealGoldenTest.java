package dev.cairn.cas.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.chunker.ChunkProfile;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Version 1 of records, slots, configuration and key files, byte by byte. What is compressed is only read: another version
 * of zstd may compress otherwise. Whoever changes one of these files makes another version of the format.
 */
final class SealGoldenTest {

    static final RepositoryKeys KEYS = keys();
    static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
    private static final Argon2Cost CHEAP = new Argon2Cost(64, 1, 2);
    private static final String TEXT = "All work and no play makes a dull repository.\n".repeat(40);

    private static RepositoryKeys keys() {
        byte[] root = new byte[Secret.BYTES];
        byte[] first = new byte[Secret.BYTES];
        byte[] second = new byte[Secret.BYTES];
        for (int i = 0; i < Secret.BYTES; i++) {
            root[i] = (byte) i;
            first[i] = (byte) (0x40 + i);
            second[i] = (byte) (0x80 + i);
        }
        TreeMap<Integer, Secret> epochs = new TreeMap<>();
        epochs.put(1, Secret.of(first));
        epochs.put(2, Secret.of(second));
        return RepositoryKeys.of(Secret.of(root), epochs);
    }

    /** Counts up from a number, byte by byte, over all calls. No two uses begin alike: AES-GCM refuses a repeated nonce. */
    static final class CountingEntropy implements Entropy {
        private byte next;

        CountingEntropy(int first) {
            next = (byte) first;
        }

        @Override
        public void fill(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = next++;
            }
        }
    }

    private static String hex(Secret secret) {
        return HexFormat.of().formatHex(secret.copy());
    }

    static List<PlainObject> chunks() {
        return List.of(
                PlainObject.chunk("one".getBytes(UTF_8)),
                PlainObject.chunk(new byte[0]),
                PlainObject.chunk(TEXT.getBytes(UTF_8)));
    }

    static List<PlainObject> pages() {
        ObjectId first = new ObjectId(1, 2, 3, 4);
        ObjectId second = new ObjectId(-1, -2, -3, -4);
        return List.of(
                new PlainObject(ObjectType.NODE, List.of(first), List.of(second, first), new byte[] {1, 2, 3}),
                new PlainObject(ObjectType.NODE, List.of(), List.of(), new byte[] {4}));
    }

    static SealedRecord sealChunks(Compression compression, int first) {
        Sealer sealer = new Sealer(KEYS, compression, new CountingEntropy(first));
        return sealer.sealRun(chunks().stream().map(sealer.hasher()::id).toList(), chunks());
    }

    static SealedRecord sealPages() {
        Sealer sealer = new Sealer(KEYS, new Compression.None(), new CountingEntropy(3));
        return sealer.sealPages(pages().stream().map(sealer.hasher()::id).toList(), pages());
    }

    static RepositoryConfiguration configuration() {
        Entropy entropy = new CountingEntropy(0);
        return RepositoryConfiguration.create(
                KEYS,
                ChunkProfile.DEFAULT,
                Compression.DEFAULT,
                List.of(
                        Slot.make(KeyFile.generate(KEYS.repositoryId(), entropy), KEYS, "file", TIME, CHEAP, entropy),
                        Slot.make(new SlotSecret.Password("Passwörd".toCharArray()), KEYS, "", TIME, CHEAP, entropy),
                        Slot.make(RecoveryCode.generate(entropy), KEYS, "paper", TIME, CHEAP, entropy)),
                TIME);
    }

    @Test
    void keys_derivedFromTheRootSecret_areThese() {
        assertThat(KEYS.repositoryId()).hasToString("cfd03aac7239b2a9af05a660e2412b937b93b47fca80d90e859db771e29d21a6");
        assertThat(hex(KEYS.idKey())).isEqualTo("f99713b04e36c2fa3b201ff0e353809309fe6fc6a0b34a53c1188424f09ba402");
        assertThat(hex(KEYS.chunkerKey()))
                .isEqualTo("c4bd707e88fac05aec5c3d237c3f60ff78a32583043270256e6361567dada3cb");
        assertThat(hex(KEYS.manifestKey()))
                .isEqualTo("a8f0ba6a8a5f605a051988b50bd8467037666025db70456cf6fbbf8554bd5246");
        assertThat(hex(KEYS.configurationKey()))
                .isEqualTo("9012ae887cea6fd2cf2bebd0e95caccffe7805e7e20cfaae18a4cabbc1f0b5bd");
        assertThat(hex(KEYS.localKey())).isEqualTo("3c36dfd767665710439aeafb92179eb2ce0f670f262194e3ebdd835a077c671a");
    }

    @Test
    void ids_ofEveryType_areThese() {
        ObjectHasher hasher = KEYS.hasher();
        PlainObject snapshot =
                new PlainObject(ObjectType.SNAPSHOT, List.of(new ObjectId(1, 2, 3, 4)), List.of(), new byte[] {9});

        assertThat(hasher.id(chunks().get(0)))
                .hasToString("45dcbe03e42ed8a58e98d1abd5a0653b34364bfac4c6cce3a41930b7f25c85b4");
        assertThat(hasher.id(pages().get(0)))
                .hasToString("02c33bb4d1cc8f1d74e2044741364ad699f2b269167f00b4911296d8e1417f5f");
        assertThat(hasher.id(snapshot)).hasToString("5bd96a865b5c9f0e5ab791be8d4c060f9da069340d3dfc6f4ed4b164032b62ff");
    }

    @Test
    void seal_rawRunAndPages_areTheGoldenBytes() {
        assertThat(sealChunks(new Compression.None(), 0).bytes()).isEqualTo(GoldenFile.read("record-run-raw.bin"));
        assertThat(sealPages().bytes()).isEqualTo(GoldenFile.read("record-page.bin"));
    }

    @Test
    void open_goldenRuns_giveTheChunks() {
        for (String name : List.of("record-run-raw.bin", "record-run-zstd.bin", "record-run-lz4.bin")) {
            SealedRecord record = SealedRecord.parse(GoldenFile.read(name), name);
            List<PlainObject> opened =
                    new Sealer(KEYS, Compression.DEFAULT).open(record, name).objects();

            assertThat(record.header().epoch()).isEqualTo(2);
            assertThat(opened).usingRecursiveComparison().isEqualTo(chunks());
        }
        assertThat(GoldenFile.read("record-run-zstd.bin")).hasSizeLessThan(400);
        assertThat(GoldenFile.read("record-run-lz4.bin")).hasSizeLessThan(400);
    }

    @Test
    void open_goldenPages_giveThePages() {
        SealedRecord record = SealedRecord.parse(GoldenFile.read("record-page.bin"), "golden");

        assertThat(new Sealer(KEYS, Compression.DEFAULT).open(record, "golden").objects())
                .usingRecursiveComparison()
                .isEqualTo(pages());
    }

    /** The header of a delta that refers to no page. */
    @Test
    void header_ofADelta_isTheGoldenBytes() {
        RecordHeader header = new RecordHeader(
                RecordHeader.SUITE_XAES_256_GCM,
                RecordKind.DELTA,
                2,
                List.of(ProvidedObject.chunk(new ObjectId(1, 2, 3, 4)), ProvidedObject.chunk(new ObjectId(5, 6, 7, 8))),
                null,
                List.of(new ObjectId(-1, -2, -3, -4)));

        assertThat(header.encode()).isEqualTo(GoldenFile.read("header-delta.bin"));
        assertThat(RecordHeader.parse(ByteBuffer.wrap(GoldenFile.read("header-delta.bin")), "golden", ChildSource.NONE))
                .isEqualTo(header);
    }

    /** The header of a delta of a page: two children and one more of the page that it replaces, and one new child between. */
    @Test
    void header_ofADeltaOfAPage_isTheGoldenBytes() {
        ObjectId base = new ObjectId(21, 22, 23, 24);
        List<ObjectId> children = List.of(
                new ObjectId(1, 1, 1, 1), new ObjectId(2, 2, 2, 2), new ObjectId(3, 3, 3, 3), new ObjectId(4, 4, 4, 4));
        ChildSource known = page -> {
            assertThat(page).isEqualTo(base);
            return children;
        };
        ProvidedObject page = new ProvidedObject(
                new ObjectId(9, 10, 11, 12),
                List.of(children.get(0), children.get(1), new ObjectId(-5, -6, -7, -8)),
                List.of(children.get(3)));
        RecordHeader header =
                RecordHeader.pageDelta(RecordHeader.SUITE_XAES_256_GCM, 2, List.of(page), List.of(base), known);

        byte[] golden = GoldenFile.read("header-page-delta.bin");
        assertThat(header.encode()).isEqualTo(golden);
        assertThat(RecordHeader.parse(ByteBuffer.wrap(golden), "golden", known)).isEqualTo(header);
        assertThat(header.idsReferred()).isEqualTo(3);
        assertThatThrownBy(() -> RecordHeader.parse(ByteBuffer.wrap(golden), "golden", ChildSource.NONE))
                .isInstanceOf(MissingObjectsException.class);
    }

    @Test
    void configuration_withASlotOfEachKind_isTheGoldenBytes() {
        assertThat(configuration().bytes()).isEqualTo(GoldenFile.read("configuration.bin"));
    }

    @Test
    void open_goldenConfiguration_bySecretsInTheirTextForms() {
        RepositoryConfiguration configuration =
                RepositoryConfiguration.parse(GoldenFile.read("configuration.bin"), "golden");
        String recoveryCode = new String(GoldenFile.read("recovery-code.txt"), UTF_8);
        for (SlotSecret secret : List.of(
                KeyFile.parse(GoldenFile.read("key-file.txt"), "golden"),
                new SlotSecret.Password("Passwörd".toCharArray()),
                RecoveryCode.parse(recoveryCode))) {
            RepositoryKeys keys = configuration.open(secret, "golden").keys();
            assertThat(keys.currentEpoch()).isEqualTo(2);
            assertThat(hex(keys.sealKey(2, "golden"))).isEqualTo(hex(KEYS.sealKey(2, "golden")));
        }
    }

    @Test
    void encode_keyFileAndRecoveryCode_areTheGoldenText() {
        KeyFile keyFile = KeyFile.generate(KEYS.repositoryId(), new CountingEntropy(0));

        assertThat(new String(keyFile.encode(), UTF_8)).isEqualTo(new String(GoldenFile.read("key-file.txt"), UTF_8));
        String code = new String(GoldenFile.read("recovery-code.txt"), UTF_8).strip();
        assertThat(RecoveryCode.parse(code).text()).isEqualTo(code);
    }

    @Test
    void replicaFile_ofAFixedReplica_isTheGoldenBytes() {
        assertThat(replica().toFile(KEYS, "place".getBytes(UTF_8), new CountingEntropy(0x77)))
                .isEqualTo(GoldenFile.read("replica-file.bin"));
        assertThat(ReplicaIdentity.fromFile(
                                KEYS, GoldenFile.read("replica-file.bin"), "place".getBytes(UTF_8), "golden")
                        .orElseThrow()
                        .id())
                .hasToString("202122232425262728292a2b2c2d2e2f");
    }

    static ReplicaIdentity replica() {
        return ReplicaIdentity.generate(KEYS.roster(), "laptop", TIME, new CountingEntropy(0));
    }
}
