package dev.cairn.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollingChecksumTest {
    private static final List<Supplier<RollingChecksum>> KINDS = List.of(Rollsum::new, RabinKarp::new);

    private static int rollsumByDefinition(byte[] window) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < window.length; i++) {
            long term = (window[i] & 0xFF) + 31L;
            low += term;
            high += (window.length - i) * term;
        }
        return (int) (((high & 0xFFFF) << 16) | (low & 0xFFFF));
    }

    private static int rabinKarpByDefinition(byte[] window) {
        BigInteger hash = BigInteger.ONE;
        for (byte each : window) {
            hash = hash.multiply(BigInteger.valueOf(0x08104225))
                    .add(BigInteger.valueOf(each & 0xFF))
                    .mod(BigInteger.TWO.pow(32));
        }
        return hash.intValue();
    }

    private static int byDefinition(RollingChecksum sum, byte[] window) {
        return switch (sum) {
            case Rollsum ignored -> rollsumByDefinition(window);
            case RabinKarp ignored -> rabinKarpByDefinition(window);
        };
    }

    private static byte[] bytesOf(ArrayDeque<Byte> window) {
        byte[] bytes = new byte[window.size()];
        int i = 0;
        for (byte each : window) {
            bytes[i++] = each;
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void value_anySequenceOfMoves_isThatOfTheWindowFromScratch(long seed) {
        System.out.println("seed=" + seed);
        for (Supplier<RollingChecksum> kind : KINDS) {
            SplittableRandom random = new SplittableRandom(seed);
            RollingChecksum sum = kind.get();
            ArrayDeque<Byte> window = new ArrayDeque<>();
            for (int step = 0; step < 1500; step++) {
                byte in = (byte) random.nextInt(256);
                switch (random.nextInt(window.isEmpty() ? 2 : 4)) {
                    case 0 -> {
                        sum.rollIn(in);
                        window.add(in);
                    }
                    case 1 -> {
                        byte[] more = new byte[random.nextInt(20)];
                        random.nextBytes(more);
                        int from = random.nextInt(more.length + 1);
                        sum.append(more, from, more.length - from);
                        for (int i = from; i < more.length; i++) {
                            window.add(more[i]);
                        }
                    }
                    case 2 -> sum.rollOut(window.remove());
                    default -> {
                        sum.roll(window.remove(), in);
                        window.add(in);
                    }
                }
                assertThat(sum.length()).isEqualTo(window.size());
                assertThat(sum.value()).isEqualTo(byDefinition(sum, bytesOf(window)));
                if (window.size() > 300) {
                    sum.reset();
                    window.clear();
                }
            }
        }
    }

    @Test
    void value_longWindowOfOnes_wrapsAsDefined() {
        byte[] window = new byte[70_000];
        Arrays.fill(window, (byte) 0xFF);
        for (Supplier<RollingChecksum> kind : KINDS) {
            RollingChecksum sum = kind.get();
            sum.append(window, 0, window.length);
            assertThat(sum.value()).isEqualTo(byDefinition(sum, window));
        }
    }

    /** The weak sum that rdiff 2.3.2 puts into the signature of these eleven bytes. */
    @Test
    void value_ofHelloWorld_isThatOfRdiff() {
        byte[] hello = "hello world".getBytes(StandardCharsets.US_ASCII);
        RabinKarp sum = new RabinKarp();
        sum.append(hello, 0, hello.length);
        assertThat(sum.value()).isEqualTo(0xab363389);
    }

    @Test
    void rollOut_emptyWindow_isRefused() {
        for (Supplier<RollingChecksum> kind : KINDS) {
            assertThatIllegalStateException().isThrownBy(() -> kind.get().rollOut((byte) 1));
            assertThatIllegalStateException().isThrownBy(() -> kind.get().roll((byte) 1, (byte) 2));
        }
    }
}
