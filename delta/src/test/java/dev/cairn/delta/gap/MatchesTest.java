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
    void used_copiesAcrossBounds_marksBothSides() {
        byte[] fresh = fresh();
        try (GapEncoder encoder = new GapEncoder(3)) {
            Matches matches = encoder.match(base, base.length, fresh, 0, fresh.length);
            assertThat(matches.copiedBytes()).isEqualTo(900);
            assertThat(matches.used(bounds)).containsExactly(false, true, true, false, false, true);
        }
    }

    @Test
    void keep_usedPieces_leavesAShorterBaseThatRebuilds() throws GapFormatException {
        byte[] fresh = fresh();
        byte[] old = base.clone();
        try (GapEncoder encoder = new GapEncoder(3);
                GapDecoder decoder = new GapDecoder()) {
            Matches matches = encoder.match(old, old.length, fresh, 0, fresh.length);
            int length = matches.keep(old, bounds, matches.used(bounds));
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
    void keep_withoutAUsedPiece_isRefusedAndChangesNothing() {
        byte[] fresh = fresh();
        byte[] old = base.clone();
        try (GapEncoder encoder = new GapEncoder(3)) {
            Matches matches = encoder.match(old, old.length, fresh, 0, fresh.length);
            boolean[] kept = {true, false, true, true, true, true};
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> matches.keep(old, bounds, kept))
                    .withMessageContaining("piece 1");
            assertThat(old).isEqualTo(base);
            assertThat(matches.baseLength()).isEqualTo(base.length);
        }
    }

    @Test
    void used_boundsOfAnotherBase_isRefused() {
        try (GapEncoder encoder = new GapEncoder(3)) {
            Matches matches = encoder.match(base, base.length, base, 0, 100);
            assertThatIllegalArgumentException().isThrownBy(() -> matches.used(new int[] {0, PIECE}));
            assertThatIllegalArgumentException().isThrownBy(() -> matches.used(new int[] {0, 4000, 3000, 5 * PIECE}));
            assertThatIllegalArgumentException().isThrownBy(() -> matches.used(new int[] {}));
        }
    }
}
