package dev.cairn.cas.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.GoldenFile;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.SeededEntropy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Version 1 of a snapshot's body, signature and record. Ed25519 signatures do not vary, so all of it is written again. */
final class SnapshotGoldenTest {

    private static final Entropy ENTROPY = new SeededEntropy(1);
    private static final RepositoryKeys KEYS = RepositoryKeys.generate(ENTROPY);
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 123_456_789);
    private static final RecordHeader.Lineage LINEAGE =
            new RecordHeader.Lineage(3, List.of(new ObjectId(1, 2, 3, 4), new ObjectId(5, 6, 7, 8)));
    private static final List<ObjectId> ROOTS = List.of(new ObjectId(9, 10, 11, 12), new ObjectId(-1, -2, -3, -4));
    private static final SnapshotDescription DESCRIPTION = new SnapshotDescription(
            TIME,
            "host",
            "user",
            List.of("/home/user".getBytes(UTF_8), new byte[] {'/', (byte) 0xe9}),
            List.of("daily", "größer"),
            new SnapshotDescription.Totals(12, 3, 1L << 40),
            1,
            "cairn 1");

    /** Sealed once: AES-GCM refuses to encrypt under the same nonce again. */
    private static final SnapshotCodec.Sealed SEALED = sealed();

    private final SnapshotCodec codec = new SnapshotCodec(KEYS.roster());

    private static SnapshotCodec.Sealed sealed() {
        ReplicaIdentity replica = ReplicaIdentity.generate(KEYS.roster(), "laptop", TIME, new SeededEntropy(2));
        Sealer sealer = new Sealer(KEYS, new Compression.None(), new SeededEntropy(3));
        return new SnapshotCodec(KEYS.roster()).seal(sealer, replica, ROOTS, LINEAGE, DESCRIPTION);
    }

    @Test
    void seal_fixedSnapshot_isTheGoldenBytes() {
        assertThat(SEALED.record().bytes()).isEqualTo(GoldenFile.read("record-snapshot.bin"));
    }

    @Test
    void open_goldenSnapshot_isWhatWasSaid() {
        SealedRecord record = SealedRecord.parse(GoldenFile.read("record-snapshot.bin"), "golden");
        SnapshotRecord snapshot = codec.open(new Sealer(KEYS, Compression.DEFAULT).open(record, "golden"), "golden");

        assertThat(snapshot.roots()).isEqualTo(ROOTS);
        assertThat(snapshot.lineage()).isEqualTo(LINEAGE);
        assertThat(snapshot.description()).usingRecursiveComparison().isEqualTo(DESCRIPTION);
        assertThat(snapshot.id()).isEqualTo(SEALED.snapshot().id());
    }

    @Test
    void open_goldenBody_isTheBodyOfThatRecord() {
        SealedRecord record = SealedRecord.parse(GoldenFile.read("record-snapshot.bin"), "golden");
        PlainObject object =
                new Sealer(KEYS, Compression.DEFAULT).open(record, "golden").object(0);

        assertThat(object.body()).isEqualTo(GoldenFile.read("snapshot-body.bin"));
    }
}
