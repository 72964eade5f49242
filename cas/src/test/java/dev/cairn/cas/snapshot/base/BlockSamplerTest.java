package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.seal.Secret;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which chunks stand for a file. */
class BlockSamplerTest {

    private static final int CHUNK_BYTES = 64 << 10;

    private final SuperFeatures features = new SuperFeatures(Secret.of(new byte[Secret.BYTES]));
    private final BlockSampler sampler = new BlockSampler(features);

    private static byte[] chunk(long seed) {
        byte[] chunk = new byte[CHUNK_BYTES];
        new Random(seed).nextBytes(chunk);
        return chunk;
    }

    private List<Sketch> sample(int firstSeed, int chunks, long bytes) {
        sampler.begin(bytes);
        for (int i = 0; i < chunks; i++) {
            sampler.chunk(chunk(firstSeed + i), 0, CHUNK_BYTES);
        }
        return sampler.end();
    }

    @Test
    void beginning_hasOneInEachStretch() {
        assertThat(sample(1, 16, 1 << 20)).hasSize(4);
        assertThat(sample(1, 1, CHUNK_BYTES)).containsExactly(features.of(chunk(1), 0, CHUNK_BYTES));
    }

    @Test
    void longFile_hasNoMoreThanTheMost() {
        List<Sketch> sketches = sample(1, 1600, 1600L * CHUNK_BYTES);

        assertThat(sketches).hasSizeBetween(BlockSampler.BLOCKS_MAX / 3, BlockSampler.BLOCKS_MAX);
        assertThat(sketches).startsWith(sample(1, 16, 1 << 20).toArray(Sketch[]::new));
        // One that turned out longer than it was said to be.
        assertThat(sample(1, 1600, CHUNK_BYTES)).hasSize(BlockSampler.BLOCKS_MAX);
    }

    @Test
    void fileWithSomethingInFront_mostlyHasTheSame() {
        List<Sketch> plain = sample(100, 400, 400L * CHUNK_BYTES);
        List<Sketch> shifted = sample(99, 401, 401L * CHUNK_BYTES);

        assertThat(shifted.stream().filter(plain::contains).count()).isGreaterThan(plain.size() / 2);
    }
}
