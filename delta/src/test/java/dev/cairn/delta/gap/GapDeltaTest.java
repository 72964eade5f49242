package dev.cairn.delta.gap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GapDeltaTest {
    /** Two versions of a text, and the payload, whose frames are all raw. */
    private static final String OLD =
            "The quick brown fox jumps over the lazy dog. 0123456789 abcdefghijklmnopqrstuvwxyz";

    private static final String NEW =
            "The quick brown cat jumps over the lazy dog! 0123456789 abcdefghijklmnopqrstuvwxyz";

    static byte[] encode(GapEncoder encoder, byte[] base, byte[] fresh) {
        encoder.match(base, base.length, fresh, 0, fresh.length);
        return encoder.encode(base, fresh, fresh.length + 1000).orElseThrow();
    }

    static byte[] decode(GapDecoder decoder, byte[] payload, byte[] base, int length) throws GapFormatException {
        byte[] target = new byte[length];
        decoder.decode(payload, 0, payload.length, base, base.length, target, length);
        return target;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource
    void encode_anyData_decodesToTheSame(GapData data) throws GapFormatException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (GapEncoder encoder = new GapEncoder(1 + random.nextInt(9));
                GapDecoder decoder = new GapDecoder()) {
            for (int length : new int[] {1, 7, 15, 16, 17, 23, 24, 40, 100, 1_000, 30_000, 500_000}) {
                byte[] base = data.base(random, length);
                byte[] fresh = data.fresh(random, base);
                byte[] payload = encode(encoder, base, fresh);
                assertThat(decode(decoder, payload, base, fresh.length))
                        .as("length %d, seed=%d", length, seed)
                        .isEqualTo(fresh);
                assertThat(encode(encoder, base, fresh))
                        .as("again, seed=%d", seed)
                        .isEqualTo(payload);
            }
        }
    }

    /** What an encoder keeps of bases before is not mistaken for this one's. */
    @ParameterizedTest
    @EnumSource
    void encode_afterOtherBases_isWhatANewEncoderGives(GapData data) {
        SplittableRandom random = new SplittableRandom(3);
        try (GapEncoder used = new GapEncoder(3)) {
            for (int length : new int[] {900_000, 20_000, 17, 300_000, 2_000_000, 5_000, 1_100_000}) {
                byte[] base = data.base(random, length);
                byte[] fresh = data.fresh(random, base);
                try (GapEncoder unused = new GapEncoder(3)) {
                    assertThat(encode(used, base, fresh))
                            .as("length %d", length)
                            .isEqualTo(encode(unused, base, fresh));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TEXT, 0.05",
        "ADDRESSES, 0.12",
        "MOVED, 0.005",
        "SHIFTED, 0.001",
        "EQUAL, 0.0001",
        "UNRELATED, 1.0001",
        "ZEROS, 0.01",
        "MIXED, 0.2"
    })
    void encode_knownChanges_costsLittle(GapData data, double share) {
        SplittableRandom random = new SplittableRandom(1);
        byte[] base = data.base(random, 500_000);
        byte[] fresh = data.fresh(random, base);
        try (GapEncoder encoder = new GapEncoder(3)) {
            assertThat(encode(encoder, base, fresh)).hasSizeLessThan((int) (share * fresh.length));
        }
    }

    @Test
    void encode_emptyAndTiny_decodesToTheSame() throws GapFormatException {
        try (GapEncoder encoder = new GapEncoder(3);
                GapDecoder decoder = new GapDecoder()) {
            for (String base : new String[] {"", "a", OLD}) {
                for (String fresh : new String[] {"", "b", OLD, NEW}) {
                    byte[] payload = encode(encoder, ascii(base), ascii(fresh));
                    assertThat(decode(decoder, payload, ascii(base), fresh.length()))
                            .as("%s -> %s", base, fresh)
                            .isEqualTo(ascii(fresh));
                }
            }
        }
    }

    @Test
    void encode_largest_decodesToTheSame() throws GapFormatException {
        SplittableRandom random = new SplittableRandom(2);
        byte[] base = GapData.TEXT.base(random, GapEncoder.BASE_BYTES_MAX);
        byte[] fresh = Arrays.copyOf(GapData.MIXED.fresh(random, base), GapEncoder.FRESH_BYTES_MAX);
        System.arraycopy(GapData.UNRELATED.base(random, 1_500_000), 0, fresh, 0, 1_500_000);
        try (GapEncoder encoder = new GapEncoder(1);
                GapDecoder decoder = new GapDecoder()) {
            byte[] payload = encode(encoder, base, fresh);
            assertThat(payload).hasSizeLessThan(fresh.length);
            assertThat(Arrays.equals(decode(decoder, payload, base, fresh.length), fresh))
                    .isTrue();
        }
    }

    @Test
    void match_tooLong_isRefused() {
        try (GapEncoder encoder = new GapEncoder(3)) {
            byte[] base = new byte[GapEncoder.BASE_BYTES_MAX + 1];
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.match(base, base.length, base, 0, 10))
                    .withMessageContaining("13631489");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.match(base, 0, base, 0, GapEncoder.FRESH_BYTES_MAX + 1))
                    .withMessageContaining("4456449");
        }
    }

    @Test
    void encode_partsOfArrays_touchesNothingElse() throws GapFormatException {
        SplittableRandom random = new SplittableRandom(3);
        byte[] base = GapData.MIXED.base(random, 20_000);
        byte[] fresh = GapData.MIXED.fresh(random, base);
        byte[] target = new byte[30_000];
        Arrays.fill(target, (byte) 0x55);
        try (GapEncoder encoder = new GapEncoder(3);
                GapDecoder decoder = new GapDecoder()) {
            encoder.match(base, 15_000, fresh, 1_000, 9_000);
            byte[] payload = encoder.encode(base, fresh, 9_000).orElseThrow();
            System.arraycopy(payload, 0, target, 100, payload.length);

            byte[] rebuilt = new byte[8_001];
            decoder.decode(target, 100, 100 + payload.length, base, 15_000, rebuilt, 8_000);
            assertThat(Arrays.copyOf(rebuilt, 8_000)).isEqualTo(Arrays.copyOfRange(fresh, 1_000, 9_000));
            assertThat(rebuilt[8_000]).isZero();
        }
    }

    @Test
    void encode_limit_isKeptToTheByte() {
        byte[] base = ascii(OLD);
        byte[] fresh = ascii(NEW);
        try (GapEncoder encoder = new GapEncoder(3)) {
            byte[] payload = encode(encoder, base, fresh);
            assertThat(encoder.encode(base, fresh, payload.length - 1)).isEmpty();
            assertThat(encoder.encode(base, fresh, payload.length)).hasValue(payload);
        }
    }

    @Test
    void encode_goldenText_givesTheseBytes() throws GapFormatException {
        byte[] golden = HexFormat.of().parseHex("1003040000000301000a1220000000000063617421");
        try (GapEncoder encoder = new GapEncoder(3);
                GapDecoder decoder = new GapDecoder()) {
            assertThat(HexFormat.of().formatHex(encode(encoder, ascii(OLD), ascii(NEW))))
                    .isEqualTo(HexFormat.of().formatHex(golden));
            assertThat(decode(decoder, golden, ascii(OLD), NEW.length())).isEqualTo(ascii(NEW));
        }
    }
}
