package dev.cairn.cas.snapshot.usage;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Adds up which snapshots and branches have the same chunks. For one thread. */
final class Shares {

    private final long[] unique;
    private final long[] shared;
    private final List<long[]> branches = new ArrayList<>();
    private final long[] branchUnique;
    private final long[] branchShared;
    private long chunks;
    private long chunkBytes;

    Shares(int snapshots, List<BitSet> branches) {
        this.unique = new long[snapshots];
        this.shared = new long[snapshots];
        branches.forEach(branch -> this.branches.add(branch.toLongArray()));
        this.branchUnique = new long[branches.size()];
        this.branchShared = new long[branches.size()];
    }

    /** Adds an object that snapshots reach, as the bits of {@code words} words say; one that none does, being no chunk, is nothing. */
    void add(int length, long[] bits, int from, int words) {
        int count = 0;
        for (int i = 0; i < words; i++) {
            count += Long.bitCount(bits[from + i]);
        }
        if (count == 0) {
            return;
        }
        chunks++;
        chunkBytes += length;
        long[] sums = count == 1 ? unique : shared;
        for (int i = 0; i < words; i++) {
            for (long rest = bits[from + i]; rest != 0; rest &= rest - 1) {
                sums[(i << 6) + Long.numberOfTrailingZeros(rest)] += length;
            }
        }
        for (int branch = 0; branch < branches.size(); branch++) {
            int inside = 0;
            long[] mask = branches.get(branch);
            for (int i = 0; i < Math.min(words, mask.length); i++) {
                inside += Long.bitCount(bits[from + i] & mask[i]);
            }
            if (inside > 0) {
                (inside == count ? branchUnique : branchShared)[branch] += length;
            }
        }
    }

    long chunks() {
        return chunks;
    }

    long chunkBytes() {
        return chunkBytes;
    }

    List<StorageUse.Share> snapshots() {
        return shares(unique, shared);
    }

    List<StorageUse.Share> branches() {
        return shares(branchUnique, branchShared);
    }

    private static List<StorageUse.Share> shares(long[] unique, long[] shared) {
        List<StorageUse.Share> shares = new ArrayList<>();
        for (int i = 0; i < unique.length; i++) {
            shares.add(new StorageUse.Share(unique[i], shared[i]));
        }
        return shares;
    }
}
