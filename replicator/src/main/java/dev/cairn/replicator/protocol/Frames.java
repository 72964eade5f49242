package dev.cairn.replicator.protocol;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
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

    /** The message in a frame's bytes, the length before it cut off already. */
    static <M> M parse(Parser<M> parser, byte[] bytes, String what) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw MalformedMessageException.because("not a " + what + ": " + e.getMessage(), e);
        }
    }
}
