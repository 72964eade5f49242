package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.junit.jupiter.api.Test;

class Blake2bTest {
    @Test
    void sum_published_isThePublishedOne() {
        byte[] sum = new byte[Blake2b.SUM_BYTES];
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        new Blake2b().sum(abc, 0, abc.length, sum);
        assertThat(HexFormat.of().formatHex(sum))
                .isEqualTo("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
        new Blake2b().sum(abc, 3, 0, sum);
        assertThat(HexFormat.of().formatHex(sum))
                .isEqualTo("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    }

    @Test
    void sum_anyLengthAtAnyOffset_isThatOfBouncyCastle() {
        System.out.println("seed=11");
        SplittableRandom random = new SplittableRandom(11);
        byte[] data = EditedBytes.noise(random, 5_000);
        Blake2b ours = new Blake2b();
        Blake2bDigest theirs = new Blake2bDigest(8 * Blake2b.SUM_BYTES);
        byte[] sum = new byte[Blake2b.SUM_BYTES + 1];
        byte[] expected = new byte[Blake2b.SUM_BYTES + 1];
        for (int length = 0; length <= 3 * 128 + 1; length++) {
            check(ours, theirs, data, random.nextInt(1_000), length, sum, expected);
        }
        for (int round = 0; round < 300; round++) {
            int offset = random.nextInt(data.length);
            check(ours, theirs, data, offset, random.nextInt(data.length - offset + 1), sum, expected);
        }
        assertThat(sum).endsWith((byte) 0);
    }

    private static void check(
            Blake2b ours, Blake2bDigest theirs, byte[] data, int offset, int length, byte[] sum, byte[] expected) {
        byte[] before = data.clone();
        ours.sum(data, offset, length, sum);
        theirs.update(data, offset, length);
        theirs.doFinal(expected, 0);
        assertThat(sum).as("%d bytes at %d", length, offset).isEqualTo(expected);
        assertThat(Arrays.equals(data, before)).isTrue();
    }
}
