package dev.cairn.delta.gap;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import java.util.Arrays;

/** Writes frames: a byte that says how, and the bytes themselves or a zstd frame of them, whichever is shorter. One thread at a time. */
final class FramePacker implements AutoCloseable {
    /** Fewer bytes are not worth a try: the shortest zstd frame has 5 bytes, and a byte that says how long it is. */
    private static final int PACKED_BYTES_MIN = 12;

    private final ZstdCompressCtx alone = context();
    private final ZstdCompressCtx withBase = context();

    private static ZstdCompressCtx context() {
        ZstdCompressCtx context = new ZstdCompressCtx();
        context.setMagicless(true).setChecksum(false).setDictID(false).setContentSize(false);
        return context;
    }

    /** Appends one frame. */
    void pack(byte[] bytes, int from, int length, int level, ByteSink sink) {
        pack(alone.setLevel(level), GapFormat.FRAME_ZSTD, bytes, from, length, sink);
    }

    /** Sets the dictionary of {@link #packWithBase}: the beginning of the base. */
    void useBase(byte[] base, int baseLength, int level) {
        withBase.setLevel(level);
        withBase.loadDict(
                Arrays.copyOf(base, Math.min(baseLength, GapFormat.DICTIONARY_BYTES_MAX)),
                ZstdDictContentType.RAW_CONTENT);
    }

    /** Appends one frame that needs the base to be read. */
    void packWithBase(byte[] bytes, int from, int length, ByteSink sink) {
        pack(withBase, GapFormat.FRAME_ZSTD_BASE, bytes, from, length, sink);
    }

    private static void pack(ZstdCompressCtx context, int coding, byte[] bytes, int from, int length, ByteSink sink) {
        if (length >= PACKED_BYTES_MIN) {
            int head = 1 + leb128Bytes(length);
            int bound = Math.toIntExact(Zstd.compressBound(length));
            byte[] target = sink.room(head + bound);
            int start = sink.length() + head;
            int packed = context.compressByteArray(target, start, target.length - start, bytes, from, length);
            if (leb128Bytes(packed) + packed < length) {
                sink.put(coding);
                sink.putLeb128(packed);
                System.arraycopy(target, start, target, sink.length(), packed);
                sink.added(packed);
                return;
            }
        }
        sink.put(GapFormat.FRAME_RAW);
        sink.put(bytes, from, length);
    }

    private static int leb128Bytes(int value) {
        return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7);
    }

    @Override
    public void close() {
        alone.close();
        withBase.close();
    }
}
