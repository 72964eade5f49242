package dev.cairn.cas.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.ReplicaCertificate;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.Revocations;
import dev.cairn.cas.seal.Roster;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.Timestamps;
import dev.cairn.cas.snapshot.wire.SignedSnapshot;
import dev.cairn.cas.snapshot.wire.SnapshotBody;
import dev.cairn.cas.snapshot.wire.Totals;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * Builds, signs and seals snapshots; opens and checks them.
 *
 * <p>The object's children are the roots; its body is a {@code SignedSnapshot}. What was signed is kept byte for byte, so
 * that fields of later versions survive. Sequence and parents stand in the signed body and in the clear header: a reader
 * compares them, since only the header is seen by a server without the key.
 *
 * <p>May be used from any thread.
 */
public final class SnapshotCodec {

    /** The largest body of a snapshot, in bytes: many times what its limits on paths and tags allow by use. */
    public static final int BODY_BYTES_MAX = 4 << 20;

    private static final byte[] LABEL = "cairn snapshot 1".getBytes(StandardCharsets.US_ASCII);

    private final Roster roster;
    private final Supplier<Revocations> revocations;

    /** For replicas of which none is revoked. */
    public SnapshotCodec(Roster roster) {
        this(roster, () -> Revocations.NONE);
    }

    /**
     * Reads and makes snapshots.
     *
     * @param revocations those of now, asked for with every snapshot that is read
     */
    public SnapshotCodec(Roster roster, Supplier<Revocations> revocations) {
        this.roster = roster;
        this.revocations = revocations;
    }

    /** A snapshot that was just made, and the record to store. */
    public record Sealed(SnapshotRecord snapshot, SealedRecord record) {}

    /**
     * Builds, signs and seals a snapshot.
     *
     * @param roots of its Merkle maps; the manifest's comes first
     * @throws IllegalArgumentException if it is too large: more paths and tags than any command line holds
     */
    public Sealed seal(
            Sealer sealer,
            ReplicaIdentity replica,
            List<ObjectId> roots,
            RecordHeader.Lineage lineage,
            SnapshotDescription description) {
        PlainObject object = build(replica, roots, lineage, description);
        ObjectId id = sealer.hasher().id(object);
        return new Sealed(
                new SnapshotRecord(id, roots, lineage, replica.certificate(), description),
                sealer.sealSnapshot(id, object, lineage));
    }

    /** Builds and signs a snapshot's object. */
    PlainObject build(
            ReplicaIdentity replica,
            List<ObjectId> roots,
            RecordHeader.Lineage lineage,
            SnapshotDescription description) {
        byte[] body = body(replica.certificate(), lineage, description).toByteArray();
        byte[] signed = SignedSnapshot.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .setSignature(ByteString.copyFrom(replica.sign(signedParts(roots, body))))
                .build()
                .toByteArray();
        if (signed.length > BODY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the snapshot's description takes %d bytes, more than %d".formatted(signed.length, BODY_BYTES_MAX));
        }
        return new PlainObject(ObjectType.SNAPSHOT, List.copyOf(roots), List.of(), signed);
    }

    /**
     * Reads the snapshot of an opened record, and checks everything about it.
     *
     * @throws CorruptDataException if its id, certificate or signature is wrong, the replica was revoked before it, or the clear
     *     header says otherwise
     */
    public SnapshotRecord open(OpenedRecord opened, String where) {
        RecordHeader.Lineage lineage = opened.header().lineage();
        if (opened.header().kind() != RecordKind.SNAPSHOT || lineage == null) {
            throw new CorruptDataException(
                    where, "a snapshot", "a record of kind " + opened.header().kind());
        }
        ObjectId id = opened.header().provided().get(0).id();
        return read(id, opened.object(0), lineage, where);
    }

    /** As {@link #open}, of an object whose id was checked, and the lineage in the clear header of its record. */
    SnapshotRecord read(ObjectId id, PlainObject object, RecordHeader.Lineage lineage, String where) {
        String place = "snapshot " + id + " at " + where;
        if (object.body().length > BODY_BYTES_MAX) {
            throw new CorruptDataException(
                    place, "at most " + BODY_BYTES_MAX + " bytes", object.body().length + " bytes");
        }
        try {
            SignedSnapshot signed = SignedSnapshot.parseFrom(object.body());
            byte[] bodyBytes = signed.getBody().toByteArray();
            SnapshotBody body = SnapshotBody.parseFrom(bodyBytes);
            ReplicaCertificate certificate = ReplicaCertificate.fromWire(body.getReplica(), place);
            roster.verify(
                    certificate,
                    signed.getSignature().toByteArray(),
                    place,
                    signedParts(object.nodeChildren(), bodyBytes));
            requireNotRevoked(id, certificate, place);
            RecordHeader.Lineage inside = new RecordHeader.Lineage(
                    body.getSequence(),
                    body.getParentsList().stream()
                            .map(parent -> ObjectId.of(parent.toByteArray()))
                            .toList());
            if (!inside.equals(lineage)) {
                throw new CorruptDataException(place, "the signed " + inside, "in the clear " + lineage);
            }
            return new SnapshotRecord(id, object.nodeChildren(), lineage, certificate, description(body));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw CorruptDataException.because(place, "not a snapshot: " + e.getMessage(), e);
        }
    }

    private void requireNotRevoked(ObjectId id, ReplicaCertificate certificate, String place) {
        if (!revocations.get().accepts(certificate.replica(), id)) {
            throw CorruptDataException.because(
                    place,
                    "it is not among the snapshots of %s that were accepted when that replica was revoked"
                            .formatted(certificate),
                    null);
        }
    }

    private byte[][] signedParts(List<ObjectId> roots, byte[] body) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + roots.size() * ObjectId.BYTES);
        buffer.putInt(roots.size());
        roots.forEach(root -> root.write(buffer));
        return new byte[][] {LABEL, roster.repositoryId().bytes(), buffer.array(), body};
    }

    private static SnapshotBody body(
            ReplicaCertificate certificate, RecordHeader.Lineage lineage, SnapshotDescription description) {
        SnapshotBody.Builder body = SnapshotBody.newBuilder()
                .setReplica(certificate.toWire())
                .setSequence(lineage.sequence())
                .setTime(Timestamps.toWire(description.time()))
                .setHost(description.host())
                .setUser(description.user())
                .addAllTags(description.tags())
                .setTotals(Totals.newBuilder()
                        .setFiles(description.totals().files())
                        .setDirectories(description.totals().directories())
                        .setBytes(description.totals().bytes()))
                .setUnreadable(description.unreadable())
                .setProgram(description.program());
        lineage.parents().forEach(parent -> body.addParents(ByteString.copyFrom(parent.bytes())));
        description.paths().forEach(path -> body.addPaths(ByteString.copyFrom(path)));
        return body.build();
    }

    private static SnapshotDescription description(SnapshotBody body) {
        return new SnapshotDescription(
                Timestamps.fromWire(body.getTime()),
                body.getHost(),
                body.getUser(),
                body.getPathsList().stream().map(ByteString::toByteArray).toList(),
                List.copyOf(body.getTagsList()),
                new SnapshotDescription.Totals(
                        body.getTotals().getFiles(),
                        body.getTotals().getDirectories(),
                        body.getTotals().getBytes()),
                body.getUnreadable(),
                body.getProgram());
    }
}
