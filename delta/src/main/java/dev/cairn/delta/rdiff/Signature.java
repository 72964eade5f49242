package dev.cairn.delta.rdiff;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The sums of a basis's blocks, in memory and ready to be searched. Immutable and safe to share between threads.
 *
 * <p>Memory: the strong sums, and about 20 bytes a block for the rest.
 *
 * <h2>Hostile signatures</h2>
 *
 * <p>Weak sums collide at will. So blocks with equal sums are kept once; of those that share a weak sum only, at most {@value
 * #CHAIN_MAX} are kept, and a search of the table looks at no more than {@value #PROBES_MAX} slots, in an order that depends on a number
 * chosen at random. A block that finds no place is never matched, which costs size and nothing else.
 */
public final class Signature {
    /** The most blocks accepted: 256 MiB of full strong sums. */
    public static final int BLOCKS_MAX = 1 << 23;

    /** What {@link #candidate} and {@link #next} answer where there is no block. */
    static final int NONE = -1;

    private static final int CHAIN_MAX = 8;
    private static final int PROBES_MAX = 64;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRIES_A_READ = 1024;
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final SignatureParameters parameters;
    private final int blocks;
    private final int[] weak;
    private final byte[] strong;

    private final int mixer = ThreadLocalRandom.current().nextInt() | 1;
    /** Open addressing by weak sum: the first block that has it, plus one; 0 where there is none. */
    private final int[] slots;
    /** The next block with the same weak sum and another strong one, plus one. */
    private final int[] chains;
    /** One bit for each of the top values of a mixed weak sum: whether a search may find something. */
    private final long[] filter;

    private Signature(SignatureParameters parameters, int blocks, int[] weak, byte[] strong) {
        this.parameters = parameters;
        this.blocks = blocks;
        this.weak = weak;
        this.strong = strong;
        // A power of two, two to four times the blocks.
        int room = Integer.highestOneBit(2 * Math.max(blocks, 8) - 1) * 2;
        this.slots = new int[room];
        this.chains = new int[blocks];
        this.filter = new long[room * 8 / Long.SIZE];
        for (int block = 0; block < blocks; block++) {
            insert(block);
        }
    }

    /**
     * Reads a signature to the end of the stream, which stays open. Allocates as bytes arrive, not as a header announces.
     *
     * @throws RdiffFormatException if it is none, its lengths are out of bounds, it ends inside a block or has more than {@value #BLOCKS_MAX}
     */
    public static Signature read(InputStream in) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) {
            throw new RdiffFormatException(header.length, "the signature ends in its header");
        }
        SignatureParameters parameters =
                parameters((int) INT_BE.get(header, 0), (int) INT_BE.get(header, 4), (int) INT_BE.get(header, 8));
        int strongBytes = parameters.strongBytes();
        int entryBytes = Integer.BYTES + strongBytes;
        byte[] part = new byte[ENTRIES_A_READ * entryBytes];
        int[] weak = new int[ENTRIES_A_READ];
        byte[] strong = new byte[ENTRIES_A_READ * strongBytes];
        int blocks = 0;
        int read;
        do {
            read = in.readNBytes(part, 0, part.length);
            long offset = HEADER_BYTES + (long) blocks * entryBytes;
            if (read % entryBytes != 0) {
                throw new RdiffFormatException(offset + read, "the signature ends inside a block's sums");
            }
            int entries = read / entryBytes;
            if (blocks + entries > BLOCKS_MAX) {
                throw new RdiffFormatException(offset, "more than %d blocks".formatted(BLOCKS_MAX));
            }
            if (blocks + entries > weak.length) {
                weak = Arrays.copyOf(weak, weak.length * 2);
                strong = Arrays.copyOf(strong, strong.length * 2);
            }
            for (int entry = 0; entry < entries; entry++, blocks++) {
                weak[blocks] = (int) INT_BE.get(part, entry * entryBytes);
                System.arraycopy(part, entry * entryBytes + Integer.BYTES, strong, blocks * strongBytes, strongBytes);
            }
        } while (read == part.length);
        return new Signature(parameters, blocks, weak, strong);
    }

    private static SignatureParameters parameters(int magic, int blockBytes, int strongBytes)
            throws RdiffFormatException {
        for (SignatureKind kind : SignatureKind.values()) {
            if (kind.magic() == magic) {
                try {
                    return new SignatureParameters(kind, blockBytes, strongBytes);
                } catch (IllegalArgumentException e) {
                    throw new RdiffFormatException(Integer.BYTES, String.valueOf(e.getMessage()));
                }
            }
        }
        throw new RdiffFormatException(0, "not a signature: begins with %08x".formatted(magic));
    }

    /** What the signature was made with. */
    public SignatureParameters parameters() {
        return parameters;
    }

    /** Number of blocks; only the last may be shorter than the block length. */
    public int blocks() {
        return blocks;
    }

    int weak(int block) {
        return weak[block];
    }

    /** Whether a block has the strong sum that stands at an offset of {@code sums}, as far as it is kept. */
    boolean strongEquals(int block, byte[] sums, int offset) {
        int bytes = parameters.strongBytes();
        return Arrays.equals(strong, block * bytes, (block + 1) * bytes, sums, offset, offset + bytes);
    }

    /** One bit for each value that {@code weak * mixer() >>> filterShift()} can take: clear where no block has that weak sum. */
    long[] filter() {
        return filter;
    }

    int mixer() {
        return mixer;
    }

    int filterShift() {
        return Integer.numberOfLeadingZeros(filter.length * Long.SIZE - 1);
    }

    /** The first block with that weak sum, or {@link #NONE}. */
    int candidate(int weakSum) {
        int slot = slot(weakSum);
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            int block = slots[slot] - 1;
            if (block == NONE || weak[block] == weakSum) {
                return block;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return NONE;
    }

    /** The next block with the same weak sum, or {@link #NONE}. */
    int next(int block) {
        return chains[block] - 1;
    }

    private int slot(int weakSum) {
        return (weakSum * mixer) >>> Integer.numberOfLeadingZeros(slots.length - 1);
    }

    private void insert(int block) {
        int slot = slot(weak[block]);
        for (int probe = 0; probe < PROBES_MAX; probe++) {
            int first = slots[slot] - 1;
            if (first == NONE) {
                slots[slot] = block + 1;
                int bit = (weak[block] * mixer) >>> filterShift();
                filter[bit >>> 6] |= 1L << bit;
                return;
            }
            if (weak[first] == weak[block]) {
                append(first, block);
                return;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
    }

    private void append(int first, int block) {
        int bytes = parameters.strongBytes();
        int last = first;
        for (int depth = 1; depth <= CHAIN_MAX; depth++) {
            if (Arrays.equals(strong, last * bytes, (last + 1) * bytes, strong, block * bytes, (block + 1) * bytes)) {
                return;
            }
            if (next(last) == NONE) {
                if (depth < CHAIN_MAX) {
                    chains[last] = block + 1;
                }
                return;
            }
            last = next(last);
        }
    }
}
