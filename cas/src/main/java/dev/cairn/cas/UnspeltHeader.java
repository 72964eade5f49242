package dev.cairn.cas;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the bytes of a header say by themselves, before anybody is asked for the children of the pages that it refers to. That
 * is enough to tell whether a holder of the key wrote it: who must do much on the word of a header looks there first.
 *
 * @param provided in a PAGE_DELTA without their children
 * @param pages those that the header refers to
 * @param lists as in {@link RecordHeader}
 * @param bytes the length of the header
 * @param where where it comes from, for the message of an error
 */
public record UnspeltHeader(
        int suite,
        RecordKind kind,
        int epoch,
        List<ProvidedObject> provided,
        RecordHeader.@Nullable Lineage lineage,
        List<ObjectId> pages,
        List<IdList> lists,
        int bytes,
        String where) {

    /**
     * Reads the header at the position of {@code buffer} and advances past it.
     *
     * @throws CorruptDataException if it is not a well-formed header
     * @throws VersionMismatchException if a newer version of Cairn wrote it
     */
    public static UnspeltHeader read(ByteBuffer buffer, String where) {
        int start = buffer.position();
        try {
            int format = buffer.get() & 0xff;
            int suite = buffer.get() & 0xff;
            int kindCode = buffer.get() & 0xff;
            int flags = buffer.get();
            if (format == 0) {
                throw new CorruptDataException(where, "a record of format " + RecordHeader.FORMAT, "zeros");
            }
            if (format != RecordHeader.FORMAT || flags != 0) {
                throw new VersionMismatchException("record at " + where, RecordHeader.FORMAT, format);
            }
            RecordKind kind = RecordHeader.kind(kindCode, where);
            int epoch = buffer.getInt();
            int count = RecordHeader.count(buffer, RecordHeader.PROVIDED_MAX, "provided objects", where);
            List<ProvidedObject> provided = provided(buffer, kind, count, where);
            RecordHeader.Lineage lineage = null;
            if (kind == RecordKind.SNAPSHOT) {
                long sequence = buffer.getLong();
                int parents = RecordHeader.count(buffer, RecordHeader.PARENTS_MAX, "parents", where);
                lineage = new RecordHeader.Lineage(sequence, ids(buffer, parents));
            }
            List<ObjectId> pages = kind.isDelta() ? pages(buffer, kind, where) : List.of();
            List<IdList> lists = kind.isDelta() ? lists(buffer, kind, count, pages.size(), where) : List.of();
            return new UnspeltHeader(
                    suite, kind, epoch, provided, lineage, pages, lists, buffer.position() - start, where);
        } catch (BufferUnderflowException e) {
            throw new CorruptDataException(where, "a whole record header", "the end of the bytes");
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(where, "a valid record header", String.valueOf(e.getMessage()));
        }
    }

    /**
     * The whole header.
     *
     * @param known knows the children of {@link #pages}
     * @throws CorruptDataException if it says something that no header may say
     * @throws MissingObjectsException if one of the pages is not known
     */
    public RecordHeader spell(ChildSource known) {
        try {
            if (!kind.isDelta()) {
                return new RecordHeader(suite, kind, epoch, provided, lineage, List.of());
            }
            List<List<ObjectId>> spelt = IdList.spellOut(lists, pages, known, where);
            if (kind == RecordKind.DELTA) {
                return new RecordHeader(suite, kind, epoch, provided, null, spelt.getFirst(), pages, lists);
            }
            List<ProvidedObject> whole = new ArrayList<>(provided.size());
            for (int i = 0; i < provided.size(); i++) {
                whole.add(new ProvidedObject(provided.get(i).id(), spelt.get(2 * i), spelt.get(2 * i + 1)));
            }
            return new RecordHeader(suite, kind, epoch, whole, null, pages, pages, lists);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(where, "a valid record header", String.valueOf(e.getMessage()));
        }
    }

    private static List<ProvidedObject> provided(ByteBuffer buffer, RecordKind kind, int count, String where) {
        List<ProvidedObject> provided = new ArrayList<>();
        HashSet<ObjectId> distinct = new HashSet<>();
        for (int i = 0; i < count; i++) {
            ProvidedObject object = provided(buffer, kind, where);
            if (!distinct.add(object.id())) {
                throw new CorruptDataException(where, "distinct ids in a record", object.id() + " twice");
            }
            provided.add(object);
        }
        return provided;
    }

    private static ProvidedObject provided(ByteBuffer buffer, RecordKind kind, String where) {
        ObjectId id = ObjectId.read(buffer);
        int nodes = 0;
        int chunks = 0;
        switch (kind) {
            case RUN, DELTA, PAGE_DELTA -> {}
            case PAGE -> {
                nodes = RecordHeader.count(buffer, RecordHeader.CHILDREN_MAX, "node children", where);
                chunks = RecordHeader.count(buffer, RecordHeader.CHILDREN_MAX, "chunk children", where);
            }
            case SNAPSHOT -> nodes = RecordHeader.count(buffer, RecordHeader.CHILDREN_MAX, "node children", where);
        }
        return new ProvidedObject(id, ids(buffer, nodes), ids(buffer, chunks));
    }

    private static List<ObjectId> pages(ByteBuffer buffer, RecordKind kind, String where) {
        int max = kind == RecordKind.DELTA ? RecordHeader.PAGES_MAX : RecordHeader.PAGE_BASES_MAX;
        List<ObjectId> pages = ids(buffer, RecordHeader.count(buffer, max, "pages", where));
        if (new HashSet<>(pages).size() < pages.size()) {
            throw new CorruptDataException(where, "distinct pages", "one of them twice");
        }
        return pages;
    }

    /** Of a DELTA its bases; of a PAGE_DELTA node and chunk children of each page by turns. */
    private static List<IdList> lists(ByteBuffer buffer, RecordKind kind, int provided, int pages, String where) {
        boolean ofPages = kind == RecordKind.PAGE_DELTA;
        int left = ofPages ? RecordHeader.CHILDREN_MAX : RecordHeader.BASES_MAX;
        List<IdList> lists = new ArrayList<>();
        for (int i = 0; i < (ofPages ? 2 * provided : 1); i++) {
            IdList list = IdList.parse(buffer, left, pages, where);
            left -= list.size();
            lists.add(list);
        }
        return lists;
    }

    /**
     * Reads {@code count} ids, for which nothing is allocated if the bytes do not hold them.
     *
     * @throws BufferUnderflowException if the bytes end before they do
     */
    static List<ObjectId> ids(ByteBuffer buffer, int count) {
        if ((long) count * ObjectId.BYTES > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        ObjectId[] ids = new ObjectId[count];
        for (int i = 0; i < count; i++) {
            ids[i] = ObjectId.read(buffer);
        }
        return List.of(ids);
    }
}
