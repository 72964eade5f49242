package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A record whose tag was right, decompressed. An object's id is recomputed before the object is first handed out, so that
 * nobody pays for those he does not ask for.
 *
 * <p>May be used from any thread. Holds {@link #bytes} bytes of heap.
 */
public final class OpenedRecord {

    private final RecordHeader header;
    private final Codec codec;
    private final byte[] plain;
    private final int[] bounds;
    private final ObjectHasher hasher;
    private final String where;

    /** Written by whoever verified first; two threads at once only verify twice. */
    private final boolean[] verified;

    OpenedRecord(RecordHeader header, Codec codec, byte[] plain, ObjectHasher hasher, String where) {
        this.header = header;
        this.codec = codec;
        this.plain = plain;
        this.bounds = Payload.bounds(plain, header.provided().size(), where);
        this.hasher = hasher;
        this.where = where;
        this.verified = new boolean[header.provided().size()];
    }

    /** The clear header, which the tag covers. */
    public RecordHeader header() {
        return header;
    }

    /** Whether what is sealed is not compressed, by wish or because it did not pay. */
    boolean isRaw() {
        return codec == Codec.RAW;
    }

    /** How many objects it provides. */
    public int size() {
        return bounds.length - 1;
    }

    /** The bytes of all bodies and of their lengths, about what this holds of the heap. */
    public int bytes() {
        return plain.length;
    }

    /**
     * The object at a place, with its own copy of the body.
     *
     * @throws CorruptDataException if it is not what its id names
     */
    public PlainObject object(int ordinal) {
        verify(ordinal);
        ProvidedObject named = header.provided().get(ordinal);
        return new PlainObject(
                header.kind().provides(),
                named.nodeChildren(),
                named.chunkChildren(),
                Arrays.copyOfRange(plain, bounds[ordinal], bounds[ordinal + 1]));
    }

    /**
     * The body of the object at a place, where it stands in this record: do not change it.
     *
     * @throws CorruptDataException if it is not what its id names
     */
    public ObjectSource.Bytes body(int ordinal) {
        verify(ordinal);
        return unverifiedBody(ordinal);
    }

    /** As {@link #body}, without a look at its id: the record was opened as it was sealed, and that is all that is known. */
    public ObjectSource.Bytes unverifiedBody(int ordinal) {
        return new ObjectSource.Bytes(plain, bounds[ordinal], bounds[ordinal + 1] - bounds[ordinal]);
    }

    /**
     * The object of an id.
     *
     * @throws CorruptDataException if the record does not provide it, or if it is not what its id names
     */
    public PlainObject object(ObjectId id) {
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            if (header.provided().get(ordinal).id().equals(id)) {
                return object(ordinal);
            }
        }
        throw new CorruptDataException(where, "a record that provides " + id, "one that does not");
    }

    /**
     * All objects in their order.
     *
     * @throws CorruptDataException if one of them is not what its id names
     */
    public List<PlainObject> objects() {
        List<PlainObject> objects = new ArrayList<>(size());
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            objects.add(object(ordinal));
        }
        return objects;
    }

    /**
     * Recomputes the id of every object.
     *
     * @throws CorruptDataException if one of them is not what its id names
     */
    public void verify() {
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            verify(ordinal);
        }
    }

    private void verify(int ordinal) {
        if (verified[ordinal]) {
            return;
        }
        ProvidedObject named = header.provided().get(ordinal);
        int start = bounds[ordinal];
        ObjectId actual = hasher.id(
                header.kind().provides(),
                named.nodeChildren(),
                named.chunkChildren(),
                plain,
                start,
                bounds[ordinal + 1] - start);
        if (!actual.equals(named.id())) {
            throw new CorruptDataException(where + ", object " + ordinal, "content of " + named.id(), "of " + actual);
        }
        verified[ordinal] = true;
    }
}
