package dev.cairn.cas.seal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.cairn.cas.CorruptDataException;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;

/**
 * A thread's compression contexts and the buffers they work in. A context holds a megabyte or two of native memory, given
 * back when its thread is gone; making one for each record would cost as much as compressing 64 KiB.
 */
final class Compressor {

    /** Buffers above this size, for records far larger than any that is written by default, are not kept. */
    private static final int BUFFER_BYTES_KEPT = 2 << 20;

    /** Payloads that compression makes smaller by less than one part in so many are kept raw. */
    private static final int SAVING_PARTS = 16;

    /**
     * From so many bytes on, zstd's tables at the default level are twice what it takes by itself: runs of 1 MiB of a database dump come
     * out 0.9 % smaller, for 7 % more time. Smaller inputs do not fill them.
     */
    private static final int LARGE_TABLES_BYTES_MIN = 512 << 10;

    private static final int LARGE_HASH_LOG = 18;
    private static final int LARGE_CHAIN_LOG = 17;
    private static final int CHOSEN_BY_LEVEL = 0;

    /**
     * From so many bytes on, which no run of small files has, samples are compressed first, and where none of them gets smaller by one part in {@value #SAMPLE_SAVING_PARTS},
     * nothing else is: noise, and what is compressed already, then costs a tenth.
     */
    private static final int SAMPLED_BYTES_MIN = 704 << 10;

    private static final int SAMPLES = 8;
    private static final int SAMPLE_BYTES = 4 << 10;
    private static final int SAMPLE_SAVING_PARTS = 64;
    private static final int SAMPLE_LEVEL = 1;

    private static final int ESTIMATE_SAMPLES = 3;
    private static final int ESTIMATE_SAMPLE_BYTES = 64 << 10;

    private static final ThreadLocal<Compressor> COMPRESSORS = ThreadLocal.withInitial(Compressor::new);

    private byte[] plainBuffer = new byte[0];
    private byte[] packedBuffer = new byte[0];
    private @Nullable ZstdCompressCtx zstdOut;
    private @Nullable ZstdDecompressCtx zstdIn;

    private Compressor() {}

    /** The calling thread's own. */
    static Compressor current() {
        return COMPRESSORS.get();
    }

    /** A buffer of at least {@code bytes}, the same one at each call: for assembling a payload. */
    byte[] plainBuffer(int bytes) {
        if (plainBuffer.length < bytes) {
            byte[] buffer = new byte[bytes];
            if (bytes > BUFFER_BYTES_KEPT) {
                return buffer;
            }
            plainBuffer = buffer;
        }
        return plainBuffer;
    }

    /** A buffer of at least {@code bytes} for what {@link #unpack} takes, the same one at each call; {@link #pack} overwrites it too. */
    byte[] packedBuffer(int bytes) {
        if (packedBuffer.length < bytes) {
            byte[] buffer = new byte[bytes];
            if (bytes > BUFFER_BYTES_KEPT) {
                return buffer;
            }
            packedBuffer = buffer;
        }
        return packedBuffer;
    }

    /** Compressed bytes, the first {@code length} of an array that the next call overwrites. */
    record Packed(Codec codec, byte[] bytes, int length) {}

    /** Compresses the first {@code length} bytes of {@code plain}, or leaves them as they are where that saves too little. */
    Packed pack(Compression compression, byte[] plain, int length) {
        Packed packed = switch (compression) {
            case Compression.None _ -> new Packed(Codec.RAW, plain, length);
            case Compression.Lz4 _ -> lz4(plain, length);
            case Compression.Zstd(int level) -> zstd(level, plain, length);
        };
        return packed.length() <= length - length / SAVING_PARTS && packed.length() < length
                ? packed
                : new Packed(Codec.RAW, plain, length);
    }

    private Packed zstd(int level, byte[] plain, int length) {
        ZstdCompressCtx context = zstdOut;
        if (context == null) {
            context = new ZstdCompressCtx();
            zstdOut = context;
        }
        byte[] target = packedBuffer(Math.toIntExact(Zstd.compressBound(length)));
        if (length >= SAMPLED_BYTES_MIN && looksIncompressible(context, plain, length, target)) {
            return new Packed(Codec.RAW, plain, length);
        }
        boolean large = length >= LARGE_TABLES_BYTES_MIN && level == Compression.Zstd.DEFAULT_LEVEL;
        int packed = context.setLevel(level)
                .setHashLog(large ? LARGE_HASH_LOG : CHOSEN_BY_LEVEL)
                .setChainLog(large ? LARGE_CHAIN_LOG : CHOSEN_BY_LEVEL)
                .compressByteArray(target, 0, target.length, plain, 0, length);
        return new Packed(Codec.ZSTD, target, packed);
    }

    /** About how many bytes {@link #pack} would make of the first {@code length} bytes of {@code plain}: from {@value #ESTIMATE_SAMPLES} samples of it where it is long. */
    long estimate(Compression compression, byte[] plain, int length) {
        if (length <= ESTIMATE_SAMPLES * ESTIMATE_SAMPLE_BYTES) {
            return pack(compression, plain, length).length();
        }
        long packed = 0;
        byte[] sample = new byte[ESTIMATE_SAMPLE_BYTES];
        int step = (length - ESTIMATE_SAMPLE_BYTES) / (ESTIMATE_SAMPLES - 1);
        for (int i = 0; i < ESTIMATE_SAMPLES; i++) {
            System.arraycopy(plain, i * step, sample, 0, sample.length);
            packed += pack(compression, sample, sample.length).length();
        }
        return packed * length / (ESTIMATE_SAMPLES * ESTIMATE_SAMPLE_BYTES);
    }

    /** Whether samples, spread over all of it, say that compressing would not pay. */
    private static boolean looksIncompressible(ZstdCompressCtx context, byte[] plain, int length, byte[] target) {
        context.setLevel(SAMPLE_LEVEL).setHashLog(CHOSEN_BY_LEVEL).setChainLog(CHOSEN_BY_LEVEL);
        int step = (length - SAMPLE_BYTES) / (SAMPLES - 1);
        for (int sample = 0; sample < SAMPLES; sample++) {
            int packed = context.compressByteArray(target, 0, target.length, plain, sample * step, SAMPLE_BYTES);
            if (packed <= SAMPLE_BYTES - SAMPLE_BYTES / SAMPLE_SAVING_PARTS) {
                return false;
            }
        }
        return true;
    }

    private Packed lz4(byte[] plain, int length) {
        LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
        byte[] target = packedBuffer(compressor.maxCompressedLength(length));
        return new Packed(Codec.LZ4, target, compressor.compress(plain, 0, length, target, 0, target.length));
    }

    /**
     * Decompresses exactly {@code plainBytes} bytes, which the caller has bounded, into a new array.
     *
     * @throws CorruptDataException if the payload is not one whole frame of exactly that many bytes
     */
    byte[] unpack(Codec codec, byte[] packed, int offset, int length, int plainBytes, String where) {
        byte[] plain = new byte[plainBytes];
        int actual = switch (codec) {
            case RAW -> {
                if (length == plainBytes) {
                    System.arraycopy(packed, offset, plain, 0, length);
                }
                yield length;
            }
            case ZSTD -> unzstd(packed, offset, length, plain, where);
            case LZ4 -> unlz4(packed, offset, length, plain, where);
            case GAP -> throw new IllegalArgumentException("a gap delta is more than compressed");
        };
        if (actual != plainBytes) {
            throw new CorruptDataException(where, "a payload of " + plainBytes + " bytes", actual + " bytes");
        }
        return plain;
    }

    private int unzstd(byte[] packed, int offset, int length, byte[] plain, String where) {
        ZstdDecompressCtx context = zstdIn;
        if (context == null) {
            context = new ZstdDecompressCtx();
            zstdIn = context;
        }
        try {
            // Decompression would go on with further frames, and pass over those it is told to skip.
            long frameBytes = Zstd.findFrameCompressedSize(packed, offset, length);
            if (frameBytes != length) {
                throw new CorruptDataException(where, "one zstd frame of " + length + " bytes", frameBytes + " bytes");
            }
            return context.decompressByteArray(plain, 0, plain.length, packed, offset, length);
        } catch (ZstdException e) {
            throw CorruptDataException.because(where, "the payload does not decompress: " + e.getMessage(), e);
        }
    }

    private static int unlz4(byte[] packed, int offset, int length, byte[] plain, String where) {
        try {
            return LZ4Factory.fastestInstance()
                    .safeDecompressor()
                    .decompress(packed, offset, length, plain, 0, plain.length);
        } catch (LZ4Exception e) {
            throw CorruptDataException.because(where, "the payload does not decompress: " + e.getMessage(), e);
        }
    }
}
