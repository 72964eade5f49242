package dev.cairn.replicator.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Frames from messages, and messages from the bytes of frames. */
final class Frames {

    private Frames() {}

    /** The message with its length before it, in a new array. */
    static byte[] frame(MessageLite message) {
        int size = message.getSerializedSize();
        byte[] frame = new byte[CodedOutputStream.computeUInt32SizeNoTag(size) + size];
        CodedOutputStream out = CodedOutputStream.newInstance(frame);
        try {
            out.writeUInt32NoTag(size);
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        return frame;
    }

    /**
     * The message in a frame's bytes, the length before it cut off already. Fields that are not known are passed over, not kept: each
     * would take some 40 times its bytes.
     */
    static <M extends Message> M parse(Parser<M> parser, byte[] bytes, String what) {
        try {
            return DiscardUnknownFieldsParser.wrap(parser).parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw MalformedMessageException.because("not a " + what + ": " + e.getMessage(), e);
        }
    }

    /**
     * Counts a repeated field before anything is made of it: an empty message takes 2 bytes there and some 50 of memory.
     *
     * @param path the numbers of the fields that lead to it, its own last
     * @throws MalformedMessageException if there are more than {@code max}, or the bytes are no message
     */
    static void requireAtMost(int max, byte[] bytes, String what, int... path) {
        requireAtMost(max, what, measured(bytes, path).count);
    }

    /** As {@link #requireAtMost(int, byte[], String, int...)}, of a field of numbers: all of them together have so many bytes. */
    static void requireBytesAtMost(int max, byte[] bytes, String what, int... path) {
        requireAtMost(max, what, measured(bytes, path).bytes);
    }

    private static void requireAtMost(int max, String what, long actual) {
        if (actual > max) {
            throw MalformedMessageException.tooLarge(what, max, actual);
        }
    }

    private static Occurrences measured(byte[] bytes, int[] path) {
        Occurrences found = new Occurrences(path);
        try {
            found.look(CodedInputStream.newInstance(bytes), 0);
        } catch (IOException e) {
            throw MalformedMessageException.because("not a message: " + e.getMessage(), e);
        }
        return found;
    }

    /** How often a field is there, and the bytes of all its values. */
    private static final class Occurrences {
        private final int[] path;
        private long count;
        private long bytes;

        Occurrences(int[] path) {
            this.path = path;
        }

        void look(CodedInputStream in, int depth) throws IOException {
            boolean isLast = depth == path.length - 1;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                boolean isOnPath = WireFormat.getTagFieldNumber(tag) == path[depth];
                if (isOnPath && !isLast && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    int outer = in.pushLimit(in.readRawVarint32());
                    look(in, depth + 1);
                    in.popLimit(outer);
                    continue;
                }
                long from = in.getTotalBytesRead();
                if (!in.skipField(tag)) {
                    throw new IOException("a group ends that did not begin");
                }
                if (isOnPath && isLast) {
                    count++;
                    bytes += in.getTotalBytesRead() - from;
                }
            }
        }
    }
}
