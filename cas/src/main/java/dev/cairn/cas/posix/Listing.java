package dev.cairn.cas.posix;

import java.util.Arrays;

/**
 * The names of a folder, sorted as unsigned bytes, packed into one array: 7 bytes a name beside its own, so that a
 * folder with a million names takes some 30 MB rather than a hundred. Immutable.
 */
public final class Listing {
    /** Type (1 byte) and length (2 bytes) stand before each name. */
    private static final int HEADER_BYTES = 3;

    private final byte[] pool;
    private final int[] offsets;

    private Listing(byte[] pool, int[] offsets) {
        this.pool = pool;
        this.offsets = offsets;
    }

    public int size() {
        return offsets.length;
    }

    /** A copy of the name at {@code index}. */
    public byte[] name(int index) {
        int start = offsets[index] + HEADER_BYTES;
        return Arrays.copyOfRange(pool, start, start + length(pool, offsets[index]));
    }

    /** What the folder says it is, {@link FileType#UNKNOWN} where it does not. */
    public FileType type(int index) {
        return FileType.ofDirectoryEntry(pool[offsets[index]]);
    }

    /** The index of {@code name}, or -1. */
    public int indexOf(byte[] name) {
        int low = 0;
        int high = offsets.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int start = offsets[middle] + HEADER_BYTES;
            int end = start + length(pool, offsets[middle]);
            int order = Arrays.compareUnsigned(pool, start, end, name, 0, name.length);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    long footprintBytes() {
        return pool.length + (long) offsets.length * Integer.BYTES;
    }

    private static int length(byte[] pool, int offset) {
        return (pool[offset + 1] & 0xFF) << 8 | (pool[offset + 2] & 0xFF);
    }

    /** Gathers names in any order; not thread-safe. */
    static final class Collector implements Directory.Visitor {
        static final int POOL_BYTES_MAX = 1 << 30;

        private final int poolBytesMax;
        private byte[] pool = new byte[1024];
        private int poolBytes;
        private int[] offsets = new int[32];
        private int count;

        Collector() {
            this(POOL_BYTES_MAX);
        }

        Collector(int poolBytesMax) {
            this.poolBytesMax = poolBytesMax;
        }

        @Override
        public void name(byte[] name, FileType type) throws PosixException {
            if (name.length > RawName.NAME_BYTES_MAX) {
                throw new PosixException("list", name, Errno.ENAMETOOLONG);
            }
            int needed = HEADER_BYTES + name.length;
            if (needed > poolBytesMax - poolBytes) {
                throw new PosixException("list", new byte[0], Errno.EOVERFLOW);
            }
            if (needed > pool.length - poolBytes) {
                long grown = Math.max(pool.length * 3L / 2, (long) poolBytes + needed);
                pool = Arrays.copyOf(pool, (int) Math.min(grown, poolBytesMax));
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count + (count >> 1));
            }
            offsets[count++] = poolBytes;
            pool[poolBytes] = (byte) (type.modeBits() >> 12);
            pool[poolBytes + 1] = (byte) (name.length >> 8);
            pool[poolBytes + 2] = (byte) name.length;
            System.arraycopy(name, 0, pool, poolBytes + HEADER_BYTES, name.length);
            poolBytes += needed;
        }

        /** The names so far; the collector is used up. */
        Listing sorted() {
            int[] from = Arrays.copyOf(offsets, count);
            int[] to = new int[count];
            for (long width = 1; width < count; width *= 2) {
                for (long start = 0; start < count; start += 2 * width) {
                    int middle = (int) Math.min(start + width, count);
                    int end = (int) Math.min(start + 2 * width, count);
                    merge(from, to, (int) start, middle, end);
                }
                int[] swap = from;
                from = to;
                to = swap;
            }
            return new Listing(pool, from);
        }

        private void merge(int[] from, int[] to, int start, int middle, int end) {
            if (middle == end || compare(from[middle - 1], from[middle]) <= 0) {
                System.arraycopy(from, start, to, start, end - start);
                return;
            }
            int left = start;
            int right = middle;
            for (int i = start; i < end; i++) {
                boolean takeLeft = right == end || (left < middle && compare(from[left], from[right]) <= 0);
                to[i] = takeLeft ? from[left++] : from[right++];
            }
        }

        private int compare(int a, int b) {
            int aStart = a + HEADER_BYTES;
            int bStart = b + HEADER_BYTES;
            return Arrays.compareUnsigned(
                    pool, aStart, aStart + length(pool, a), pool, bStart, bStart + length(pool, b));
        }
    }
}
