package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.util.List;

/**
 * The extended attributes of an entry: in its page, or out of line in a chunk of their own where they are long. Which of the
 * two is decided by their encoded length alone, so equal attributes are stored alike.
 */
public sealed interface Xattrs {

    /** The longest encoding that stands in the page, in bytes. */
    int INLINE_BYTES_MAX = 1 << 10;

    /** The longest encoding of all attributes of an entry, in bytes; an entry that has more cannot be kept whole. */
    int BYTES_MAX = 1 << 20;

    /** The most attributes of an entry: what a listing of 64 KiB, Linux's limit, can name. */
    int COUNT_MAX = 1 << 15;

    /** Attributes that stand in the page, sorted by name, no name twice. */
    record Inline(List<Xattr> attributes) implements Xattrs {
        static final Inline NONE = new Inline(List.of());

        public Inline {
            attributes = List.copyOf(attributes);
            XattrEncoding.requireSorted(attributes);
            if (XattrEncoding.encodedBytes(attributes) > INLINE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "attributes of %d bytes do not stand inline".formatted(XattrEncoding.encodedBytes(attributes)));
            }
        }
    }

    /**
     * Attributes that stand in a chunk.
     *
     * @param bytes the length of the chunk
     */
    record Stored(ObjectId chunk, int bytes) implements Xattrs {
        public Stored {
            if (bytes <= INLINE_BYTES_MAX || bytes > BYTES_MAX) {
                throw new IllegalArgumentException("attributes of %d bytes do not stand in a chunk".formatted(bytes));
            }
        }
    }

    /** No attributes. */
    static Xattrs none() {
        return Inline.NONE;
    }

    /**
     * Keeps {@code attributes}, in any order, putting them into {@code sink} if they are long.
     *
     * @throws IllegalArgumentException if a name occurs twice, or they are more than {@link #BYTES_MAX} or {@link
     *     #COUNT_MAX}
     */
    static Xattrs store(List<Xattr> attributes, ObjectSink sink) {
        List<Xattr> sorted = attributes.stream().sorted().toList();
        XattrEncoding.requireSorted(sorted);
        long bytes = XattrEncoding.encodedBytes(sorted);
        if (bytes <= INLINE_BYTES_MAX) {
            return sorted.isEmpty() ? none() : new Inline(sorted);
        }
        if (bytes > BYTES_MAX || sorted.size() > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "%d attributes of %d bytes are more than an entry may have".formatted(sorted.size(), bytes));
        }
        return new Stored(sink.put(PlainObject.chunk(XattrEncoding.encode(sorted))), (int) bytes);
    }

    /**
     * The attributes, sorted by name; reads a chunk if they stand in one.
     *
     * @throws CorruptDataException if the chunk is not what this says
     */
    default List<Xattr> load(ObjectSource source) {
        return switch (this) {
            case Inline(List<Xattr> attributes) -> attributes;
            case Stored(ObjectId chunk, int bytes) -> {
                byte[] body = source.read(chunk, ObjectType.CHUNK).body();
                if (body.length != bytes) {
                    throw new CorruptDataException("attributes in chunk " + chunk, bytes + " bytes", "" + body.length);
                }
                yield XattrEncoding.decode(body, "attributes in chunk " + chunk);
            }
        };
    }

    /** Whether there are none. */
    default boolean isEmpty() {
        return this instanceof Inline(List<Xattr> attributes) && attributes.isEmpty();
    }
}
