package dev.cairn.delta.gap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GapDecoderTest {
    private static final byte[] BASE = "0123456789abcdefghij".getBytes(StandardCharsets.US_ASCII);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "10 00 03 00 00 616263, abc",
        "10 01 00 00 00 00 00 00 00 00, 012345",
        "10 01 00 00 00 00 00 0e 00 00, 0123456789abcdefghij",
        "10 01 01 00 00 01 00 02 00 02 00 7a, z23456789",
        "11 01 00 01 00 00 01 00 02 00 00 00 01, 112345678",
        "10 02 01 00 00 0001 00 0202 00 1425 00 21, abcdefgh!01234567"
    })
    void decode_handMade_isAsTheFormatSays(String payload, String expected) throws GapFormatException {
        try (GapDecoder decoder = new GapDecoder()) {
            byte[] rebuilt = GapDeltaTest.decode(decoder, hex(payload), BASE, expected.length());
            assertThat(new String(rebuilt, StandardCharsets.US_ASCII)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 3, ends too early",
        "10 00 03 00, 3, ends too early",
        "00 00 03 00 00 616263, 3, version 0",
        "20 00 03 00 00 616263, 3, version 2",
        "12 00 03 00 00 616263, 3, unknown flags 2",
        "10 00 04 00 00 616263, 3, number of literals (4) must be at most 3",
        "10 00 02 00 00 6162, 3, 2 literals are left for 3 bytes",
        "10 00 03 00 00 61626364, 3, 1 bytes follow",
        "10 00 03 00 00 6162, 3, '3 bytes, 2 are left'",
        "10 00 03 00 03 616263, 3, unknown coding 3",
        "10 00 03 00 01 05 616263, 3, length of literals (5) must be at most 4",
        "10 00 03 00 01 03 616263, 3, literals: not a zstd frame",
        "10 00 03 01 ff 00 616263, 3, bits are left",
        "10 00 8300 00 00 616263, 3, shortest form",
        "10 00 83808080 00 616263, 3, more than 4 bytes",
        "11 00 03 00 00 00 616263, 3, there are none",
        "10 00 03 7f 00 616263, 3, number of bytes of bits (127) must be at most 5",
        "11 00 02 02 00, 3, number of differences (2) must be at most 1",
        "10 02 00 00 00 0000 00 0000 00 0000, 8, number of copies (2) must be at most 1",
        "10 01 00 00 00 00 00 03 00 00, 8, 9 bytes behind a gap of 0 at 0 of 8",
        "10 01 00 00 00 00 00 0f 00 00, 21, from 0 of a base of 20",
        "10 01 00 00 00 00 00 02 00 01, 8, from -1 of a base of 20",
        "10 01 00 00 00 00 00 02 00 1a, 8, from 13 of a base of 20",
        "10 01 00 00 00 01 00 02 00 00, 9, too few literals",
        "11 01 00 01 00 00 02 00 02 00 00 00 01, 10, too few differences",
        "11 01 00 01 00 00 00 00 02 00 00 00 01, 8, 1 differences are left",
        "11 01 00 01 00 00 00 00 02 00 00 00 01, 9, 0 literals are left for 1 bytes",
        "10 01 00 00 02 02 616263 00 00 00 00, 8, a dictionary where none may be",
        "10 01 00 00 00 00 00 c8 00 00, 200, too few bits",
        "10 01 00 00 00 00 00 db 00 00, 200, symbol 219"
    })
    void decode_damagedByHand_saysWhatIsWrong(String payload, int length, String reason) {
        try (GapDecoder decoder = new GapDecoder()) {
            assertThatExceptionOfType(GapFormatException.class)
                    .isThrownBy(() -> GapDeltaTest.decode(decoder, hex(payload), BASE, length))
                    .withMessageContaining(reason);
        }
    }

    @ParameterizedTest
    @CsvSource({"63, false", "64, true", "65, false"})
    void decode_zstdFrame_mustGiveExactlyWhatIsDeclared(int packedBytes, boolean fits) throws GapFormatException {
        byte[] content = new byte[packedBytes];
        Arrays.fill(content, (byte) 'a');
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        try (ZstdCompressCtx zstd = new ZstdCompressCtx();
                GapDecoder decoder = new GapDecoder()) {
            zstd.setMagicless(true).setContentSize(false).setChecksum(false);
            byte[] frame = zstd.compress(content);
            payload.writeBytes(hex("10 00 40 00 01"));
            payload.write(frame.length);
            payload.writeBytes(frame);
            if (fits) {
                assertThat(GapDeltaTest.decode(decoder, payload.toByteArray(), BASE, 64))
                        .isEqualTo(content);
            } else {
                assertThatExceptionOfType(GapFormatException.class)
                        .isThrownBy(() -> GapDeltaTest.decode(decoder, payload.toByteArray(), BASE, 64))
                        .withMessageContaining("zstd frame of");
            }
        }
    }

    @Test
    void decode_tooLong_isRefused() {
        try (GapDecoder decoder = new GapDecoder()) {
            byte[] payload = hex("10 00 00 00");
            byte[] long1 = new byte[GapEncoder.BASE_BYTES_MAX + 1];
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.decode(payload, 0, 4, long1, long1.length, new byte[0], 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.decode(payload, 0, 4, BASE, 20, long1, GapEncoder.FRESH_BYTES_MAX + 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.decode(payload, 0, 4, BASE, 20, new byte[1], 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void decode_cutAnywhere_isRefused(GapData data) {
        Sample sample = new Sample(data);
        try (GapDecoder decoder = new GapDecoder()) {
            for (int length = 0; length < sample.payload.length; length++) {
                assertThat(sample.isRefused(decoder, Arrays.copyOf(sample.payload, length)))
                        .as("cut to %d", length)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void decode_anyBitFlipped_isRefusedOrGivesTheSameLength(GapData data) {
        Sample sample = new Sample(data);
        int refused = 0;
        try (GapDecoder decoder = new GapDecoder()) {
            for (int bit = 0; bit < 8 * sample.payload.length; bit++) {
                byte[] flipped = sample.payload.clone();
                flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
                refused += sample.isRefused(decoder, flipped) ? 1 : 0;
            }
            assertThat(sample.isRefused(decoder, sample.payload)).isFalse();
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void decode_anyBytesOverwritten_isRefusedOrGivesTheSameLength(GapData data) {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Sample sample = new Sample(data);
        int refused = 0;
        try (GapDecoder decoder = new GapDecoder()) {
            for (int i = 0; i < 3000; i++) {
                byte[] changed = sample.payload.clone();
                int at = random.nextInt(1 + random.nextInt(changed.length));
                for (int end = Math.min(changed.length, at + 1 + random.nextInt(8)); at < end; at++) {
                    changed[at] = (byte) random.nextInt();
                }
                refused += sample.isRefused(decoder, changed) ? 1 : 0;
            }
        }
        assertThat(refused).as("seed=%d", seed).isPositive();
    }

    /** A small base and new version, the payload, and a target that has something behind it. */
    private static final class Sample {
        private static final int BEHIND = 64;

        private final byte[] base;
        private final byte[] payload;
        private final byte[] target;

        Sample(GapData data) {
            SplittableRandom random = new SplittableRandom(5);
            base = data.base(random, 2_000);
            byte[] fresh = data.fresh(random, base);
            try (GapEncoder encoder = new GapEncoder(3)) {
                payload = GapDeltaTest.encode(encoder, base, fresh);
            }
            target = new byte[fresh.length + BEHIND];
        }

        /** Whether these bytes are refused as a payload. Otherwise they may give anything, but nothing behind the target. */
        boolean isRefused(GapDecoder decoder, byte[] bytes) {
            try {
                decoder.decode(bytes, 0, bytes.length, base, base.length, target, target.length - BEHIND);
                return false;
            } catch (GapFormatException e) {
                assertThat(e.getMessage()).isNotBlank();
                return true;
            } finally {
                assertThat(Arrays.copyOfRange(target, target.length - BEHIND, target.length))
                        .containsOnly(0);
            }
        }
    }
}
