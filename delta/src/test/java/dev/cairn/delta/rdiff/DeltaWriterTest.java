package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.delta.RabinKarp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeltaWriterTest {
    private static SignatureParameters parameters(SignatureKind kind, int block) {
        return new SignatureParameters(kind, block, kind.strongBytesMax());
    }

    @ParameterizedTest
    @EnumSource
    void write_anyEdit_rebuildsTheTarget(SignatureKind kind) throws IOException {
        System.out.println("seed=" + kind.magic());
        SplittableRandom random = new SplittableRandom(kind.magic());
        for (int round = 0; round < 60; round++) {
            byte[] basis = EditedBytes.mixed(random, random.nextInt(1 << random.nextInt(1, 17)));
            byte[] target = EditedBytes.edited(random, basis);
            int block = random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 1 << random.nextInt(4, 14);
            byte[] delta = Rdiff.delta(Rdiff.signature(basis, parameters(kind, block)), target);
            assertThat(Rdiff.patch(basis, delta)).as("block %d", block).isEqualTo(target);
        }
    }

    @ParameterizedTest
    @EnumSource
    void write_filesLongerThanTheBuffer_rebuildsTheTargetFromFewBytes(SignatureKind kind) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        byte[] basis = EditedBytes.noise(random, 5_000_000);
        byte[] target = new byte[basis.length + 10];
        System.arraycopy(basis, 0, target, 0, 2_345_678);
        System.arraycopy(basis, 2_345_678, target, 2_345_688, basis.length - 2_345_678);
        byte[] delta = Rdiff.delta(Rdiff.signature(basis, parameters(kind, 2048)), target);
        assertThat(delta.length).isLessThan(2048 + 10 + 100);
        assertThat(Rdiff.patch(basis, delta)).isEqualTo(target);
    }

    @ParameterizedTest
    @EnumSource
    void write_editsAmidLongCopies_losesNoBlockThatIsWhole(SignatureKind kind) throws IOException {
        System.out.println("seed=17");
        SplittableRandom random = new SplittableRandom(17);
        byte[] basis = EditedBytes.noise(random, 6_000_000);
        for (int strongBytes : new int[] {8, kind.strongBytesMax()}) {
            for (int block : new int[] {300, 5_000, 200_000}) {
                SignatureParameters parameters = new SignatureParameters(kind, block, strongBytes);
                byte[] target = basis.clone();
                int edits = 2_000_000 / block;
                for (int edit = 0; edit < edits; edit++) {
                    target[random.nextInt(target.length)]++;
                }
                byte[] delta = Rdiff.delta(Rdiff.signature(basis, parameters), target);
                assertThat(Rdiff.patch(basis, delta)).isEqualTo(target);
                // A block each, and the two commands of at most 9 and 5 bytes; the last block of the basis is shorter.
                assertThat(delta.length).as("block %d", block).isLessThanOrEqualTo(edits * (block + 14) + block + 32);
            }
        }
    }

    @Test
    void write_sameFile_isOneCopyEvenOfRepeatedBlocks() throws IOException {
        for (byte[] file : new byte[][] {new byte[1_000_000], EditedBytes.noise(new SplittableRandom(8), 1_000_001)}) {
            byte[] delta = Rdiff.delta(Rdiff.signature(file, parameters(SignatureKind.RABINKARP_BLAKE2, 256)), file);
            assertThat(delta.length).isLessThanOrEqualTo(4 + 1 + 1 + 4 + 1);
            assertThat(Rdiff.patch(file, delta)).isEqualTo(file);
        }
    }

    @Test
    void write_emptySides_areHandled() throws IOException {
        byte[] some = EditedBytes.noise(new SplittableRandom(9), 3_000_000);
        byte[] empty = new byte[0];
        for (int block : new int[] {1, 300, 100_000}) {
            SignatureParameters parameters = parameters(SignatureKind.ROLLSUM_MD4, block);
            assertThat(Rdiff.patch(empty, Rdiff.delta(Rdiff.signature(empty, parameters), some)))
                    .isEqualTo(some);
        }
        SignatureParameters parameters = parameters(SignatureKind.ROLLSUM_MD4, 300);
        assertThat(Rdiff.delta(Rdiff.signature(some, parameters), empty)).hasSize(5);
        assertThat(Rdiff.delta(Rdiff.signature(empty, parameters), empty)).hasSize(5);
    }

    @Test
    void write_shortLastBlockAtTheEnd_isCopied() throws IOException {
        byte[] basis = EditedBytes.noise(new SplittableRandom(10), 1000);
        byte[] target = new byte[5 + 232];
        System.arraycopy(basis, 768, target, 5, 232);
        for (SignatureKind kind : SignatureKind.values()) {
            byte[] delta = Rdiff.delta(Rdiff.signature(basis, parameters(kind, 256)), target);
            assertThat(delta).hasSize(4 + 1 + 5 + 1 + 2 + 1 + 1);
            assertThat(Rdiff.patch(basis, delta)).isEqualTo(target);
        }
    }

    /** Weak sums that match at every offset and strong sums that never do: at most a few times the file is hashed. */
    @Test
    void write_everyOffsetAFalseCandidate_staysLinearAndRight() throws IOException {
        byte[] target = new byte[10_000_000];
        int block = 1 << 20;
        byte[] window = new byte[block];
        RabinKarp weak = new RabinKarp();
        weak.append(window, 0, block);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(SignatureKind.RABINKARP_BLAKE2.magic());
        out.writeInt(block);
        out.writeInt(32);
        for (int i = 0; i < 1000; i++) {
            out.writeInt(weak.value());
            byte[] strong = new byte[32];
            Arrays.fill(strong, (byte) i);
            out.write(strong);
        }
        Signature signature = Signature.read(new ByteArrayInputStream(bytes.toByteArray()));
        long[] literalBytes = new long[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int b) {
                literalBytes[0]++;
            }

            @Override
            public void write(byte[] data, int offset, int length) {
                literalBytes[0] += length;
            }
        };
        DeltaWriter.write(signature, new ByteArrayInputStream(target), counting);
        // Without the credit this would hash 10 TB.
        assertThat(literalBytes[0]).isBetween((long) target.length, target.length + 1000L);
    }
}
