package dev.cairn.cas.snapshot.base;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A map from super-features to the numbers of what has them, up to {@value #EACH_MAX} each; the newest of them replaces the
 * last. A table that is full takes no more.
 *
 * <p>12 bytes and more a feature, 8 MiB at most. For one thread.
 */
final class FeatureTable {

    /** The most numbers of one feature. */
    static final int EACH_MAX = 4;

    /** The most features. */
    static final int ENTRIES_MAX = 3 << 18;

    private static final int SLOTS_MIN = 1 << 10;
    private static final int SLOTS_MAX = 1 << 20;
    private static final int MIX = 0x9e3779b9;

    private int[] keys = new int[SLOTS_MIN];
    private int[] numbers = new int[SLOTS_MIN];
    private int size;

    /** How many were put. */
    int size() {
        return size;
    }

    /** @param feature as {@link Sketch#feature} gives it */
    void put(int feature, int number) {
        if (Sketch.isNone(feature)) {
            return;
        }
        if (size >= keys.length / 4 * 3 && keys.length < SLOTS_MAX) {
            grow();
        }
        int found = 0;
        int slot = slot(feature);
        while (keys[slot] != 0) {
            if (keys[slot] == feature + 1) {
                if (numbers[slot] == number) {
                    return;
                }
                if (++found == EACH_MAX) {
                    numbers[slot] = number;
                    return;
                }
            }
            slot = (slot + 1) & (keys.length - 1);
        }
        if (size < ENTRIES_MAX) {
            keys[slot] = feature + 1;
            numbers[slot] = number;
            size++;
        }
    }

    /** Shows the numbers that were put for {@code feature}. */
    void forEach(int feature, IntConsumer visitor) {
        if (Sketch.isNone(feature)) {
            return;
        }
        for (int slot = slot(feature); keys[slot] != 0; slot = (slot + 1) & (keys.length - 1)) {
            if (keys[slot] == feature + 1) {
                visitor.accept(numbers[slot]);
            }
        }
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldNumbers = numbers;
        keys = new int[oldKeys.length * 2];
        numbers = Arrays.copyOf(keys, keys.length);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i] - 1);
                while (keys[slot] != 0) {
                    slot = (slot + 1) & (keys.length - 1);
                }
                keys[slot] = oldKeys[i];
                numbers[slot] = oldNumbers[i];
            }
        }
    }

    private int slot(int feature) {
        return (feature * MIX) >>> (Integer.numberOfLeadingZeros(keys.length) + 1);
    }
}
