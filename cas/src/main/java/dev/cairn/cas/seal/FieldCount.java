package dev.cairn.cas.seal;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;

/**
 * How many fields a message has, before anything is made of it: an empty field takes 2 bytes there and some 50 of memory, one of a number
 * that is not known up to 400, and whoever sends a configuration need not have a key.
 */
final class FieldCount {

    private FieldCount() {}

    /**
     * Refuses a message of many fields. Costs a pass over its bytes, and allocates next to nothing.
     *
     * @param max its own fields, and those of its parts
     * @param parts numbers of the fields that are messages, ascending; what is in their own parts is not counted
     * @throws IllegalArgumentException if there are more, or it is no message
     */
    static void requireAtMost(int max, byte[] message, int... parts) {
        try {
            int count = count(CodedInputStream.newInstance(message), max, parts);
            if (count > max) {
                throw new IllegalArgumentException("more than %d fields".formatted(max));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("no message: " + e.getMessage(), e);
        }
    }

    private static int count(CodedInputStream in, int max, int... parts) throws IOException {
        int count = 0;
        for (int tag = in.readTag(); tag != 0 && count <= max; tag = in.readTag()) {
            count++;
            boolean isPart = Arrays.binarySearch(parts, WireFormat.getTagFieldNumber(tag)) >= 0
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (isPart) {
                int outer = in.pushLimit(in.readRawVarint32());
                count += count(in, max - count);
                if (count > max) {
                    return count;
                }
                in.popLimit(outer);
            } else if (!in.skipField(tag)) {
                throw new IOException("a group ends that did not begin");
            }
        }
        return count;
    }
}
