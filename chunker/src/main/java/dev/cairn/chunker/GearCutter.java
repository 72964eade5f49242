package dev.cairn.chunker;

import java.util.Objects;

/**
 * The product's own rule: gear hash over a table of the repository, normalised masks of top bits.
 *
 * <p>Chunks that are all zeros are found without hashing: the hash of 64 zeros is one known number, so the length of an all-zero chunk is
 * a constant of table and profile (nearly always the maximum). This is a short-cut, not another rule: the cuts are the same.
 */
public final class GearCutter implements Cutter {
    private final GearTable table;
    private final ChunkProfile profile;
    private final int zeroChunkBytes;

    /** A cutter for one repository's table and profile. */
    public GearCutter(GearTable table, ChunkProfile profile) {
        this.table = table;
        this.profile = profile;
        this.zeroChunkBytes = zeroChunkBytes(table.zeroHash(), profile);
    }

    private static int zeroChunkBytes(long zeroHash, ChunkProfile profile) {
        if ((zeroHash & profile.strictMask()) == 0 && profile.minBytes() < profile.switchBytes()) {
            return profile.minBytes();
        }
        return (zeroHash & profile.looseMask()) == 0 ? profile.switchBytes() : profile.maxBytes();
    }

    @Override
    public int cut(byte[] data, int from, int to, boolean atEnd) {
        Objects.checkFromToIndex(from, to, data.length);
        int available = to - from;
        if (available == 0) {
            throw new IndexOutOfBoundsException("no bytes to cut at %d".formatted(from));
        }
        if (available >= zeroChunkBytes && CutFinder.zeroRun(data, from, zeroChunkBytes) == zeroChunkBytes) {
            return zeroChunkBytes;
        }
        int position = firstCandidate(data, from, to);
        if (position != CutFinder.NONE) {
            return position - from;
        }
        if (available >= profile.maxBytes()) {
            return profile.maxBytes();
        }
        return atEnd ? available : NEED_MORE;
    }

    private int firstCandidate(byte[] data, int from, int to) {
        long[] entries = table.entries();
        int available = to - from;
        int strictTo = from + Math.min(available, profile.switchBytes() - 1);
        int position = CutFinder.firstHit(entries, data, from + profile.minBytes(), strictTo, profile.strictMask());
        if (position != CutFinder.NONE) {
            return position;
        }
        int looseTo = from + Math.min(available, profile.maxBytes() - 1);
        return CutFinder.firstHit(entries, data, from + profile.switchBytes(), looseTo, profile.looseMask());
    }

    /** The length of every chunk that is all zeros and not cut short by the end of the input, in bytes. */
    public int zeroChunkBytes() {
        return zeroChunkBytes;
    }

    /** The table this cutter hashes with. */
    public GearTable table() {
        return table;
    }

    /** The sizes and masks this cutter cuts by. */
    public ChunkProfile profile() {
        return profile;
    }

    @Override
    public int bytesMax() {
        return profile.maxBytes();
    }

    @Override
    public int wholeFileBytesMax() {
        return profile.wholeFileBytesMax();
    }
}
