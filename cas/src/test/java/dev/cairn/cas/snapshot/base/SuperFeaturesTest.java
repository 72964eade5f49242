package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.seal.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Blocks that are alike share super-features, others do not. */
class SuperFeaturesTest {

    private static final long SEED = 20_261_128;
    private static final Secret KEY = Secret.of(new byte[Secret.BYTES]);

    private final Random random = new Random(SEED);
    private final SuperFeatures features = new SuperFeatures(KEY);

    private byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        return noise;
    }

    private @Nullable Sketch of(byte[] block) {
        return features.of(block, 0, block.length);
    }

    private static boolean alike(@Nullable Sketch a, @Nullable Sketch b) {
        if (a == null || b == null) {
            return false;
        }
        for (int i = 0; i < Sketch.FEATURES; i++) {
            if (!Sketch.isNone(a.feature(i)) && a.feature(i) == b.feature(i)) {
                return true;
            }
        }
        return false;
    }

    private int alikeOf100(int bytes, int edits) {
        System.out.println("seed=" + SEED);
        int alike = 0;
        for (int i = 0; i < 100; i++) {
            byte[] old = noise(bytes);
            byte[] edited = old.clone();
            for (int j = 0; j < edits; j++) {
                System.arraycopy(noise(8), 0, edited, random.nextInt(bytes - 8), 8);
            }
            alike += alike(of(old), of(edited)) ? 1 : 0;
        }
        return alike;
    }

    @Test
    void editedBlocks_shareSuperFeatures() {
        assertThat(alikeOf100(64 << 10, 0)).isEqualTo(100);
        assertThat(alikeOf100(64 << 10, 30)).isGreaterThan(90);
        assertThat(alikeOf100(64 << 10, 100)).isGreaterThan(70);
        assertThat(alikeOf100(8 << 10, 5)).isGreaterThan(90);
        assertThat(alikeOf100(1 << 10, 1)).isGreaterThan(80);
    }

    @Test
    void shiftedBlocks_shareSuperFeatures() {
        System.out.println("seed=" + SEED);
        int alike = 0;
        for (int i = 0; i < 100; i++) {
            byte[] old = noise(20_000);
            byte[] shifted = new byte[20_500];
            System.arraycopy(noise(500), 0, shifted, 0, 500);
            System.arraycopy(old, 0, shifted, 500, old.length);
            alike += alike(of(old), of(shifted)) ? 1 : 0;
        }
        assertThat(alike).isGreaterThan(90);
    }

    @Test
    void blocks_thatAreSampledUnlikeOften_shareSuperFeatures() {
        System.out.println("seed=" + SEED);
        int alike = 0;
        for (int i = 0; i < 100; i++) {
            byte[] longer = noise(17 << 10);
            alike += alike(of(longer), of(Arrays.copyOf(longer, 15 << 10))) ? 1 : 0;
        }
        assertThat(alike).isGreaterThan(90);
    }

    @Test
    void unlikeBlocks_shareNothing() {
        System.out.println("seed=" + SEED);
        List<@Nullable Sketch> sketches = new ArrayList<>();
        int alike = 0;
        for (int i = 0; i < 400; i++) {
            @Nullable Sketch sketch = of(noise(4 << 10));
            alike += (int)
                    sketches.stream().filter(other -> alike(sketch, other)).count();
            sketches.add(sketch);
        }
        // 80,000 pairs, 3 super-features of 24 bits each.
        assertThat(alike).isLessThanOrEqualTo(2);
    }

    @Test
    void sameBlock_underTheSameKey_hasTheSameSketch() {
        byte[] block = noise(10_000);
        Secret other = Secret.of(Arrays.copyOf(new byte[] {1}, Secret.BYTES));

        assertThat(of(block)).isNotNull().isEqualTo(new SuperFeatures(KEY).of(block, 0, block.length));
        assertThat(alike(of(block), new SuperFeatures(other).of(block, 0, block.length)))
                .isFalse();
    }

    @Test
    void place_inTheArray_doesNotMatter() {
        byte[] block = noise(10_000);
        byte[] array = noise(12_000);
        System.arraycopy(block, 0, array, 777, block.length);

        assertThat(features.of(array, 777, block.length)).isEqualTo(of(block));
    }

    @Test
    void shortOrMonotonousBlocks_haveNone() {
        assertThat(of(noise(SuperFeatures.BLOCK_BYTES_MIN - 1))).isNull();
        assertThat(of(noise(SuperFeatures.BLOCK_BYTES_MIN))).isNotNull();
        assertThat(of(new byte[64 << 10])).isNull();
        byte[] stripes = new byte[64 << 10];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = (byte) (i % 8);
        }
        assertThat(of(stripes)).isNull();
    }
}
