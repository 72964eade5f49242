package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.StoreAccessException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class Argon2CostTest {

    /** From the reference implementation's own tests: Argon2id 1.3, 2 passes, 256 KiB, 1 lane. */
    @Test
    void stretch_publishedVector_agrees() {
        Secret key = new Argon2Cost(256, 2, 1)
                .stretch(
                        "password".getBytes(StandardCharsets.US_ASCII), "somesalt".getBytes(StandardCharsets.US_ASCII));

        assertThat(HexFormat.of().formatHex(key.copy()))
                .isEqualTo("9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    }

    @Test
    void cost_outOfBounds_isRefused() {
        for (int[] cost : new int[][] {
            {0, 3, 4},
            {31, 3, 4},
            {(1 << 20) + 1, 3, 4},
            {-1, 3, 4},
            {64, 0, 1},
            {64, 17, 1},
            {64, -1, 1},
            {64, 1, 0},
            {1024, 1, 17},
            {64, 1, -1}
        }) {
            assertThatThrownBy(() -> new Argon2Cost(cost[0], cost[1], cost[2]))
                    .as("%d KiB, %d passes, %d lanes", cost[0], cost[1], cost[2])
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void stretch_moreMemoryThanTheHeap_saysSo() {
        Argon2Cost greedy = new Argon2Cost(Argon2Cost.MEMORY_KIB_MAX, 1, 1);
        long heapBytes = Runtime.getRuntime().maxMemory();
        org.junit.jupiter.api.Assumptions.assumeTrue(heapBytes < 1L << 30, "the heap is larger than the largest cost");

        assertThatThrownBy(() -> greedy.stretch(new byte[] {1}, new byte[16]))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("1024 MiB");
    }
}
