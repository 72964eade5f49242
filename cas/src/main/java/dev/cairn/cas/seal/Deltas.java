package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectSource.Bytes;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.delta.gap.GapDecoder;
import dev.cairn.delta.gap.GapEncoder;
import dev.cairn.delta.gap.GapFormatException;
import dev.cairn.delta.gap.Matches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A coder of gap deltas: from plain bytes and bases to the payload of a delta, and back. For one thread at a time.
 *
 * <p>Kept for the next that needs one, since its tables take longer to make than most deltas: not with its thread, so that there are
 * no more than work at once however many threads there are, and until the heap is wanted for something else.
 */
final class Deltas implements AutoCloseable {

    /** The most bytes of chunks, their lengths included, that a delta provides. */
    static final int CHUNK_BYTES_MAX = GapEncoder.FRESH_BYTES_MAX;

    /** The most bytes that a delta builds on. */
    static final int BASE_BYTES_MAX = GapEncoder.BASE_BYTES_MAX;

    /** A delta is worth it if it takes so much or less of what a run would. */
    static final int WORTH_PERCENT = 75;

    /** A page is referred to if it names so many bases: otherwise they take less room one by one. */
    static final int NAMED_MIN = 3;

    /** The part of the new bytes that must be copied: with less, encoding is not even tried. */
    private static final int COPIED_PARTS = 8;

    /** Where the part of the new bytes that is not copied is below one in so many, it is compressed as well as can be. */
    private static final int FEW_LITERALS_PARTS = 8;

    private static final int LEVEL = 3;
    private static final int FEW_LITERALS_LEVEL = 9;

    /** So much heap for each that decodes at the same time, with the bases that it gathered before. */
    private static final long HEAP_PER_DECODING = 24L << 20;

    private static final Spares<Deltas> IDLE = new Spares<>(Deltas::new);

    /** What is decoded from. Not a part of a coder: it is filled before there is one. */
    private static final Spares<Bases> IDLE_BASES = new Spares<>(Bases::new);

    private static final Semaphore DECODING =
            new Semaphore(Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PER_DECODING, 1, Short.MAX_VALUE));

    /** What is encoded: as large as the largest was. */
    private byte[] plainBuffer = new byte[0];

    private @Nullable GapEncoder encoder;
    private @Nullable GapDecoder decoder;

    private Deltas() {}

    /** One that nobody else uses, until it is closed. */
    static Deltas take() {
        return IDLE.take();
    }

    /** Gives it back. */
    @Override
    public void close() {
        IDLE.give(this);
    }

    /**
     * A payload, and what it builds on, in order.
     *
     * @param longestLiteral the longest stretch of new bytes that does not come from the bases
     * @param place where the new bytes belong in the bases; null if no copy is long enough to tell
     */
    record Encoded(
            List<ObjectId> bases,
            byte[] payload,
            int longestLiteral,
            @Nullable Place place) {}

    /**
     * Where new bytes belong.
     *
     * @param at where a long copy ends in them
     * @param base the place among the bases given of the one that it comes from
     * @param atInBase where it ends there
     */
    record Place(int at, int base, int atInBase) {}

    /** A buffer of at least {@code bytes}, the same one at each call: for assembling what {@link #encode} is given. */
    byte[] plainBuffer(int bytes) {
        if (plainBuffer.length < bytes) {
            plainBuffer =
                    new byte[Math.max(bytes, Math.min(plainBuffer.length + plainBuffer.length / 2, CHUNK_BYTES_MAX))];
        }
        return plainBuffer;
    }

    /** The delta of the first {@code plainBytes} of {@code plain}; null if too little of it is in the bases, which are used up. */
    @Nullable
    Encoded encode(byte[] plain, int plainBytes, Bases bases) {
        byte[] base = bases.buffer();
        int[] bounds = bases.bounds();
        GapEncoder with = encoder;
        if (with == null) {
            with = new GapEncoder(LEVEL);
            encoder = with;
        }
        Matches matches = with.match(base, bases.length(), plain, 0, plainBytes);
        long copied = matches.copiedBytes();
        if (copied == 0 || copied < plainBytes / COPIED_PARTS) {
            return null;
        }
        int longestLiteral = matches.longestLiteral();
        Place place = matches.lastLongCopy().map(copy -> place(copy, bounds)).orElse(null);
        boolean[] used = matches.takeOutUnused(base, bounds);
        boolean few = plainBytes - copied < plainBytes / FEW_LITERALS_PARTS;
        with.useLevel(few ? FEW_LITERALS_LEVEL : LEVEL);
        Optional<byte[]> payload = with.encode(base, plain, plainBytes);
        if (payload.isEmpty()) {
            return null;
        }
        List<ObjectId> kept = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            if (used[i]) {
                kept.add(bases.id(i));
            }
        }
        return new Encoded(kept, payload.get(), longestLiteral, place);
    }

    /**
     * The plain bytes of a delta.
     *
     * @throws CorruptDataException if it is not one of these bases
     */
    static byte[] decode(
            RecordHeader header,
            byte[] sealed,
            int from,
            int length,
            int plainBytes,
            ObjectSource source,
            String where) {
        if (plainBytes > CHUNK_BYTES_MAX) {
            throw new CorruptDataException(where, "at most " + CHUNK_BYTES_MAX + " bytes", plainBytes + " bytes");
        }
        // All bases before a coder is taken: each may be a delta itself.
        Bases bases = IDLE_BASES.take();
        try {
            for (ObjectId id : header.bases()) {
                if (!bases.add(id, base(id, header.kind(), source))) {
                    throw new CorruptDataException(where, "at most " + BASE_BYTES_MAX + " bytes of bases", "more");
                }
            }
            return decode(sealed, from, length, plainBytes, bases);
        } catch (GapFormatException e) {
            throw CorruptDataException.because(where, "the delta does not apply: " + e.getMessage(), e);
        } finally {
            bases.clear();
            IDLE_BASES.give(bases);
        }
    }

    private static byte[] decode(byte[] sealed, int from, int length, int plainBytes, Bases bases)
            throws GapFormatException {
        DECODING.acquireUninterruptibly();
        try (Deltas coder = take()) {
            GapDecoder with = coder.decoder;
            if (with == null) {
                with = new GapDecoder();
                coder.decoder = with;
            }
            byte[] plain = new byte[plainBytes];
            with.decode(sealed, from, from + length, bases.buffer(), bases.length(), plain, plainBytes);
            return plain;
        } finally {
            DECODING.release();
        }
    }

    private static Place place(Matches.CopyEnd copy, int[] bounds) {
        int found = Arrays.binarySearch(bounds, copy.base() - 1);
        int base = Math.clamp(found >= 0 ? found : -found - 2, 0, bounds.length - 2);
        return new Place(copy.fresh(), base, copy.base() - bounds[base]);
    }

    private static Bytes base(ObjectId id, RecordKind kind, ObjectSource source) {
        if (kind == RecordKind.DELTA) {
            // What is built from it is verified.
            return source.unverifiedChunk(id);
        }
        byte[] body = source.read(id, ObjectType.NODE).body();
        return new Bytes(body, 0, body.length);
    }
}
