package dev.cairn.delta.gap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Payloads of gap deltas, as a holder of the key could seal them. Input: the length of the target in two bytes, then a payload. */
final class GapFuzzTest extends FuzzSuite {

    private static final Parsing PARSING = Parsing.refusedBy(GapFormatException.class);
    private static final byte[] BASE = base();
    private static final GapDecoder DECODER = new GapDecoder();
    private static final GapEncoder ENCODER = new GapEncoder(1);

    private static byte[] base() {
        byte[] base = new byte[4096];
        for (int i = 0; i < base.length; i++) {
            base[i] = (byte) (i * 31 ^ i >>> 5);
        }
        return base;
    }

    private static byte[] seed(byte[] fresh) {
        GapEncoder encoder = new GapEncoder(3);
        encoder.match(BASE, BASE.length, fresh, 0, fresh.length);
        byte[] payload = encoder.encode(BASE, fresh, fresh.length + 100).orElseThrow();
        return ByteBuffer.allocate(2 + payload.length)
                .putShort((short) fresh.length)
                .put(payload)
                .array();
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        byte[] inserted = new byte[3000];
        System.arraycopy(BASE, 0, inserted, 0, 1400);
        System.arraycopy(BASE, 1000, inserted, 1500, 1500);
        seeds.put("inserted", seed(inserted));
        byte[] edited = BASE.clone();
        for (int i = 40; i < edited.length; i += 60) {
            edited[i]++;
        }
        seeds.put("edited", seed(edited));
        seeds.put("same", seed(BASE.clone()));
        byte[] text =
                "All work and no play makes a dull repository. ".repeat(60).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(BASE, 0, text, 0, 200);
        seeds.put("text", seed(text));
        return Map.of("payload", seeds);
    }

    @FuzzTest
    void payload(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int length = Short.toUnsignedInt(ByteBuffer.wrap(input).getShort());
        byte[] target = new byte[length];
        long bytesMax = Parsing.FIXED_BYTES + 3L * length;
        PARSING.value(bytesMax, () -> decoded(input, 2, input.length, target)).ifPresent(GapFuzzTest::assertSameAgain);
    }

    private static byte[] decoded(byte[] payload, int from, int to, byte[] target) throws GapFormatException {
        DECODER.decode(payload, from, to, BASE, BASE.length, target, target.length);
        return target;
    }

    private static void assertSameAgain(byte[] fresh) {
        ENCODER.match(BASE, BASE.length, fresh, 0, fresh.length);
        ENCODER.encode(BASE, fresh, fresh.length + 100)
                .ifPresent(payload -> assertThat(
                                PARSING.accepted(() -> decoded(payload, 0, payload.length, new byte[fresh.length])))
                        .isEqualTo(fresh));
    }
}
