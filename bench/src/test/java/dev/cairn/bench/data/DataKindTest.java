package dev.cairn.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Benchmarks of different days are compared: what they work on must not change. */
final class DataKindTest {
    private static final int LENGTH = 256 << 10;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void bytes_sameSeed_sameBytes(DataKind kind) {
        assertThat(kind.bytes(7, LENGTH)).hasSize(LENGTH).isEqualTo(kind.bytes(7, LENGTH));
        assertThat(kind.bytes(7, LENGTH)).isNotEqualTo(kind.bytes(8, LENGTH));
        assertThat(kind.bytes(7, 0)).isEmpty();
        assertThat(kind.bytes(7, 13)).hasSize(13);
    }

    @Test
    void bytes_eachKind_compressesAsItsNameSays() {
        assertThat(compressed(DataKind.TEXT)).isBetween(0.20, 0.50);
        assertThat(compressed(DataKind.DUMP)).isBetween(0.10, 0.35);
        assertThat(compressed(DataKind.NOISE)).isGreaterThan(0.99);
        assertThat(compressed(DataKind.SPARSE)).isBetween(0.005, 0.06);
    }

    private static double compressed(DataKind kind) {
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(kind.bytes(7, LENGTH));
            deflater.finish();
            return (double) deflater.deflate(new byte[2 * LENGTH]) / LENGTH;
        }
    }

    @Test
    void manySmallFiles_counted_haveTheSizeThatIsSaid() throws IOException {
        SampleFolder.manySmallFiles(folder.resolve("small"), 512, 2, 7);
        List<Long> sizes = sizes();

        assertThat(sizes).hasSize(512);
        assertThat(sizes.stream().mapToLong(Long::longValue).sum()).isEqualTo(2 << 20);
        assertThat(sizes.stream().sorted().toList().get(256)).isBetween(400L, 1_500L);
    }

    @Test
    void largeFiles_measured_haveTheSizeThatIsSaid() throws IOException {
        SampleFolder.oneLargeFile(folder.resolve("mixed"), 4, 7);
        SampleFolder.oneIncompressibleFile(folder.resolve("noise"), 1, 7);

        assertThat(sizes()).containsExactlyInAnyOrder(4L << 20, 1L << 20);
    }

    private List<Long> sizes() throws IOException {
        try (var tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> file.toFile().length())
                    .toList();
        }
    }
}
