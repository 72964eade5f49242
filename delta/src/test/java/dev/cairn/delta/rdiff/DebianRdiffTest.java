package dev.cairn.delta.rdiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exchange with the real rdiff, both ways, on every kind of signature. */
class DebianRdiffTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyStep_doneByEither_fitsTheOther(SignatureKind kind) throws Exception {
        Rdiff.assumeInstalled();
        System.out.println("seed=" + kind.magic());
        SplittableRandom random = new SplittableRandom(kind.magic());
        for (int round = 0; round < 6; round++) {
            byte[] basis = EditedBytes.mixed(random, random.nextInt(1 << random.nextInt(1, 19)));
            byte[] target = EditedBytes.edited(random, basis);
            int strongBytes = random.nextInt(8, kind.strongBytesMax() + 1);
            SignatureParameters parameters = new SignatureParameters(kind, 1 << random.nextInt(3, 12), strongBytes);

            byte[] ours = Rdiff.signature(basis, parameters);
            byte[] theirs = Rdiff.run(folder, Rdiff.signatureArguments(parameters), basis);
            assertThat(ours).isEqualTo(theirs);

            byte[] ourDelta = Rdiff.delta(theirs, target);
            assertThat(Rdiff.run(folder, List.of("patch"), basis, ourDelta)).isEqualTo(target);

            byte[] theirDelta = Rdiff.run(folder, List.of("delta"), ours, target);
            assertThat(Rdiff.patch(basis, theirDelta)).isEqualTo(target);
            assertThat(ourDelta.length).isLessThanOrEqualTo(theirDelta.length + theirDelta.length / 50 + 64);
        }
    }

    @Test
    void recommendedParameters_anyLength_areThoseOfRdiff() throws Exception {
        Rdiff.assumeInstalled();
        for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 70_000, 147_455, 147_456, 3_000_000}) {
            byte[] basis = new byte[length];
            int block = SignatureParameters.recommendedBlockBytes(length);
            int strong = SignatureParameters.strongBytesMin(length, block);
            byte[] header = Arrays.copyOf(Rdiff.run(folder, List.of("-S", "-1", "signature"), basis), 12);
            SignatureParameters ours = new SignatureParameters(SignatureKind.RABINKARP_BLAKE2, block, strong);
            assertThat(header).as("basis of %d", length).isEqualTo(Arrays.copyOf(Rdiff.signature(basis, ours), 12));
        }
    }
}
