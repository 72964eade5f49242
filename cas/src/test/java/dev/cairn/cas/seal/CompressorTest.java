package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CompressorTest {

    private static final int RUN_BYTES = 1 << 20;

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(5).nextBytes(noise);
        return noise;
    }

    /** Packs all of {@code plain}, and checks that it comes back. */
    private static Compressor.Packed packed(byte[] plain) {
        Compressor compressor = Compressor.current();
        Compressor.Packed packed = compressor.pack(Compression.DEFAULT, plain, plain.length);
        byte[] copy = Arrays.copyOf(packed.bytes(), packed.length());
        assertThat(compressor.unpack(packed.codec(), copy, 0, copy.length, plain.length, "test"))
                .isEqualTo(plain);
        return packed;
    }

    @Test
    void pack_noise_staysRaw() {
        assertThat(packed(noise(RUN_BYTES)).codec()).isEqualTo(Codec.RAW);
        assertThat(packed(noise(100_000)).codec()).isEqualTo(Codec.RAW);
    }

    /** Entropy alone, without a single match: what samples must not take for noise. */
    @Test
    void pack_base64OfNoise_isCompressed() {
        byte[] text = Base64.getEncoder().encode(noise(RUN_BYTES / 4 * 3));
        Compressor.Packed packed = packed(text);
        assertThat(packed.codec()).isEqualTo(Codec.ZSTD);
        assertThat(packed.length()).isLessThan(text.length / 100 * 78);
    }

    @Test
    void pack_noiseWithAQuarterOfText_isCompressed() {
        byte[] mixed = noise(RUN_BYTES);
        byte[] text =
                "INSERT INTO t VALUES (1, 'one');\n".repeat(RUN_BYTES / 128).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, mixed, 300_000, RUN_BYTES / 4);
        Compressor.Packed packed = packed(mixed);
        assertThat(packed.codec()).isEqualTo(Codec.ZSTD);
        assertThat(packed.length()).isBetween(RUN_BYTES / 4 * 3, RUN_BYTES / 100 * 77);
    }

    @Test
    void pack_sizesAroundTheBounds_comeBack() {
        Random random = new Random(6);
        for (int bytes : new int[] {1, 4096, (256 << 10) - 1, 256 << 10, (512 << 10) - 1, 512 << 10, RUN_BYTES + 1}) {
            byte[] digits = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                digits[i] = (byte) ('0' + random.nextInt(10));
            }
            Compressor.Packed packed = packed(digits);
            if (bytes >= 4096) {
                assertThat(packed.length()).as("%d digits", bytes).isLessThan(bytes / 2);
            }
        }
    }
}
