package dev.cairn.cas.snapshot.base;

import dev.cairn.chunker.ChunkSlice;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses those chunks of a larger file that stand for it, and makes their sketches: one in each stretch of {@value
 * #STRETCH_BYTES_MIN} bytes at the beginning, one in each longer stretch behind it, {@value #BLOCKS_MAX} at most. It is the
 * one whose first bytes have the least hash, so that versions of a file mostly have the same ones, wherever they stand.
 *
 * <p>Holes and chunks of zeros are not counted. Holds a copy of one chunk. For one thread.
 */
public final class BlockSampler {

    /** The most sketches of one file. */
    public static final int BLOCKS_MAX = 64;

    /** What is sampled densely. */
    public static final int BEGINNING_BYTES = 1 << 20;

    /** The shortest stretch. */
    static final int STRETCH_BYTES_MIN = 256 << 10;

    private static final int HASHED_BYTES = 32;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final SuperFeatures features;
    private byte[] block = new byte[STRETCH_BYTES_MIN];
    private int blockBytes;
    private long blockHash;
    private List<Sketch> sketches = new ArrayList<>();
    private long stretchBytes = STRETCH_BYTES_MIN;
    private long stretch;
    private long position;

    /** @param features makes the sketches */
    public BlockSampler(SuperFeatures features) {
        this.features = features;
    }

    /** A file of about {@code bytes} begins. */
    public void begin(long bytes) {
        sketches = new ArrayList<>();
        blockBytes = 0;
        stretch = 0;
        position = 0;
        int beginning = BEGINNING_BYTES / STRETCH_BYTES_MIN;
        stretchBytes = STRETCH_BYTES_MIN;
        while (bytes / stretchBytes > BLOCKS_MAX - beginning - 1) {
            // Doubled only, so that a file which grows a little keeps its stretches.
            stretchBytes *= 2;
        }
    }

    /** The next chunk. It is copied if it is kept. */
    public void chunk(ChunkSlice chunk) {
        if (!chunk.allZero()) {
            chunk(chunk.buffer(), chunk.offset(), chunk.length());
        }
    }

    /** The next chunk. It is copied if it is kept. */
    public void chunk(byte[] buffer, int offset, int length) {
        long number = position < BEGINNING_BYTES
                ? position / STRETCH_BYTES_MIN
                : BEGINNING_BYTES / STRETCH_BYTES_MIN + (position - BEGINNING_BYTES) / stretchBytes;
        if (number != stretch) {
            endStretch();
            stretch = number;
        }
        position += length;
        if (length < HASHED_BYTES) {
            return;
        }
        long hash = hash(buffer, offset);
        if (blockBytes == 0 || Long.compareUnsigned(hash, blockHash) < 0) {
            if (block.length < length) {
                block = new byte[length];
            }
            System.arraycopy(buffer, offset, block, 0, length);
            blockBytes = length;
            blockHash = hash;
        }
    }

    private static long hash(byte[] buffer, int offset) {
        long hash = 0;
        for (int i = 0; i < HASHED_BYTES; i += Long.BYTES) {
            hash = (hash ^ (long) LONG_LE.get(buffer, offset + i)) * MIX;
            hash ^= hash >>> 32;
        }
        return hash;
    }

    private void endStretch() {
        if (blockBytes > 0 && sketches.size() < BLOCKS_MAX) {
            Sketch sketch = features.of(block, 0, blockBytes);
            if (sketch != null) {
                sketches.add(sketch);
            }
        }
        blockBytes = 0;
    }

    /** The file has ended: its sketches. */
    public List<Sketch> end() {
        endStretch();
        List<Sketch> all = List.copyOf(sketches);
        sketches = new ArrayList<>();
        return all;
    }
}
