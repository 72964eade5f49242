package dev.cairn.chunker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 256 numbers that the gear hash adds, one a byte value.
 *
 * <p>A repository uses a {@linkplain #keyed keyed} table, so that the lengths of its chunks do not tell which known files it holds. The
 * table is then as secret as the key: {@link #toString()} does not show it. Immutable and safe to share between threads.
 */
public final class GearTable {
    /** Number of entries: one for each value of a byte. */
    public static final int ENTRIES = 256;

    /** Length of the key that {@link #keyed} takes, in bytes. */
    public static final int KEY_BYTES = 32;

    private static final VarHandle LONG_LE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long[] entries;

    private GearTable(long[] entries) {
        this.entries = entries;
    }

    /**
     * The table that a key expands to: the first 2,048 bytes of the AES-256-CTR key stream under {@code key}, with an all-zero 16-byte
     * initial counter block, read as 256 <em>little-endian</em> 64-bit words in order.
     *
     * @param key the chunker subkey, {@value #KEY_BYTES} bytes; not kept
     * @throws IllegalArgumentException if the key has another length
     */
    public static GearTable keyed(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("chunker key is %d bytes, must be %d".formatted(key.length, KEY_BYTES));
        }
        byte[] stream;
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
            stream = cipher.doFinal(new byte[ENTRIES * Long.BYTES]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks AES-256 in counter mode", e);
        }
        long[] entries = new long[ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = (long) LONG_LE.get(stream, i * Long.BYTES);
        }
        Arrays.fill(stream, (byte) 0);
        return new GearTable(entries);
    }

    /**
     * A table of given numbers, for the public tables of other implementations.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #ENTRIES}
     */
    public static GearTable of(long[] entries) {
        if (entries.length != ENTRIES) {
            throw new IllegalArgumentException(
                    "a gear table has %d entries, not %d".formatted(ENTRIES, entries.length));
        }
        return new GearTable(entries.clone());
    }

    /** The hash of any run of 64 or more zero bytes, which is where holes read as data end up. */
    long zeroHash() {
        long hash = 0;
        for (int i = 0; i < CutFinder.WINDOW_BYTES; i++) {
            hash = (hash << 1) + entries[0];
        }
        return hash;
    }

    /** The entries themselves, for the hot loops of this package, which do not write to them. */
    long[] entries() {
        return entries;
    }

    @Override
    public String toString() {
        return "GearTable[...]";
    }
}
