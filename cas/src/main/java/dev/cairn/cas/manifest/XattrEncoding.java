package dev.cairn.cas.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * Extended attributes as bytes: their count, then each name and value with its length before it, sorted by name. The same
 * inline and in a chunk.
 */
final class XattrEncoding {

    /** The least that an attribute takes: two lengths and a name of one byte. */
    private static final int BYTES_MIN = 3;

    private XattrEncoding() {}

    /** The length of {@link #encode}. */
    static long encodedBytes(List<Xattr> attributes) {
        long bytes = numberBytes(attributes.size());
        for (Xattr attribute : attributes) {
            int name = attribute.name().length;
            int value = attribute.value().length;
            bytes += numberBytes(name) + name + numberBytes(value) + value;
        }
        return bytes;
    }

    static void requireSorted(List<Xattr> attributes) {
        for (int i = 1; i < attributes.size(); i++) {
            if (attributes.get(i - 1).compareTo(attributes.get(i)) >= 0) {
                throw new IllegalArgumentException("attributes must be sorted and distinct: %s, %s"
                        .formatted(attributes.get(i - 1), attributes.get(i)));
            }
        }
    }

    static byte[] encode(List<Xattr> attributes) {
        BodyWriter writer = new BodyWriter();
        write(attributes, writer);
        return writer.toBytes();
    }

    static void write(List<Xattr> attributes, BodyWriter writer) {
        writer.writeNumber(attributes.size());
        for (Xattr attribute : attributes) {
            writer.writeNumber(attribute.name().length);
            writer.writeBytes(attribute.name());
            writer.writeNumber(attribute.value().length);
            writer.writeBytes(attribute.value());
        }
    }

    static List<Xattr> decode(byte[] bytes, String where) {
        BodyReader reader = new BodyReader(bytes, where);
        List<Xattr> attributes = read(reader);
        reader.requireEnd();
        return attributes;
    }

    static List<Xattr> read(BodyReader reader) {
        int count = reader.readCount(Xattrs.COUNT_MAX, BYTES_MIN, "attributes");
        List<Xattr> attributes = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                byte[] name = reader.readBytes(reader.readInt(Xattr.NAME_BYTES_MAX, "name length"), "name");
                byte[] value = reader.readBytes(reader.readInt(Xattr.VALUE_BYTES_MAX, "value length"), "value");
                attributes.add(new Xattr(name, value));
            }
            requireSorted(attributes);
        } catch (IllegalArgumentException e) {
            throw reader.invalid(e);
        }
        return attributes;
    }

    private static int numberBytes(int value) {
        return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
    }
}
