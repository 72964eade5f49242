package dev.cairn.cas.seal;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a delta may build on: the bytes of chunks, one behind the other, in the order of the old version.
 *
 * <p>Encoding a delta uses them up: {@link #clear} before the next. The buffer is kept for that one, as large as the largest was and
 * {@value Deltas#BASE_BYTES_MAX} bytes at most. For one thread at a time.
 */
public final class Bases {

    private byte[] buffer = new byte[0];
    private int length;
    private final List<ObjectId> ids = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    /**
     * A single one.
     *
     * @throws IllegalArgumentException if it is longer than {@value Deltas#BASE_BYTES_MAX}
     */
    public static Bases of(ObjectId id, byte[] chunk) {
        Bases bases = new Bases();
        if (!bases.add(id, new ObjectSource.Bytes(chunk, 0, chunk.length))) {
            throw new IllegalArgumentException(
                    "the base (%d) must be at most %d".formatted(chunk.length, Deltas.BASE_BYTES_MAX));
        }
        return bases;
    }

    /** Forgets all of them. */
    public void clear() {
        length = 0;
        ids.clear();
        ends.clear();
    }

    /**
     * Adds a chunk: its bytes are copied.
     *
     * @return whether there was room for it
     */
    public boolean add(ObjectId id, ObjectSource.Bytes chunk) {
        if (chunk.length() > Deltas.BASE_BYTES_MAX - length) {
            return false;
        }
        int end = length + chunk.length();
        if (end > buffer.length) {
            buffer = Arrays.copyOf(
                    buffer, Math.max(end, Math.min(buffer.length + buffer.length / 2, Deltas.BASE_BYTES_MAX)));
        }
        System.arraycopy(chunk.array(), chunk.offset(), buffer, length, chunk.length());
        length = end;
        ids.add(id);
        ends.add(end);
        return true;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return ids.isEmpty();
    }

    ObjectId id(int base) {
        return ids.get(base);
    }

    /** All bytes, and room behind them. */
    byte[] buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    /** Where each begins, and at the end the {@link #length}. */
    int[] bounds() {
        int[] bounds = new int[ends.size() + 1];
        for (int i = 0; i < ends.size(); i++) {
            bounds[i + 1] = ends.get(i);
        }
        return bounds;
    }
}
