package dev.cairn.cas.seal;

import java.util.Random;

/** Foretellable bytes, for golden files and repeatable tests. */
public final class SeededEntropy implements Entropy {

    private final Random random;

    public SeededEntropy(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public synchronized void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
