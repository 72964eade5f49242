package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects into sealed records and back.
 *
 * <h2>Format</h2>
 *
 * All integers big-endian.
 *
 * <pre>
 *   record   clear header ({@link RecordHeader}) | nonce 24 | ciphertext | tag 16
 *   sealed   codec 1 | plain length 4 | payload length 4 | payload | zeros
 *   payload  length of each body (LEB128) | bodies back to back; compressed by the codec
 * </pre>
 *
 * <p>The cipher is XAES-256-GCM under the seal key of the header's epoch; the nonce is random. Associated data are the
 * repository id (32 bytes) and the whole clear header, so that a record cannot be passed off for another, or in another
 * repository. The zeros make the size of the whole record a PADMÉ size, and are exactly as many as that takes. Compression
 * comes before encryption; a payload that it makes smaller by less than a sixteenth stays raw.
 *
 * <p>May be used from any thread. Sealing and opening cost a few milliseconds a megabyte, nearly all of it compression.
 */
public final class Sealer {

    /** The most bytes of a payload before compression, lengths included. */
    public static final int PLAIN_BYTES_MAX = RecordHeader.RECORD_BYTES_MAX;

    private static final int PREFIX_BYTES = 1 + 4 + 4;

    private final RepositoryKeys keys;
    private final Compression compression;
    private final Entropy entropy;
    private final ObjectHasher hasher;
    private final byte[] repositoryId;
    private final ConcurrentHashMap<Integer, Xaes256Gcm> ciphers = new ConcurrentHashMap<>();

    /** A sealer for the newest epoch of {@code keys}. */
    public Sealer(RepositoryKeys keys, Compression compression) {
        this(keys, compression, Entropy.system());
    }

    /** As {@link #Sealer(RepositoryKeys, Compression)}, with nonces from {@code entropy}. */
    public Sealer(RepositoryKeys keys, Compression compression, Entropy entropy) {
        this.keys = keys;
        this.compression = compression;
        this.entropy = entropy;
        this.hasher = keys.hasher();
        this.repositoryId = keys.repositoryId().bytes();
    }

    /** Names objects of this repository. */
    public ObjectHasher hasher() {
        return hasher;
    }

    /**
     * Seals chunks into a run.
     *
     * @param ids of the chunks, in their order, as {@link #hasher} gave them; no id twice
     * @throws IllegalArgumentException if they do not fit a record
     */
    public SealedRecord sealRun(List<ObjectId> ids, List<PlainObject> chunks) {
        return seal(RecordKind.RUN, ids, chunks, null, compression);
    }

    /** As {@link #sealRun(List, List)}, compressed otherwise than the repository says: for paths that want none. */
    public SealedRecord sealRun(List<ObjectId> ids, List<PlainObject> chunks, Compression otherwise) {
        return seal(RecordKind.RUN, ids, chunks, null, otherwise);
    }

    /** Seals pages; parameters and limits as for {@link #sealRun(List, List)}. */
    public SealedRecord sealPages(List<ObjectId> ids, List<PlainObject> pages) {
        return seal(RecordKind.PAGE, ids, pages, null, compression);
    }

    /** Seals one snapshot, with its place in history in the clear. */
    public SealedRecord sealSnapshot(ObjectId id, PlainObject snapshot, RecordHeader.Lineage lineage) {
        return seal(RecordKind.SNAPSHOT, List.of(id), List.of(snapshot), lineage, compression);
    }

    /**
     * Seals anew a part of a run or of a record of pages: for a peer that lacks only that part.
     *
     * @param wanted the ids to keep; at least one of them must be in the record
     * @throws CorruptDataException if the record does not open, or an object wanted is not what its id names
     */
    public SealedRecord resealPart(SealedRecord record, Collection<ObjectId> wanted, String where) {
        return resealPart(open(record, where), wanted);
    }

    /** As {@link #resealPart(SealedRecord, Collection, String)}, of a record that was opened before. */
    public SealedRecord resealPart(OpenedRecord opened, Collection<ObjectId> wanted) {
        Set<ObjectId> kept = new HashSet<>(wanted);
        List<ObjectId> ids = new ArrayList<>();
        List<PlainObject> objects = new ArrayList<>();
        List<ProvidedObject> provided = opened.header().provided();
        for (int ordinal = 0; ordinal < provided.size(); ordinal++) {
            ObjectId id = provided.get(ordinal).id();
            if (kept.contains(id)) {
                ids.add(id);
                objects.add(opened.object(ordinal));
            }
        }
        return seal(opened.header().kind(), ids, objects, opened.header().lineage(), compression);
    }

    private SealedRecord seal(
            RecordKind kind,
            List<ObjectId> ids,
            List<PlainObject> objects,
            RecordHeader.@Nullable Lineage lineage,
            Compression with) {
        RecordHeader header = header(kind, ids, objects, lineage);
        long plainBytes = Payload.bytes(objects);
        requireFits(plainBytes, PLAIN_BYTES_MAX);
        Compressor compressor = Compressor.current();
        byte[] plain = compressor.plainBuffer((int) plainBytes);
        Payload.write(objects, plain);
        Compressor.Packed packed = compressor.pack(with, plain, (int) plainBytes);

        byte[] headerBytes = header.encode();
        long unpadded = unpaddedBytes(headerBytes.length, packed.length());
        requireFits(unpadded, RecordHeader.RECORD_BYTES_MAX);
        // The largest record has a PADMÉ size itself, so padding never goes beyond it.
        byte[] record = new byte[Padding.padded((int) unpadded)];
        byte[] nonce = entropy.bytes(Xaes256Gcm.NONCE_BYTES);
        ByteBuffer.wrap(record)
                .put(headerBytes)
                .put(nonce)
                .put((byte) packed.codec().code())
                .putInt((int) plainBytes)
                .putInt(packed.length())
                .put(packed.bytes(), 0, packed.length());
        int start = headerBytes.length + Xaes256Gcm.NONCE_BYTES;
        int length = record.length - start - Xaes256Gcm.TAG_BYTES;
        cipher(header.epoch(), "a new record")
                .seal(
                        nonce,
                        0,
                        record,
                        start,
                        length,
                        Xaes256Gcm.Part.of(repositoryId),
                        Xaes256Gcm.Part.of(headerBytes));
        return new SealedRecord(header, headerBytes.length, record);
    }

    private RecordHeader header(
            RecordKind kind, List<ObjectId> ids, List<PlainObject> objects, RecordHeader.@Nullable Lineage lineage) {
        if (ids.size() != objects.size()) {
            throw new IllegalArgumentException("%d ids for %d objects".formatted(ids.size(), objects.size()));
        }
        List<ProvidedObject> provided = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            PlainObject object = objects.get(i);
            if (object.type() != kind.provides()) {
                throw new IllegalArgumentException("a %s in a record of kind %s".formatted(object.type(), kind));
            }
            provided.add(new ProvidedObject(ids.get(i), object.nodeChildren(), object.chunkChildren()));
        }
        int suite = RecordHeader.SUITE_XAES_256_GCM;
        return new RecordHeader(suite, kind, keys.currentEpoch(), provided, lineage, List.of());
    }

    private static void requireFits(long bytes, int max) {
        if (bytes > max) {
            throw new IllegalArgumentException("%d bytes do not fit a record of %d".formatted(bytes, max));
        }
    }

    private static long unpaddedBytes(int headerBytes, int payloadBytes) {
        return (long) headerBytes + Xaes256Gcm.NONCE_BYTES + PREFIX_BYTES + payloadBytes + Xaes256Gcm.TAG_BYTES;
    }

    /**
     * Opens a record: checks its tag, decompresses it, and finds its objects. Their ids are recomputed as they are asked
     * for.
     *
     * @param where where the record comes from, for the message of an error
     * @throws CorruptDataException if a bit of it is not as it was sealed, or if it was sealed for another repository
     * @throws dev.cairn.cas.WrongKeyException if it was sealed under an epoch that these keys lack
     * @throws VersionMismatchException if it takes a newer Cairn to open it
     */
    public OpenedRecord open(SealedRecord record, String where) {
        RecordHeader header = record.header();
        if (header.suite() != RecordHeader.SUITE_XAES_256_GCM) {
            throw new VersionMismatchException(
                    "the cipher suite of the record at " + where, RecordHeader.SUITE_XAES_256_GCM, header.suite());
        }
        if (header.kind() == RecordKind.DELTA) {
            throw new VersionMismatchException(
                    "the record at %s is a delta, and delta records need a newer Cairn".formatted(where),
                    "Upgrade Cairn on this machine.");
        }
        byte[] sealed = decrypt(record, where);
        ByteBuffer prefix = ByteBuffer.wrap(sealed);
        int codecCode = prefix.get() & 0xff;
        int plainBytes = prefix.getInt();
        int payloadBytes = prefix.getInt();
        if (plainBytes < 0 || plainBytes > PLAIN_BYTES_MAX) {
            throw new CorruptDataException(
                    where, "at most " + PLAIN_BYTES_MAX + " plain bytes", Integer.toUnsignedString(plainBytes));
        }
        requireCanonicalPadding(record, sealed, payloadBytes, where);
        Codec codec = Codec.of(codecCode);
        if (codec == null) {
            throw new VersionMismatchException(
                    "the record at %s is compressed by codec %d, which this Cairn does not know"
                            .formatted(where, codecCode),
                    "Upgrade Cairn on this machine.");
        }
        byte[] plain = Compressor.current().unpack(codec, sealed, PREFIX_BYTES, payloadBytes, plainBytes, where);
        return new OpenedRecord(header, plain, hasher, where);
    }

    private byte[] decrypt(SealedRecord record, String where) {
        byte[] bytes = record.bytes();
        int start = record.headerBytes() + Xaes256Gcm.NONCE_BYTES;
        if (bytes.length < start + PREFIX_BYTES + Xaes256Gcm.TAG_BYTES) {
            throw new CorruptDataException(where, "a whole record", bytes.length + " bytes");
        }
        try {
            return cipher(record.header().epoch(), where)
                    .open(
                            bytes,
                            record.headerBytes(),
                            bytes,
                            start,
                            bytes.length - start,
                            Xaes256Gcm.Part.of(repositoryId),
                            new Xaes256Gcm.Part(bytes, 0, record.headerBytes()));
        } catch (AEADBadTagException e) {
            throw CorruptDataException.because(
                    where, "the record is not as it was sealed, or was sealed for another repository", e);
        }
    }

    private static void requireCanonicalPadding(SealedRecord record, byte[] sealed, int payloadBytes, String where) {
        int room = sealed.length - PREFIX_BYTES;
        if (payloadBytes < 0 || payloadBytes > room) {
            throw new CorruptDataException(
                    where, "a payload of at most " + room + " bytes", Integer.toUnsignedString(payloadBytes));
        }
        int canonical = Padding.padded((int) unpaddedBytes(record.headerBytes(), payloadBytes));
        if (canonical != record.bytes().length) {
            throw new CorruptDataException(
                    where, "a record of " + canonical + " bytes", record.bytes().length + " bytes");
        }
        int from = PREFIX_BYTES + payloadBytes;
        byte[] zeros = new byte[sealed.length - from];
        if (!Arrays.equals(sealed, from, sealed.length, zeros, 0, zeros.length)) {
            throw new CorruptDataException(where, "padding of zeros", "other bytes");
        }
    }

    private Xaes256Gcm cipher(int epoch, String where) {
        return ciphers.computeIfAbsent(epoch, e -> new Xaes256Gcm(keys.sealKey(e, where)));
    }
}
