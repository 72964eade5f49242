package dev.cairn.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.cairn.cas.ObjectId;
import dev.cairn.replicator.protocol.wire.BatchFrame;
import dev.cairn.replicator.protocol.wire.BatchHeader;
import dev.cairn.replicator.protocol.wire.MoveRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Bodies that no honest client sends. */
final class HostileBytes {

    private HostileBytes() {}

    static byte[] frame(byte[] content) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(frame);
        out.writeByteArrayNoTag(content);
        out.flush();
        return frame.toByteArray();
    }

    static byte[] batchHeader(int count, long bytes) throws IOException {
        return frame(BatchFrame.newBuilder()
                .setHeader(BatchHeader.newBuilder()
                        .setPush(ByteString.copyFrom(TestServer.PUSH.bytes()))
                        .setRecords(count)
                        .setRecordBytes(bytes))
                .build()
                .toByteArray());
    }

    static byte[] changed(byte[] record, int at, int... bytes) {
        byte[] changed = record.clone();
        for (int i = 0; i < bytes.length; i++) {
            changed[at + i] = (byte) bytes[i];
        }
        return changed;
    }

    static byte[] moveOf(String branch, ObjectId target) throws IOException {
        return frame(MoveRequest.newBuilder()
                .setBranch(branch)
                .setTarget(ByteString.copyFrom(target.bytes()))
                .setOperation(ByteString.copyFrom(new byte[16]))
                .build()
                .toByteArray());
    }

    static byte[] many(int field, int bytes) {
        byte[] many = new byte[bytes];
        for (int i = 0; i < bytes; i += 2) {
            many[i] = (byte) (field << 3 | 2);
        }
        return many;
    }

    /** Groups that are opened, each within the last. */
    static byte[] groups(int bytes) {
        byte[] groups = new byte[bytes];
        Arrays.fill(groups, (byte) ((14 << 3) | 3));
        return groups;
    }

    /** Fields that no version knows, each of another number. */
    static byte[] unknownFields(int bytes) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(fields);
        for (int field = 1000; out.getTotalBytesWritten() < bytes; field++) {
            out.writeUInt32(field, 1);
        }
        out.flush();
        return fields.toByteArray();
    }

    static byte[] gzipOfZeros(int bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (int written = 0; written < bytes; written += 1 << 20) {
                gzip.write(new byte[1 << 20]);
            }
        }
        return packed.toByteArray();
    }
}
