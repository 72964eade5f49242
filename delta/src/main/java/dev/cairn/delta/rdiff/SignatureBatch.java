package dev.cairn.delta.rdiff;

import dev.cairn.delta.RollingChecksum;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A run of blocks of a basis and their sums. One thread at a time: filled by one, run by another, written by the first. */
final class SignatureBatch implements Runnable {
    private static final VarHandle INT_BE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final int blockBytes;
    private final RollingChecksum weak;
    private final StrongSum strong;
    private final int entryBytes;
    private final byte[] data;
    private final byte[] entries;
    private int length;

    /** As many whole blocks as {@code bytes} hold, and one at least. */
    SignatureBatch(SignatureParameters parameters, int bytes) {
        this.blockBytes = parameters.blockBytes();
        this.weak = parameters.kind().weakSum();
        this.strong = StrongSum.of(parameters);
        int blocks = Math.max(1, bytes / blockBytes);
        this.data = new byte[blocks * blockBytes];
        this.entryBytes = Integer.BYTES + strong.bytes();
        this.entries = new byte[blocks * entryBytes];
    }

    /** Reads anew; whether it is full, so that there may be more. */
    boolean fill(InputStream basis) throws IOException {
        length = basis.readNBytes(data, 0, data.length);
        return length == data.length;
    }

    int length() {
        return length;
    }

    /** Computes the sums. */
    @Override
    public void run() {
        int whole = length / blockBytes;
        strong.ofRun(data, 0, blockBytes, whole, entries, Integer.BYTES, entryBytes);
        for (int block = 0; block < whole; block++) {
            putWeak(block, blockBytes);
        }
        int rest = length % blockBytes;
        if (rest > 0) {
            strong.ofRun(data, length - rest, rest, 1, entries, whole * entryBytes + Integer.BYTES, entryBytes);
            putWeak(whole, rest);
        }
    }

    private void putWeak(int block, int count) {
        weak.reset();
        weak.append(data, block * blockBytes, count);
        INT_BE.set(entries, block * entryBytes, weak.value());
    }

    void writeTo(OutputStream out) throws IOException {
        int blocks = length / blockBytes + (length % blockBytes == 0 ? 0 : 1);
        out.write(entries, 0, blocks * entryBytes);
    }
}
