package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.VersionMismatchException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One value of a volume: records in a row, or a journal. Describes itself, so that volumes alone are enough to rebuild the
 * index, even where LMDB's own pages are gone.
 *
 * <h2>Format</h2>
 *
 * All integers big-endian:
 *
 * <pre>
 *   magic 8 "CairnCtr" | version 2 | kind 1 | flags 1 | volume 4 | key 8 | repository id 32
 *   first sequence 8 | count 4 | body bytes 4
 *   each entry:  length 4 | flags 4 | uploader 4 | SHA-256 32 | with flag 1 (numbered): sequence 8
 *   CRC-32C of all above 4
 *   bodies, one after the other
 *   zeros
 *   CRC-32C of all above 4, the last bytes of the value
 * </pre>
 *
 * A journal has one entry and no sequence (0). Records that were stored together follow one another in sequence; copies of
 * what was left of others do not, so that each has its own beside it. Values have 4096k - 16 bytes, so that with LMDB's page header they fill
 * whole pages, and are never small enough to stand inside a leaf.
 *
 * @param volume number of the volume it was written to
 * @param key its key there
 * @param firstSequence number of the first record
 * @param bodyAt where the first body begins in the value
 */
record Container(
        Kind kind, int volume, long key, RepositoryId repository, long firstSequence, List<Entry> entries, int bodyAt) {

    /** What records of ordinary size are gathered to. */
    static final int TARGET_BYTES = (1 << 20) - MetaPages.PAGE_HEADER_BYTES;

    /** The most entries of one container: what an entry of header alone allows within the largest container. */
    static final int ENTRIES_MAX = 16 << 10;

    /** Nothing longer is read as a container: the largest record or journal with its header, rounded up. */
    static final int BYTES_MAX = RecordHeader.RECORD_BYTES_MAX + (1 << 20);

    /** Bytes before the entries. */
    static final int FIXED_BYTES = 8 + 2 + 1 + 1 + 4 + 8 + RepositoryId.BYTES + 8 + 4 + 4;

    static final int ENTRY_BYTES = 4 + 4 + 4 + Sha256.BYTES;

    /** Bytes of one of the two checksums. */
    static final int CRC_BYTES = 4;

    /** The longest head, in bytes. */
    static final int HEAD_BYTES_MAX = FIXED_BYTES + ENTRIES_MAX * (ENTRY_BYTES + Long.BYTES) + 2 * CRC_BYTES;

    /** A container whose entries bring their sequences. */
    private static final int FLAG_NUMBERED = 1;

    static final long MAGIC = 0x436169726e437472L;
    private static final int VERSION = 1;
    private static final int PAGE_BYTES = 4096;

    /** An entry whose record mends: it provides objects that had providers already. */
    static final int FLAG_MENDS = 1;

    /** An entry whose record was kept beside others of the same objects, since those may have been nonsense. */
    static final int FLAG_KEPT = 2;

    /**
     * An entry whose record became the only provider of its objects. It mends as well, by its flags, for those who do not know this
     * one.
     */
    static final int FLAG_REPLACES = 4;

    /** What a container holds. Codes are part of the format. */
    enum Kind {
        RECORDS(1),
        JOURNAL(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** One body; {@code sequence} is its number, of a journal 0. */
    record Entry(int length, Admission.Terms terms, byte[] digest, long sequence) {}

    /** A body that is to be written. */
    record Body(byte[] bytes, Admission.Terms terms, byte[] digest) {}

    /** Whether records do not follow one another, so that the number of each must be written. */
    static boolean isNumbered(long[] sequences) {
        for (int i = 1; i < sequences.length; i++) {
            if (sequences[i] != sequences[0] + i) {
                return true;
            }
        }
        return false;
    }

    /** Length of the value that holds {@code bodies} that follow one another, of {@code bodyBytes} together. */
    static int valueBytes(int bodies, long bodyBytes) {
        return valueBytes(bodies, bodyBytes, false);
    }

    /** As above, of bodies that need not follow one another. */
    static int valueBytes(int bodies, long bodyBytes, boolean isNumbered) {
        long entryBytes = isNumbered ? ENTRY_BYTES + Long.BYTES : ENTRY_BYTES;
        long bytes = FIXED_BYTES + bodies * entryBytes + 2 * CRC_BYTES + bodyBytes;
        long pages = (bytes + MetaPages.PAGE_HEADER_BYTES + PAGE_BYTES - 1) / PAGE_BYTES;
        return Math.toIntExact(pages * PAGE_BYTES - MetaPages.PAGE_HEADER_BYTES);
    }

    /**
     * Fills {@code value}, which has {@link #valueBytes}, with bodies that follow one another.
     *
     * @return the container as written
     */
    static Container write(
            ByteBuffer value,
            Kind kind,
            int volume,
            long key,
            RepositoryId repository,
            long sequence,
            List<Body> bodies) {
        long[] sequences = LongStream.range(sequence, sequence + bodies.size()).toArray();
        return write(value, kind, volume, key, repository, sequences, bodies);
    }

    /** As above; the bodies have these numbers. */
    static Container write(
            ByteBuffer value,
            Kind kind,
            int volume,
            long key,
            RepositoryId repository,
            long[] sequences,
            List<Body> bodies) {
        int bodyBytes = bodies.stream().mapToInt(body -> body.bytes.length).sum();
        boolean isNumbered = isNumbered(sequences);
        value.clear();
        value.putLong(MAGIC).putShort((short) VERSION).put((byte) kind.code);
        value.put((byte) (isNumbered ? FLAG_NUMBERED : 0));
        value.putInt(volume).putLong(key).put(repository.bytes());
        value.putLong(sequences[0]).putInt(bodies.size()).putInt(bodyBytes);
        List<Entry> entries = new ArrayList<>(bodies.size());
        for (Body body : bodies) {
            value.putInt(body.bytes.length)
                    .putInt(flags(body.terms.repeats()))
                    .putInt(body.terms.uploader())
                    .put(body.digest);
            long number = sequences[entries.size()];
            if (isNumbered) {
                value.putLong(number);
            }
            entries.add(new Entry(body.bytes.length, body.terms, body.digest, number));
        }
        value.putInt(Checksum.crc32c(value, 0, value.position()));
        int bodyAt = value.position();
        bodies.forEach(body -> value.put(body.bytes));
        int end = value.capacity() - CRC_BYTES;
        while (value.position() + 8 <= end) {
            value.putLong(0);
        }
        while (value.position() < end) {
            value.put((byte) 0);
        }
        value.putInt(Checksum.crc32c(value, 0, end));
        return new Container(kind, volume, key, repository, sequences[0], entries, bodyAt);
    }

    /**
     * Reads the head of a container: what it holds and where. The bodies are not looked at, each has its digest.
     *
     * @param value the value from its first byte, at least the head
     * @throws CorruptDataException if the head is not as it was written
     */
    static Container parseHead(ByteBuffer value, String where) {
        if (value.limit() < FIXED_BYTES + CRC_BYTES) {
            throw new CorruptDataException(where, "a container", value.limit() + " bytes");
        }
        value.position(0);
        if (value.getLong() != MAGIC) {
            throw new CorruptDataException(where, "a container", "something else");
        }
        int version = Short.toUnsignedInt(value.getShort());
        int kindCode = value.get();
        int flags = value.get();
        int volume = value.getInt();
        long key = value.getLong();
        byte[] repository = new byte[RepositoryId.BYTES];
        value.get(repository);
        long sequence = value.getLong();
        int count = value.getInt();
        int bodyBytes = value.getInt();
        boolean isNumbered = (flags & FLAG_NUMBERED) != 0;
        int bodyAt = FIXED_BYTES + count * (isNumbered ? ENTRY_BYTES + Long.BYTES : ENTRY_BYTES) + CRC_BYTES;
        if (count < 1 || count > ENTRIES_MAX || bodyAt + CRC_BYTES > value.limit()) {
            throw new CorruptDataException(where, "a count of records", Integer.toUnsignedString(count));
        }
        if (value.getInt(bodyAt - CRC_BYTES) != Checksum.crc32c(value, 0, bodyAt - CRC_BYTES)) {
            throw new CorruptDataException(where, "the checksum of a container's head", "another");
        }
        if (version != VERSION || (flags & ~FLAG_NUMBERED) != 0) {
            throw new VersionMismatchException("container at " + where, VERSION, version);
        }
        List<Entry> entries = new ArrayList<>(count);
        long total = 0;
        for (int i = 0; i < count; i++) {
            int length = value.getInt();
            int entryFlags = value.getInt();
            int uploader = value.getInt();
            byte[] digest = new byte[Sha256.BYTES];
            value.get(digest);
            if (length < 0 || length > BYTES_MAX || uploader < 0) {
                throw new CorruptDataException(
                        where,
                        "a length and an uploader",
                        Integer.toUnsignedString(length) + " and " + Integer.toUnsignedString(uploader));
            }
            total += length;
            long number = isNumbered ? value.getLong() : sequence + i;
            if (isNumbered && (number < 0 || number >= RecordRow.SEQUENCE_MAX)) {
                throw new CorruptDataException(where, "the number of a record", Long.toString(number));
            }
            entries.add(new Entry(length, new Admission.Terms(repeats(entryFlags), uploader), digest, number));
        }
        if (total != bodyBytes || total > BYTES_MAX) {
            throw new CorruptDataException(where, bodyBytes + " bytes of records", total + " bytes");
        }
        requireNumbers(volume, key, sequence, count, where);
        return new Container(
                kind(kindCode, where), volume, key, RepositoryId.of(repository), sequence, entries, bodyAt);
    }

    private static void requireNumbers(int volume, long key, long sequence, int count, String where) {
        if (volume < 1 || key < 1 || sequence < 0 || sequence > RecordRow.SEQUENCE_MAX - count) {
            throw new CorruptDataException(
                    where,
                    "the number of a volume, a container and a record",
                    "%d, %d and %d".formatted(volume, key, sequence));
        }
    }

    /** As {@link #parseHead}, and checks the checksum of the whole value. */
    static Container parse(ByteBuffer value, String where) {
        Container container = parseHead(value, where);
        int end = value.limit() - CRC_BYTES;
        boolean isNumbered = container.bodyAt != FIXED_BYTES + container.entries.size() * ENTRY_BYTES + CRC_BYTES;
        if (valueBytes(container.entries.size(), container.bodyBytes(), isNumbered) != value.limit()) {
            throw new CorruptDataException(where, "a container of its records' length", value.limit() + " bytes");
        }
        if (value.getInt(end) != Checksum.crc32c(value, 0, end)) {
            throw new CorruptDataException(where, "the checksum of a container", "another");
        }
        return container;
    }

    /** Bytes of all bodies together. */
    long bodyBytes() {
        return entries.stream().mapToLong(Entry::length).sum();
    }

    private static int flags(Admission.Repeats repeats) {
        return switch (repeats) {
            case SKIPPED -> 0;
            case KEPT -> FLAG_KEPT;
            case MENDING -> FLAG_MENDS;
            case REPLACING -> FLAG_MENDS | FLAG_REPLACES;
        };
    }

    private static Admission.Repeats repeats(int flags) {
        if ((flags & FLAG_REPLACES) != 0) {
            return Admission.Repeats.REPLACING;
        }
        if ((flags & FLAG_MENDS) != 0) {
            return Admission.Repeats.MENDING;
        }
        return (flags & FLAG_KEPT) != 0 ? Admission.Repeats.KEPT : Admission.Repeats.SKIPPED;
    }

    private static Kind kind(int code, String where) {
        for (Kind kind : Kind.values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new CorruptDataException(where, "a known kind of container", "kind " + code);
    }
}
