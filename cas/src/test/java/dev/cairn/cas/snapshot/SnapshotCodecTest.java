package dev.cairn.cas.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.SeededEntropy;
import dev.cairn.cas.snapshot.wire.SignedSnapshot;
import dev.cairn.cas.snapshot.wire.SnapshotBody;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SnapshotCodecTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));
    private static final RepositoryKeys OTHER = RepositoryKeys.generate(new SeededEntropy(2));
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
    private static final List<ObjectId> ROOTS = List.of(new ObjectId(1, 2, 3, 4), new ObjectId(5, 6, 7, 8));
    private static final RecordHeader.Lineage LINEAGE =
            new RecordHeader.Lineage(7, List.of(new ObjectId(9, 10, 11, 12)));

    private final Sealer sealer = new Sealer(KEYS, Compression.DEFAULT);
    private final SnapshotCodec codec = new SnapshotCodec(KEYS.roster());
    private final ReplicaIdentity replica =
            ReplicaIdentity.generate(KEYS.roster(), "laptop", TIME, new SeededEntropy(3));

    private static SnapshotDescription description() {
        return new SnapshotDescription(
                TIME,
                "laptop",
                "ann",
                List.of("/home/ann".getBytes(UTF_8), new byte[] {'/', (byte) 0xff}),
                List.of("daily"),
                new SnapshotDescription.Totals(10, 3, 1L << 40),
                2,
                "cairn 0.1");
    }

    private PlainObject built() {
        return codec.build(replica, ROOTS, LINEAGE, description());
    }

    private SnapshotRecord read(PlainObject object, RecordHeader.Lineage lineage) {
        return codec.read(sealer.hasher().id(object), object, lineage, "here");
    }

    @Test
    void open_sealedSnapshot_givesEveryField() {
        SnapshotCodec.Sealed sealed = codec.seal(sealer, replica, ROOTS, LINEAGE, description());
        SealedRecord stored = SealedRecord.parse(sealed.record().bytes(), "here");

        SnapshotRecord read = codec.open(sealer.open(stored, "here"), "here");

        assertThat(read.id()).isEqualTo(sealed.snapshot().id());
        assertThat(read.manifest()).isEqualTo(ROOTS.get(0));
        assertThat(read.roots()).isEqualTo(ROOTS);
        assertThat(read.sequence()).isEqualTo(7);
        assertThat(read.parents()).isEqualTo(LINEAGE.parents());
        assertThat(read.replica().replica()).isEqualTo(replica.id());
        assertThat(read.description()).usingRecursiveComparison().isEqualTo(description());
    }

    @Test
    void open_aRun_isDamage() {
        List<PlainObject> chunks = List.of(PlainObject.chunk(new byte[3]));
        SealedRecord run = sealer.sealRun(List.of(sealer.hasher().id(chunks.get(0))), chunks);

        assertThatThrownBy(() -> codec.open(sealer.open(run, "here"), "here"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("RUN");
    }

    @Test
    void read_clearHeaderSaysOtherwise_isDamage() {
        for (RecordHeader.Lineage other : List.of(
                new RecordHeader.Lineage(8, LINEAGE.parents()),
                new RecordHeader.Lineage(7, List.of()),
                new RecordHeader.Lineage(7, List.of(new ObjectId(1, 1, 1, 1))))) {
            assertThatThrownBy(() -> read(built(), other))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("in the clear");
        }
    }

    @Test
    void read_otherRoots_isDamage() {
        PlainObject built = built();
        for (List<ObjectId> roots :
                List.of(List.of(ROOTS.get(0)), List.of(ROOTS.get(1), ROOTS.get(0)), List.<ObjectId>of())) {
            PlainObject other = new PlainObject(ObjectType.SNAPSHOT, roots, List.of(), built.body());
            assertThatThrownBy(() -> read(other, LINEAGE)).isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void read_replicaOfAnotherRepository_isDamage() {
        ReplicaIdentity stranger = ReplicaIdentity.generate(OTHER.roster(), "laptop", TIME, new SeededEntropy(4));
        PlainObject object = codec.build(stranger, ROOTS, LINEAGE, description());

        assertThatThrownBy(() -> read(object, LINEAGE))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("not made with this repository's key");
    }

    @Test
    void read_signatureOfAnotherBody_isDamage() throws Exception {
        SignedSnapshot signed = SignedSnapshot.parseFrom(built().body());
        SnapshotBody other = SnapshotBody.parseFrom(signed.getBody()).toBuilder()
                .setHost("elsewhere")
                .build();
        byte[] forged = signed.toBuilder().setBody(other.toByteString()).build().toByteArray();
        PlainObject object = new PlainObject(ObjectType.SNAPSHOT, ROOTS, List.of(), forged);

        assertThatThrownBy(() -> read(object, LINEAGE))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("signature");
    }

    @Test
    void read_anyByteOfTheBodyChangedOrCut_isDamage() {
        byte[] body = built().body();
        for (int i = 0; i < body.length; i++) {
            byte[] changed = body.clone();
            changed[i] ^= 0x10;
            PlainObject object = new PlainObject(ObjectType.SNAPSHOT, ROOTS, List.of(), changed);
            assertThatThrownBy(() -> read(object, LINEAGE)).as("byte %d", i).isInstanceOf(CorruptDataException.class);
            PlainObject cut = new PlainObject(ObjectType.SNAPSHOT, ROOTS, List.of(), java.util.Arrays.copyOf(body, i));
            assertThatThrownBy(() -> read(cut, LINEAGE)).as("cut to %d", i).isInstanceOf(CorruptDataException.class);
        }
    }

    /** A field of a later version is inside what is signed, so it neither breaks the signature nor gets lost. */
    @Test
    void read_fieldOfALaterVersion_isAccepted() throws Exception {
        SnapshotBody body =
                SnapshotBody.parseFrom(SignedSnapshot.parseFrom(built().body()).getBody());
        byte[] later = body.toBuilder()
                .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                        .addVarint(5)
                                        .build())
                        .build())
                .build()
                .toByteArray();
        java.nio.ByteBuffer roots = java.nio.ByteBuffer.allocate(4 + 64).putInt(2);
        ROOTS.forEach(root -> root.write(roots));
        byte[] signature = replica.sign(
                "cairn snapshot 1".getBytes(UTF_8), KEYS.repositoryId().bytes(), roots.array(), later);
        byte[] signed = SignedSnapshot.newBuilder()
                .setBody(com.google.protobuf.ByteString.copyFrom(later))
                .setSignature(com.google.protobuf.ByteString.copyFrom(signature))
                .build()
                .toByteArray();

        PlainObject object = new PlainObject(ObjectType.SNAPSHOT, ROOTS, List.of(), signed);
        assertThat(read(object, LINEAGE).description().host()).isEqualTo("laptop");
    }

    @Test
    void description_beyondItsLimits_isRefused() {
        assertThatThrownBy(() -> new SnapshotDescription(
                        TIME,
                        "h",
                        "u",
                        java.util.Collections.nCopies(5000, new byte[1]),
                        List.of(),
                        new SnapshotDescription.Totals(0, 0, 0),
                        0,
                        "p"))
                .hasMessageContaining("paths (5000)");
        assertThatThrownBy(() -> new SnapshotDescription.Totals(-1, 0, 0)).hasMessageContaining("negative");
    }
}
