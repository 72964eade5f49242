package dev.cairn.cas.snapshot.base;

import java.util.Arrays;

/** Anchors that were shown, in their order. Takes 20 bytes for each, up to twice as many, and 5 KiB at least. For one thread. */
final class AnchorList implements Anchors.Sink {

    private static final int SIZE_MIN = 256;

    private long[] hashes = new long[SIZE_MIN];
    private long[] offsets = new long[SIZE_MIN];
    private int[] lengths = new int[SIZE_MIN];
    private int size;

    @Override
    public void anchor(long hash, long offset, int length) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        hashes[size] = hash;
        offsets[size] = offset;
        lengths[size++] = length;
    }

    /** Shows them again. */
    void show(Anchors.Sink sink) {
        for (int i = 0; i < size; i++) {
            sink.anchor(hashes[i], offsets[i], lengths[i]);
        }
    }
}
