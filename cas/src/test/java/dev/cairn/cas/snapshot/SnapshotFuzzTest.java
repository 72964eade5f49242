package dev.cairn.cas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.seal.GoldenFile;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.SeededEntropy;
import dev.cairn.cas.snapshot.wire.SignedSnapshot;
import dev.cairn.cas.snapshot.wire.SnapshotBody;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Bodies of snapshots, as a holder of the key could seal them, and as a replica could sign them. */
final class SnapshotFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(CorruptDataException.class);

    /** Those of the golden files. */
    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));

    private static final ReplicaIdentity REPLICA = ReplicaIdentity.generate(
            KEYS.roster(), "laptop", Instant.ofEpochSecond(1_700_000_000, 123_456_789), new SeededEntropy(2));
    private static final List<ObjectId> ROOTS = List.of(new ObjectId(9, 10, 11, 12), new ObjectId(-1, -2, -3, -4));
    private static final RecordHeader.Lineage LINEAGE =
            new RecordHeader.Lineage(3, List.of(new ObjectId(1, 2, 3, 4), new ObjectId(5, 6, 7, 8)));
    private static final SnapshotCodec CODEC = new SnapshotCodec(KEYS.roster());

    @Override
    protected Map<String, Map<String, byte[]>> seeds() throws InvalidProtocolBufferException {
        byte[] golden = GoldenFile.read("snapshot-body.bin");
        byte[] body = SignedSnapshot.parseFrom(golden).getBody().toByteArray();
        return Map.of("sealed", Map.of("golden", golden), "signed", Map.of("golden", body));
    }

    private static void read(byte[] body) {
        PlainObject object = new PlainObject(ObjectType.SNAPSHOT, ROOTS, List.of(), body);
        ObjectId id = KEYS.hasher().id(object);
        PARSING.value(Parsing.FIXED_BYTES + 200L * body.length, () -> CODEC.read(id, object, LINEAGE, "fuzz"))
                .ifPresent(snapshot -> {
                    assertThat(snapshot.lineage()).isEqualTo(LINEAGE);
                    assertThat(snapshot.description().time()).isNotNull();
                    assertThat(snapshot.description().toString()).isNotEmpty();
                    PlainObject again =
                            CODEC.build(REPLICA, snapshot.roots(), snapshot.lineage(), snapshot.description());
                    SnapshotRecord same = PARSING.accepted(() -> CODEC.read(id, again, LINEAGE, "again"));
                    assertThat(same.description()).usingRecursiveComparison().isEqualTo(snapshot.description());
                });
    }

    @FuzzTest
    void sealed(byte[] input) {
        read(input);
    }

    /** The body, put behind what it must begin with, and signed. */
    @FuzzTest
    void signed(byte[] input) {
        byte[] head = SnapshotBody.newBuilder()
                .setReplica(REPLICA.certificate().toWire())
                .setSequence(3)
                .build()
                .toByteArray();
        boolean isWhole = input.length > 0 && input[0] == head[0];
        byte[] body = isWhole
                ? input
                : ByteBuffer.allocate(head.length + input.length)
                        .put(head)
                        .put(input)
                        .array();
        ByteBuffer roots =
                ByteBuffer.allocate(4 + ROOTS.size() * ObjectId.BYTES).putInt(ROOTS.size());
        ROOTS.forEach(root -> root.write(roots));
        byte[] signature = REPLICA.sign(
                "cairn snapshot 1".getBytes(StandardCharsets.US_ASCII),
                KEYS.repositoryId().bytes(),
                roots.array(),
                body);
        read(SignedSnapshot.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .setSignature(ByteString.copyFrom(signature))
                .build()
                .toByteArray());
    }
}
