package dev.cairn.cas.seal;

import dev.cairn.cas.CorruptDataException;
import java.util.Arrays;
import java.util.List;

/** One small piece through each codec and back: whether what they need of this machine, native code among it, is there. */
public final class CodecTrial {

    private static final int PLAIN_BYTES = 4096;
    private static final String WHERE = "a trial of compression";

    private CodecTrial() {}

    /**
     * Runs it; some milliseconds, and what loading a native library takes.
     *
     * @throws LinkageError if native code cannot be loaded
     * @throws CorruptDataException if what comes back is not what went in
     */
    public static void run() {
        byte[] plain = new byte[PLAIN_BYTES];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = (byte) (i / 16);
        }
        for (Compression compression : List.of(Compression.DEFAULT, new Compression.Lz4())) {
            if (!Arrays.equals(plain, thereAndBack(compression, plain))) {
                throw new CorruptDataException(WHERE, "what went in", "something else");
            }
        }
    }

    /**
     * Loads what the usual codec needs, which its first use would do. From any thread.
     *
     * @throws LinkageError if native code cannot be loaded
     */
    public static void load() {
        thereAndBack(Compression.DEFAULT, new byte[PLAIN_BYTES]);
    }

    private static byte[] thereAndBack(Compression compression, byte[] plain) {
        Compressor compressor = Compressor.current();
        Compressor.Packed packed = compressor.pack(compression, plain, plain.length);
        byte[] copy = Arrays.copyOf(packed.bytes(), packed.length());
        return compressor.unpack(packed.codec(), copy, 0, copy.length, plain.length, WHERE);
    }
}
