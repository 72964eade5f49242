package dev.cairn.replicator.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ids as they stand in a {@code bytes} field: one after the other. */
final class IdBytes {

    private IdBytes() {}

    static ByteString pack(List<ObjectId> ids) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(ids.size(), ObjectId.BYTES));
        ids.forEach(id -> id.write(buffer));
        return UnsafeByteOperations.unsafeWrap(buffer.array());
    }

    static ByteString pack(@Nullable ObjectId id) {
        return id == null ? ByteString.EMPTY : ByteString.copyFrom(id.bytes());
    }

    static List<ObjectId> unpack(ByteString bytes, int max, String what) {
        if (bytes.size() % ObjectId.BYTES != 0) {
            throw MalformedMessageException.because(
                    "%s: %d bytes are not a whole number of ids".formatted(what, bytes.size()));
        }
        int count = bytes.size() / ObjectId.BYTES;
        if (count > max) {
            throw MalformedMessageException.tooLarge(what, max, count);
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        ObjectId[] ids = new ObjectId[count];
        for (int i = 0; i < count; i++) {
            ids[i] = ObjectId.read(buffer);
        }
        return List.of(ids);
    }

    static ByteString packDigests(List<RecordDigest> digests) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(digests.size(), RecordDigest.BYTES));
        digests.forEach(digest -> digest.write(buffer));
        return UnsafeByteOperations.unsafeWrap(buffer.array());
    }

    static List<RecordDigest> unpackDigests(ByteString bytes, int max, String what) {
        if (bytes.size() % RecordDigest.BYTES != 0) {
            throw MalformedMessageException.because(
                    "%s: %d bytes are not a whole number of digests".formatted(what, bytes.size()));
        }
        int count = bytes.size() / RecordDigest.BYTES;
        if (count > max) {
            throw MalformedMessageException.tooLarge(what, max, count);
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        RecordDigest[] digests = new RecordDigest[count];
        for (int i = 0; i < count; i++) {
            digests[i] = RecordDigest.read(buffer);
        }
        return List.of(digests);
    }

    static ObjectId one(ByteString bytes, String what) {
        requireLength(bytes, ObjectId.BYTES, what);
        return ObjectId.of(bytes.toByteArray());
    }

    static @Nullable ObjectId oneOrNone(ByteString bytes, String what) {
        return bytes.isEmpty() ? null : one(bytes, what);
    }

    static RepositoryId repository(ByteString bytes) {
        requireLength(bytes, RepositoryId.BYTES, "repository id");
        return RepositoryId.of(bytes.toByteArray());
    }

    static byte[] requireLength(ByteString bytes, int length, String what) {
        if (bytes.size() != length) {
            throw MalformedMessageException.because("%s has %d bytes, not %d".formatted(what, length, bytes.size()));
        }
        return bytes.toByteArray();
    }
}
