package dev.cairn.cas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WorkersTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        // A heap in MiB, what is taken apart and by a thread, processors, threads.
        "160, 80, 40, 2, 2",
        "160, 80, 40, 16, 2",
        "159, 80, 40, 16, 1",
        "16, 80, 40, 16, 1",
        "4000, 80, 40, 4, 4",
        "4000, 80, 40, 64, 16",
        "4000, 80, 40, 1, 1",
    })
    void threads_areAsManyAsTheHeapHasRoomFor(long heap, long apart, long perThread, int processors, int threads) {
        assertThat(Workers.threadsWithin(heap * MIB, apart * MIB, perThread * MIB, processors))
                .isEqualTo(threads);
    }

    @Test
    void threadsOfMachine_isNeverNone() {
        assertThat(Workers.threadsOfMachine()).isBetween(1, 16);
    }
}
