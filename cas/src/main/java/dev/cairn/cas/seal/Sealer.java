package dev.cairn.cas.seal;

import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.UnspeltHeader;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * <p>The payload of a delta of chunks is a gap delta, for which the bodies of its bases, back to back in the order of the header,
 * are the base. That of a delta of pages may be compressed by any codec: pages have more to gain from the ids that the header
 * need not spell.
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

    /**
     * A delta that is worth it.
     *
     * @param longestLiteral the longest stretch of new bytes that does not come from the bases
     * @param placedBy a base that a long stretch comes from, null if none is long enough to tell
     * @param at where that stretch ends, counted through the new chunks
     * @param atInBase where it ends in that base
     */
    public record SealedDelta(
            SealedRecord record,
            int longestLiteral,
            @Nullable ObjectId placedBy,
            int at,
            int atInBase) {}

    private final Compression compression;
    private final Entropy entropy;
    private final ObjectHasher hasher;
    private final RecordCiphers ciphers;

    /** A sealer for the newest epoch of {@code keys}. */
    public Sealer(RepositoryKeys keys, Compression compression) {
        this(keys, compression, Entropy.system());
    }

    /** As {@link #Sealer(RepositoryKeys, Compression)}, with nonces from {@code entropy}. */
    public Sealer(RepositoryKeys keys, Compression compression, Entropy entropy) {
        this(keys, compression, entropy, epoch -> null);
    }

    /** Finds keys of an epoch that began after a repository was opened. */
    @FunctionalInterface
    public interface NewerKeys {
        /** The repository's keys of now, if they have that epoch; null if not. */
        @Nullable
        RepositoryKeys with(int epoch);
    }

    /** As above; records of an epoch that {@code keys} lack open by those that {@code newerKeys} finds. */
    public Sealer(RepositoryKeys keys, Compression compression, Entropy entropy, NewerKeys newerKeys) {
        this.compression = compression;
        this.entropy = entropy;
        this.hasher = keys.hasher();
        this.ciphers = new RecordCiphers(keys, newerKeys);
    }

    /** Seals under the newest of these from now on, and opens by them what it could not. They are of the same repository. */
    public void use(RepositoryKeys others) {
        ciphers.use(others);
    }

    /** The epoch that it seals under. */
    public int epoch() {
        return ciphers.currentEpoch();
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

    /** As {@link #resealPart(SealedRecord, Collection, String)}, of a record that may be a delta: what comes of it is none. */
    public SealedRecord resealPart(SealedRecord record, Collection<ObjectId> wanted, String where, ObjectSource bases) {
        return resealPart(open(record, where, bases), wanted);
    }

    /** Likewise, of a record that was opened before. What is not compressed stays so: its sizes were to tell nothing. */
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
        RecordKind kind = switch (opened.header().kind()) {
            case RUN, DELTA -> RecordKind.RUN;
            case PAGE, PAGE_DELTA -> RecordKind.PAGE;
            case SNAPSHOT -> RecordKind.SNAPSHOT;
        };
        Compression packing = opened.isRaw() ? new Compression.None() : compression;
        return seal(kind, ids, objects, opened.header().lineage(), packing);
    }

    /**
     * Seals a record anew under the newest epoch, as it is: the same kind, objects, bases and payload. For one that was opened and
     * verified before; costs a decryption and an encryption.
     *
     * @throws CorruptDataException if it is not as it was sealed
     */
    public SealedRecord reseal(SealedRecord record, String where) {
        RecordHeader old = record.header();
        requireSuite(old.suite(), where);
        RecordCiphers.Decrypted sealed = decrypt(record, where);
        RecordHeader header = new RecordHeader(
                old.suite(),
                old.kind(),
                ciphers.currentEpoch(),
                old.provided(),
                old.lineage(),
                old.bases(),
                old.pages(),
                old.lists());
        byte[] bytes = new byte[record.bytes().length];
        ByteBuffer.wrap(bytes)
                .put(header.encode())
                .put(entropy.bytes(Xaes256Gcm.NONCE_BYTES))
                .put(sealed.bytes(), 0, sealed.length());
        return ciphers.encrypt(header, record.headerBytes(), bytes);
    }

    /**
     * Seals chunks as a delta, if that is worth it: if it takes {@value Deltas#WORTH_PERCENT} % or less of what a run of them
     * would take, by samples. Bases of which nothing is used are left out.
     *
     * <p>Takes the bytes of the chunks once more beside what it is given and what a {@link dev.cairn.delta.gap.GapEncoder} takes,
     * and 10 ms for each MiB of chunks.
     *
     * @param ids of the chunks, as for {@link #sealRun(List, List)}
     * @param chunks if they are more than {@value Deltas#CHUNK_BYTES_MAX} bytes, it is not worth it
     * @param bases are used up
     * @param pages that have bases among their children; those by which it pays to name bases are referred to
     * @param known knows the children of {@code pages}
     * @return empty if it is not worth it
     */
    public Optional<SealedDelta> sealDelta(
            List<ObjectId> ids, List<PlainObject> chunks, Bases bases, List<ObjectId> pages, ChildSource known) {
        long bytes = Payload.bytes(chunks);
        if (bytes > Deltas.CHUNK_BYTES_MAX) {
            return Optional.empty();
        }
        try (Deltas coder = Deltas.take()) {
            return sealDelta(coder, ids, chunks, (int) bytes, bases, pages, known);
        }
    }

    private Optional<SealedDelta> sealDelta(
            Deltas coder,
            List<ObjectId> ids,
            List<PlainObject> chunks,
            int plainBytes,
            Bases bases,
            List<ObjectId> pages,
            ChildSource known) {
        byte[] plain = coder.plainBuffer(plainBytes);
        Payload.write(chunks, plain);
        Deltas.Encoded delta = coder.encode(plain, plainBytes, bases);
        if (delta == null) {
            return Optional.empty();
        }
        Set<ObjectId> named = new HashSet<>(delta.bases());
        List<ObjectId> naming = pages.stream()
                .filter(page -> known.children(page).stream()
                                .filter(named::contains)
                                .limit(Deltas.NAMED_MIN)
                                .count()
                        >= Deltas.NAMED_MIN)
                .limit(RecordHeader.PAGES_MAX)
                .toList();
        RecordHeader header = RecordHeader.delta(
                RecordHeader.SUITE_XAES_256_GCM, ciphers.currentEpoch(), ids, delta.bases(), naming, known);
        long worth = Compressor.current().estimate(compression, plain, plainBytes) * Deltas.WORTH_PERCENT / 100;
        if (header.encodedBytes() + delta.payload().length > worth) {
            return Optional.empty();
        }
        Compressor.Packed packed = new Compressor.Packed(Codec.GAP, delta.payload(), delta.payload().length);
        int contentAt = plainBytes
                - chunks.stream().mapToInt(chunk -> chunk.body().length).sum();
        Deltas.Place place = delta.place();
        return Optional.of(new SealedDelta(
                seal(header, plainBytes, packed),
                delta.longestLiteral(),
                place == null ? null : bases.id(place.base()),
                place == null ? 0 : place.at() - contentAt,
                place == null ? 0 : place.atInBase()));
    }

    /**
     * Seals a page as a delta of the page that it replaces, if that takes half of what the page itself would, or less.
     *
     * @param known knows the children of the old page
     */
    public Optional<SealedRecord> sealPageDelta(
            ObjectId id, PlainObject page, ObjectId oldId, PlainObject old, ChildSource known) {
        ProvidedObject provided = new ProvidedObject(id, page.nodeChildren(), page.chunkChildren());
        int suite = RecordHeader.SUITE_XAES_256_GCM;
        int epoch = ciphers.currentEpoch();
        RecordHeader header = RecordHeader.pageDelta(suite, epoch, List.of(provided), List.of(oldId), known);
        RecordHeader whole = RecordHeader.pages(suite, epoch, List.of(provided));
        List<PlainObject> pages = List.of(page);
        byte[] plain = new byte[Math.toIntExact(Payload.bytes(pages))];
        Payload.write(pages, plain);
        Compressor.Packed plainly = Compressor.current().pack(compression, plain, plain.length);
        long worth = unpaddedBytes(whole.encodedBytes(), plainly.length()) / 2;
        boolean fits = plain.length <= Deltas.CHUNK_BYTES_MAX && old.body().length <= Deltas.BASE_BYTES_MAX;
        Deltas.Encoded delta = fits ? encoded(plain, Bases.of(oldId, old.body())) : null;
        Compressor.Packed packed = delta != null && delta.payload().length < plainly.length()
                ? new Compressor.Packed(Codec.GAP, delta.payload(), delta.payload().length)
                : plainly;
        return unpaddedBytes(header.encodedBytes(), packed.length()) > worth
                ? Optional.empty()
                : Optional.of(seal(header, plain.length, packed));
    }

    private static Deltas.@Nullable Encoded encoded(byte[] plain, Bases old) {
        try (Deltas coder = Deltas.take()) {
            return coder.encode(plain, plain.length, old);
        }
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
        return seal(header, (int) plainBytes, compressor.pack(with, plain, (int) plainBytes));
    }

    private SealedRecord seal(RecordHeader header, int plainBytes, Compressor.Packed packed) {
        byte[] headerBytes = header.encode();
        long unpadded = unpaddedBytes(headerBytes.length, packed.length());
        requireFits(unpadded, RecordHeader.RECORD_BYTES_MAX);
        // The largest record has a PADMÉ size itself, so padding never goes beyond it.
        byte[] record = new byte[Padding.padded((int) unpadded)];
        ByteBuffer.wrap(record)
                .put(headerBytes)
                .put(entropy.bytes(Xaes256Gcm.NONCE_BYTES))
                .put((byte) packed.codec().code())
                .putInt(plainBytes)
                .putInt(packed.length())
                .put(packed.bytes(), 0, packed.length());
        return ciphers.encrypt(header, headerBytes.length, record);
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
        return new RecordHeader(suite, kind, ciphers.currentEpoch(), provided, lineage, List.of());
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
        return open(record, where, (id, type) -> {
            throw new IllegalArgumentException("a delta, and nothing to read its bases from: " + where);
        });
    }

    /**
     * As {@link #open(SealedRecord, String)}, of a record that may be a delta. A base that is not right shows in the objects
     * that are built from it.
     *
     * <p>Opening a delta of depth n holds its bases, {@value Deltas#BASE_BYTES_MAX} bytes at most, for each step down.
     *
     * @param bases reads what a delta builds on
     */
    public OpenedRecord open(SealedRecord record, String where, ObjectSource bases) {
        RecordHeader header = record.header();
        requireSuite(header.suite(), where);
        RecordCiphers.Decrypted sealed = decrypt(record, where);
        ByteBuffer prefix = ByteBuffer.wrap(sealed.bytes());
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
        if ((header.kind() == RecordKind.DELTA && codec != Codec.GAP)
                || (codec == Codec.GAP && !header.kind().isDelta())) {
            throw new CorruptDataException(where, "a gap delta in a delta only", codec + " in a " + header.kind());
        }
        // The bases of a delta are opened before it is decoded, by this thread and so through the same buffer of
        // ciphers.
        byte[] plain = codec == Codec.GAP
                ? Deltas.decode(header, sealed.copy(), PREFIX_BYTES, payloadBytes, plainBytes, bases, where)
                : Compressor.current().unpack(codec, sealed.bytes(), PREFIX_BYTES, payloadBytes, plainBytes, where);
        return new OpenedRecord(header, codec, plain, hasher, where);
    }

    /**
     * Checks that a holder of the key wrote a header, before much is done on its word: to find the bases of a delta may take
     * many requests to a peer, of which nothing is known but that it does not have the key. Costs the decryption of the record.
     *
     * @param bytes the record that begins with {@code header}
     * @throws CorruptDataException if a bit of the record is not as it was sealed
     * @throws dev.cairn.cas.WrongKeyException if it was sealed under an epoch that these keys lack
     * @throws VersionMismatchException if it takes a newer Cairn to open it
     */
    public void authenticate(byte[] bytes, UnspeltHeader header) {
        requireSuite(header.suite(), header.where());
        ciphers.decrypt(bytes, header.bytes(), header.epoch(), PREFIX_BYTES, header.where());
    }

    private static void requireSuite(int suite, String where) {
        if (suite != RecordHeader.SUITE_XAES_256_GCM) {
            throw new VersionMismatchException(
                    "the cipher suite of the record at " + where, RecordHeader.SUITE_XAES_256_GCM, suite);
        }
    }

    private RecordCiphers.Decrypted decrypt(SealedRecord record, String where) {
        return ciphers.decrypt(
                record.bytes(), record.headerBytes(), record.header().epoch(), PREFIX_BYTES, where);
    }

    private static void requireCanonicalPadding(
            SealedRecord record, RecordCiphers.Decrypted sealed, int payloadBytes, String where) {
        int room = sealed.length() - PREFIX_BYTES;
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
        byte[] zeros = new byte[sealed.length() - from];
        if (!Arrays.equals(sealed.bytes(), from, sealed.length(), zeros, 0, zeros.length)) {
            throw new CorruptDataException(where, "padding of zeros", "other bytes");
        }
    }
}
