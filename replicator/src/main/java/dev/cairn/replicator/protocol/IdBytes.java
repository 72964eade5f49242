package dev.cairn.replicator.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ids as they stand in a {@code bytes} field: one after the other. */
final class IdBytes {

    private IdBytes() {}

    static ByteString pack(List<ObjectId> ids) {
        return packed(ids, ObjectId.BYTES, ObjectId::write);
    }

    static ByteString pack(@Nullable ObjectId id) {
        return id == null ? ByteString.EMPTY : ByteString.copyFrom(id.bytes());
    }

    static List<ObjectId> unpack(ByteString bytes, int max, String what) {
        return unpacked(bytes, ObjectId.BYTES, ObjectId::read, max, what, "ids");
    }

    static ByteString packDigests(List<RecordDigest> digests) {
        return packed(digests, RecordDigest.BYTES, RecordDigest::write);
    }

    static List<RecordDigest> unpackDigests(ByteString bytes, int max, String what) {
        return unpacked(bytes, RecordDigest.BYTES, RecordDigest::read, max, what, "digests");
    }

    static ByteString packNoteDigests(List<NoteDigest> digests) {
        return packed(digests, NoteDigest.BYTES, NoteDigest::write);
    }

    static List<NoteDigest> unpackNoteDigests(ByteString bytes, int max, String what) {
        return unpacked(bytes, NoteDigest.BYTES, NoteDigest::read, max, what, "digests");
    }

    private static <T> ByteString packed(List<T> items, int itemBytes, BiConsumer<T, ByteBuffer> writer) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(items.size(), itemBytes));
        items.forEach(item -> writer.accept(item, buffer));
        return UnsafeByteOperations.unsafeWrap(buffer.array());
    }

    private static <T> List<T> unpacked(
            ByteString bytes, int itemBytes, Function<ByteBuffer, T> reader, int max, String what, String unit) {
        if (bytes.size() % itemBytes != 0) {
            throw MalformedMessageException.because(
                    "%s: %d bytes are not a whole number of %s".formatted(what, bytes.size(), unit));
        }
        int count = bytes.size() / itemBytes;
        if (count > max) {
            throw MalformedMessageException.tooLarge(what, max, count);
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        List<T> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(reader.apply(buffer));
        }
        return Collections.unmodifiableList(items);
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
