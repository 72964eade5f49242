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
        Compressor compressor = Compressor.current();
        List<Compression> codecs = List.of(new Compression.Zstd(Compression.Zstd.DEFAULT_LEVEL), new Compression.Lz4());
        for (Compression compression : codecs) {
            Compressor.Packed packed = compressor.pack(compression, plain, plain.length);
            byte[] copy = Arrays.copyOf(packed.bytes(), packed.length());
            byte[] back = compressor.unpack(packed.codec(), copy, 0, copy.length, PLAIN_BYTES, WHERE);
            if (!Arrays.equals(plain, back)) {
                throw new CorruptDataException(WHERE, "what went in", "something else");
            }
        }
    }
}
