package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShiftsTest {

    private static final long FAR = 100L << 20;

    private final Shifts shifts = new Shifts();

    @Test
    void places_nothingWasFound_areWhereTheyWere() {
        assertThat(shifts.places(5000)).containsExactly(5000);
    }

    @Test
    void found_littleFurtherOn_isExpectedAndFollowed() {
        assertThat(shifts.found(Shifts.WITHIN_BYTES, 0)).isTrue();
        assertThat(shifts.found(FAR, FAR - 2L * Shifts.WITHIN_BYTES)).isTrue();
        assertThat(shifts.places(FAR)).containsExactly(FAR - 2L * Shifts.WITHIN_BYTES);
    }

    /** A chance likeness far away had everything behind it sealed plainly. */
    @Test
    void found_farAway_leavesThePlaceBeforeThoughtOf() {
        shifts.found(1000, 900);
        assertThat(shifts.found(2000, 2000 + FAR)).isFalse();
        assertThat(shifts.expected(3000)).isEqualTo(3000 + FAR);
        assertThat(shifts.places(3000)).containsExactly(3000 + FAR, 2900);

        assertThat(shifts.found(3000, 2900)).as("it was thought of").isTrue();
        assertThat(shifts.places(4000)).containsExactly(3900, 4000 + FAR);
    }

    @Test
    void found_farAwayTwice_leavesWhatHadProvedRightThoughtOf() {
        shifts.found(1000, 900);
        shifts.found(2000, 2000 + FAR);
        assertThat(shifts.found(3000, 3000 + 2 * FAR)).isFalse();
        assertThat(shifts.places(4000)).containsExactly(4000 + 2 * FAR, 3900);
    }

    @Test
    void found_newPlaceProvesRight_theOldOneIsForgotten() {
        shifts.found(2000, 2000 + FAR);
        for (int at = 3000; shifts.places(at).length > 1; at += 1000) {
            assertThat(at).isLessThan(20_000);
            assertThat(shifts.found(at, at + FAR)).isTrue();
        }
        assertThat(shifts.places(50_000)).containsExactly(50_000 + FAR);
    }

    @Test
    void notFound_manyTimes_theOldPlaceIsForgotten() {
        shifts.found(2000, 2000 + FAR);
        for (int miss = 0; shifts.places(0).length > 1; miss++) {
            assertThat(miss).isLessThan(20);
            shifts.notFound();
        }
        assertThat(shifts.places(3000)).containsExactly(3000 + FAR);
    }
}
