package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.junit.jupiter.api.Test;

class SumLanesTest {
    @Test
    void sum_published_isThePublishedOneInEveryLane() {
        // RFC 1320, A.5.
        check("abc", new Md4Lanes(), "a448017aaf21d8525fc10ae87aa6729d");
        check("message digest", new Md4Lanes(), "d9130a8164549fe818874806e1c7014b");
        check(
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                new Md4Lanes(),
                "e33b4ddc9c38f2199c3e7b164fcc0536");
        check("abc", new Blake2bLanes(), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    }

    private static void check(String text, SumLanes lanes, String expected) {
        byte[] data = text.repeat(SumLanes.LANES_MAX).getBytes(StandardCharsets.US_ASCII);
        byte[] sum = new byte[expected.length() / 2];
        for (int count : new int[] {1, 5, SumLanes.LANES_MAX}) {
            lanes.sum(data, 0, text.length(), count);
            for (int lane = 0; lane < count; lane++) {
                lanes.write(lane, sum);
                assertThat(HexFormat.of().formatHex(sum))
                        .as("lane %d of %d", lane, count)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void ofRun_anyLengthAndNumberOfBlocks_isThatOfBouncyCastleBlockByBlock() {
        System.out.println("seed=12");
        SplittableRandom random = new SplittableRandom(12);
        byte[] data = EditedBytes.noise(random, 300_000);
        for (SignatureKind kind : new SignatureKind[] {SignatureKind.ROLLSUM_MD4, SignatureKind.RABINKARP_BLAKE2}) {
            Digest theirs = kind == SignatureKind.ROLLSUM_MD4 ? new MD4Digest() : new Blake2bDigest(256);
            int kept = 1 + random.nextInt(kind.strongBytesMax());
            StrongSum ours = StrongSum.of(new SignatureParameters(kind, 1, kept));
            // Every place where padding or a message ends, often enough for compiled code to have its turn.
            for (int block = 1; block <= 700; block++) {
                int blocks = random.nextInt(3 * SumLanes.LANES_MAX);
                int offset = random.nextInt(1_000);
                checkRun(ours, theirs, data, offset, block, blocks, kept);
            }
        }
    }

    private static void checkRun(
            StrongSum ours, Digest theirs, byte[] data, int offset, int block, int blocks, int kept) {
        int distance = kept + 3;
        byte[] sums = new byte[2 + blocks * distance];
        ours.ofRun(data, offset, block, blocks, sums, 2, distance);
        byte[] expected = new byte[sums.length];
        byte[] full = new byte[theirs.getDigestSize()];
        for (int i = 0; i < blocks; i++) {
            theirs.update(data, offset + i * block, block);
            theirs.doFinal(full, 0);
            System.arraycopy(full, 0, expected, 2 + i * distance, kept);
        }
        assertThat(Arrays.equals(sums, expected))
                .as("%d blocks of %d at %d", blocks, block, offset)
                .isTrue();
    }
}
