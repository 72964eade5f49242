package dev.cairn.cas;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clear header of a sealed record: what a keyless store needs to index it, to check closure and to collect. All of it is
 * associated data of the encryption.
 *
 * <p>Format, all integers big-endian:
 *
 * <pre>
 *   format 1 | suite 1 | kind 1 | flags 1 (0) | epoch 4 | provided count 4
 *   each provided object:
 *     RUN, DELTA   id 32
 *     PAGE         id 32 | node children 4 | chunk children 4 | their ids, nodes first
 *     PAGE_DELTA   id 32
 *     SNAPSHOT     id 32 | node children 4 | their ids
 *   SNAPSHOT then  sequence 8 | parent count 4 | parents
 *   DELTA then     page count 4 | pages 32 each | bases: {@link IdList}
 *   PAGE_DELTA     page count 4 | pages 32 each | each provided page: node children, chunk children: {@link IdList}s
 * </pre>
 *
 * <p>The pages of a DELTA are there to name bases by; those of a PAGE_DELTA are its bases, and name children as well. A header
 * that refers to pages is parsed with somebody who knows their children ({@link ChildSource}), and says afterwards the same as
 * one that does not: nobody else need know.
 *
 * <p>Then follow nonce, ciphertext and tag ({@code dev.cairn.cas.seal}). Encoding is canonical: equal headers have equal
 * bytes.
 */
public record RecordHeader(
        int suite,
        RecordKind kind,
        int epoch,
        List<ProvidedObject> provided,
        @Nullable Lineage lineage,
        List<ObjectId> bases,
        List<ObjectId> pages,
        List<IdList> lists) {

    /** The only format version so far. */
    public static final int FORMAT = 1;

    /** XAES-256-GCM with a 24-byte nonce and a 16-byte tag. */
    public static final int SUITE_XAES_256_GCM = 1;

    /** The largest record, header and padding included: what fits a batch, and what a reader must be able to hold. */
    public static final int RECORD_BYTES_MAX = 8 << 20;

    /** The most objects that one record provides. */
    public static final int PROVIDED_MAX = 1 << 16;

    /** The most children of one object: above what a forced page of 64 KiB can hold. */
    public static final int CHILDREN_MAX = 1 << 15;

    /** The most parents of a snapshot. */
    public static final int PARENTS_MAX = 16;

    /** The most bases of a delta: 12 MiB of bases in chunks of a KiB. */
    public static final int BASES_MAX = 12 << 10;

    /** The most pages that a header refers to: each is read to learn what the header says. */
    public static final int PAGES_MAX = 1 << 8;

    /**
     * The most pages that a delta of pages builds on. Each may be a delta itself: with two there would be 2^8 to read at the
     * greatest depth, with many there would be no end.
     */
    public static final int PAGE_BASES_MAX = 1;

    static final int FIXED_BYTES = 12;

    /**
     * What a snapshot says in the clear about its place in history, so that a server can tell forward from backward.
     *
     * @param sequence grows by one with every snapshot of a replica, and is above that of every parent
     * @param parents the snapshots it follows; weak, they may be gone
     */
    public record Lineage(long sequence, List<ObjectId> parents) {
        public Lineage {
            if (sequence < 0) {
                throw new IllegalArgumentException("sequence (%d) must not be negative".formatted(sequence));
            }
            requireAtMost(PARENTS_MAX, parents.size(), "parents");
        }

        // Written out, since every start compares one: a record's own are linked at the first use, which takes as long
        // as all else of
        // reading a snapshot.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Lineage that && sequence == that.sequence && parents.equals(that.parents);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(sequence) + parents.hashCode();
        }
    }

    /**
     * @param bases what a delta builds on: chunks or, of pages, pages; empty in other kinds
     * @param pages those that the header refers to; empty but for deltas
     * @param lists how the header spells the bases of a DELTA, or the children of each page of a PAGE_DELTA, nodes and chunks
     *     by turns; empty in other kinds
     */
    public RecordHeader {
        requireAtMost(PROVIDED_MAX, provided.size(), "provided objects");
        requireAtMost(BASES_MAX, bases.size(), "bases");
        requireAtMost(PAGES_MAX, pages.size(), "pages");
        if (kind == RecordKind.PAGE_DELTA) {
            requireAtMost(PAGE_BASES_MAX, bases.size(), "pages to build on");
        }
        if (provided.isEmpty()) {
            throw new IllegalArgumentException("a record provides at least one object");
        }
        if ((kind == RecordKind.SNAPSHOT) != (lineage != null)) {
            throw new IllegalArgumentException("a snapshot, and only a snapshot, has a lineage: " + kind);
        }
        if (kind == RecordKind.SNAPSHOT && provided.size() != 1) {
            throw new IllegalArgumentException("a snapshot record provides one snapshot, not " + provided.size());
        }
        if (kind.isDelta() != !bases.isEmpty()) {
            throw new IllegalArgumentException("a delta, and only a delta, has bases: " + kind + ", " + bases.size());
        }
        int children = 0;
        for (ProvidedObject object : provided) {
            // A delta of pages is short whatever it stands for: all its pages together have as many children as one
            // page may.
            children = (kind == RecordKind.PAGE_DELTA ? children : 0)
                    + object.nodeChildren().size()
                    + object.chunkChildren().size();
            requireAtMost(CHILDREN_MAX, children, "children");
        }
    }

    /** The header of a record that refers to no page. */
    public RecordHeader(
            int suite,
            RecordKind kind,
            int epoch,
            List<ProvidedObject> provided,
            @Nullable Lineage lineage,
            List<ObjectId> bases) {
        this(
                suite,
                kind,
                epoch,
                provided,
                lineage,
                bases,
                List.of(),
                kind == RecordKind.DELTA ? List.of(IdList.literal(bases)) : List.of());
    }

    /**
     * The header of a delta of chunks.
     *
     * @param pages whose children may name bases
     * @param known knows them
     */
    public static RecordHeader delta(
            int suite,
            int epoch,
            List<ObjectId> chunks,
            List<ObjectId> bases,
            List<ObjectId> pages,
            ChildSource known) {
        IdList.Speller speller =
                new IdList.Speller(pages.stream().map(known::children).toList());
        return new RecordHeader(
                suite,
                RecordKind.DELTA,
                epoch,
                chunks.stream().map(ProvidedObject::chunk).toList(),
                null,
                bases,
                pages,
                List.of(speller.spell(bases)));
    }

    /**
     * The header of a delta of pages.
     *
     * @param bases pages, whose children name those of the new ones where they can
     * @param known knows them
     */
    public static RecordHeader pageDelta(
            int suite, int epoch, List<ProvidedObject> provided, List<ObjectId> bases, ChildSource known) {
        IdList.Speller speller =
                new IdList.Speller(bases.stream().map(known::children).toList());
        List<IdList> lists = new ArrayList<>();
        for (ProvidedObject object : provided) {
            lists.add(speller.spell(object.nodeChildren()));
            lists.add(speller.spell(object.chunkChildren()));
        }
        return new RecordHeader(suite, RecordKind.PAGE_DELTA, epoch, provided, null, bases, bases, List.copyOf(lists));
    }

    /** How many ids it says beyond those that it spells: what it takes more of memory than of bytes. */
    public int idsReferred() {
        int referred = 0;
        for (IdList list : lists) {
            for (IdList.Span span : list.spans()) {
                referred += span instanceof IdList.Children ? span.count() : 0;
            }
        }
        return referred;
    }

    /** The header of a run that provides these chunks. */
    public static RecordHeader run(int suite, int epoch, List<ObjectId> chunks) {
        return new RecordHeader(
                suite,
                RecordKind.RUN,
                epoch,
                chunks.stream().map(ProvidedObject::chunk).toList(),
                null,
                List.of());
    }

    /** The header of a record of pages. */
    public static RecordHeader pages(int suite, int epoch, List<ProvidedObject> pages) {
        return new RecordHeader(suite, RecordKind.PAGE, epoch, pages, null, List.of());
    }

    /** The header of a snapshot's record. */
    public static RecordHeader snapshot(int suite, int epoch, ProvidedObject snapshot, Lineage lineage) {
        return new RecordHeader(suite, RecordKind.SNAPSHOT, epoch, List.of(snapshot), lineage, List.of());
    }

    /** The length of {@link #encode}, in bytes. */
    public int encodedBytes() {
        int bytes = FIXED_BYTES;
        for (ProvidedObject object : provided) {
            int children = kind.isDelta()
                    ? 0
                    : object.nodeChildren().size() + object.chunkChildren().size();
            bytes += ObjectId.BYTES * (1 + children);
            bytes += switch (kind) {
                case RUN, DELTA, PAGE_DELTA -> 0;
                case PAGE -> 8;
                case SNAPSHOT -> 4;
            };
        }
        if (lineage != null) {
            bytes += 8 + 4 + ObjectId.BYTES * lineage.parents().size();
        }
        if (kind.isDelta()) {
            bytes += 4 + ObjectId.BYTES * pages.size();
            bytes += lists.stream().mapToInt(IdList::encodedBytes).sum();
        }
        return bytes;
    }

    /** The header's bytes, in a new array. */
    public byte[] encode() {
        ByteBuffer buffer = ByteBuffer.allocate(encodedBytes());
        buffer.put((byte) FORMAT).put((byte) suite).put((byte) kind.code()).put((byte) 0);
        buffer.putInt(epoch).putInt(provided.size());
        for (ProvidedObject object : provided) {
            object.id().write(buffer);
            switch (kind) {
                case RUN, DELTA, PAGE_DELTA -> {}
                case PAGE ->
                    buffer.putInt(object.nodeChildren().size())
                            .putInt(object.chunkChildren().size());
                case SNAPSHOT -> buffer.putInt(object.nodeChildren().size());
            }
            if (!kind.isDelta()) {
                object.nodeChildren().forEach(id -> id.write(buffer));
                object.chunkChildren().forEach(id -> id.write(buffer));
            }
        }
        if (lineage != null) {
            buffer.putLong(lineage.sequence()).putInt(lineage.parents().size());
            lineage.parents().forEach(id -> id.write(buffer));
        }
        if (kind.isDelta()) {
            buffer.putInt(pages.size());
            pages.forEach(id -> id.write(buffer));
            lists.forEach(list -> list.write(buffer));
        }
        return buffer.array();
    }

    /**
     * Parses the header at the position of {@code buffer} and advances past it. Nothing is allocated on the word of a count
     * that the remaining bytes, or the limits on what a header may say, could not hold.
     *
     * @param known knows the children of pages that it refers to
     * @throws CorruptDataException if it is not a well-formed header; its {@code where} is {@code where}
     * @throws MissingObjectsException if it refers to a page that is not known
     * @throws VersionMismatchException if a newer version of Cairn wrote it
     */
    public static RecordHeader parse(ByteBuffer buffer, String where, ChildSource known) {
        return UnspeltHeader.read(buffer, where).spell(known);
    }

    /**
     * What the first bytes of a record say of it, without a look at what else it refers to.
     *
     * @param provided how many objects it says that it provides
     */
    public record Outline(RecordKind kind, int provided) {}

    /**
     * The outline of a record.
     *
     * @throws CorruptDataException if it does not begin like one within the limits
     * @throws VersionMismatchException if a newer version of Cairn wrote it
     */
    public static Outline outline(byte[] record, String where) {
        if (record.length < FIXED_BYTES || record.length > RECORD_BYTES_MAX) {
            throw new CorruptDataException(
                    where, "a record of at most " + RECORD_BYTES_MAX + " bytes", record.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(record);
        int format = buffer.get() & 0xff;
        if (format != FORMAT) {
            throw new VersionMismatchException("record at " + where, FORMAT, format);
        }
        RecordKind kind = kind(buffer.get(2) & 0xff, where);
        buffer.position(FIXED_BYTES - 4);
        return new Outline(kind, count(buffer, PROVIDED_MAX, "provided objects", where));
    }

    static RecordKind kind(int code, String where) {
        for (RecordKind kind : RecordKind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw new CorruptDataException(where, "a known record kind", "kind " + code);
    }

    static int count(ByteBuffer buffer, int max, String what, String where) {
        int count = buffer.getInt();
        if (count < 0 || count > max) {
            throw new CorruptDataException(where, "at most " + max + " " + what, Integer.toUnsignedString(count));
        }
        return count;
    }

    private static void requireAtMost(int max, int actual, String what) {
        if (actual > max) {
            throw new IllegalArgumentException("%s (%d) must be <= %d".formatted(what, actual, max));
        }
    }
}
