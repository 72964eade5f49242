package dev.cairn.delta.gap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MatchesTest {
    private static final int PIECE = 1000;

    private final byte[] base = GapData.UNRELATED.base(new SplittableRandom(4), 5 * PIECE);
    private final int[] bounds = {0, PIECE, 2 * PIECE, 3 * PIECE, 3 * PIECE, 4 * PIECE, 5 * PIECE};

    /** From the end of piece 1 into piece 2, then from the last. */
    private byte[] fresh() {
        byte[] fresh = new byte[900];
        System.arraycopy(base, 2 * PIECE - 100, fresh, 0, 500);
        System.arraycopy(base, 5 * PIECE - 400, fresh, 500, 400);
        return fresh;
    }

    @Test
    void takeOutUnused_copiesAcrossBounds_leavesAShorterBaseThatRebuilds() throws GapFormatException {
        byte[] fresh = fresh();
        byte[] old = base.clone();
        try (GapEncoder encoder = new GapEncoder(3);
                GapDecoder decoder = new GapDecoder()) {
            Matches matches = encoder.match(old, old.length, fresh, 0, fresh.length);
            assertThat(matches.copiedBytes()).isEqualTo(900);
            assertThat(matches.takeOutUnused(old, bounds)).containsExactly(false, true, true, false, false, true);
            int length = matches.baseLength();
            assertThat(length).isEqualTo(3 * PIECE);
            assertThat(Arrays.copyOf(old, 2 * PIECE)).isEqualTo(Arrays.copyOfRange(base, PIECE, 3 * PIECE));

            byte[] payload = encoder.encode(old, fresh, 1000).orElseThrow();
            assertThat(payload).hasSizeLessThan(30);
            byte[] rebuilt = new byte[fresh.length];
            decoder.decode(payload, 0, payload.length, old, length, rebuilt, rebuilt.length);
            assertThat(rebuilt).isEqualTo(fresh);
        }
    }

    @Test
    void takeOutUnused_copiesThatGoBackAndForth_rebuildsFromWhatIsLeft() throws GapFormatException {
        byte[] fresh = new byte[5 * 200];
        int[] pieces = {4, 1, 4, 0, 1};
        for (int i = 0; i < pieces.length; i++) {
            System.arraycopy(base, pieces[i] * PIECE + 37 * i, fresh, i * 200, 200);
        }
        byte[] old = base.clone();
        try (GapEncoder encoder = new GapEncoder(3);
                GapDecoder decoder = new GapDecoder()) {
            Matches matches = encoder.match(old, old.length, fresh, 0, fresh.length);
            assertThat(matches.takeOutUnused(old, bounds)).containsExactly(true, true, false, false, false, true);
            byte[] payload = encoder.encode(old, fresh, 1000).orElseThrow();
            byte[] rebuilt = new byte[fresh.length];
            decoder.decode(payload, 0, payload.length, old, matches.baseLength(), rebuilt, rebuilt.length);
            assertThat(rebuilt).isEqualTo(fresh);
        }
    }

    @Test
    void takeOutUnused_copyFromWhereAnEmptyPieceStands_usesTheOneBehind() {
        byte[] fresh = Arrays.copyOfRange(base, 3 * PIECE, 3 * PIECE + 400);
        try (GapEncoder encoder = new GapEncoder(3)) {
            Matches matches = encoder.match(base, base.length, fresh, 0, fresh.length);
            assertThat(matches.source(0)).isEqualTo(3 * PIECE);
            assertThat(matches.takeOutUnused(base.clone(), bounds))
                    .containsExactly(false, false, false, false, true, false);
            assertThat(matches.source(0)).isZero();
            assertThat(matches.baseLength()).isEqualTo(PIECE);
        }
    }

    @Test
    void takeOutUnused_boundsOfAnotherBase_isRefusedAndChangesNothing() {
        byte[] old = base.clone();
        try (GapEncoder encoder = new GapEncoder(3)) {
            Matches matches = encoder.match(old, old.length, base, 0, 100);
            for (int[] others : new int[][] {{0, PIECE}, {0, 4000, 3000, 5 * PIECE}, {PIECE, 5 * PIECE}, {}}) {
                assertThatIllegalArgumentException().isThrownBy(() -> matches.takeOutUnused(old, others));
            }
            assertThat(old).isEqualTo(base);
            assertThat(matches.baseLength()).isEqualTo(base.length);
        }
    }
}
