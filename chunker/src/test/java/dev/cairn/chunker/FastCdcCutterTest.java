package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FastCdcCutterTest {
    /** The public FastCDC table by its definition: the first eight bytes, big-endian, of MD5 of 64 times the byte value. */
    static GearTable publicTable(long seed) throws NoSuchAlgorithmException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        long[] numbers = new long[256];
        byte[] block = new byte[64];
        for (int value = 0; value < 256; value++) {
            Arrays.fill(block, (byte) value);
            numbers[value] = ByteBuffer.wrap(md5.digest(block)).getLong() ^ seed;
        }
        return GearTable.of(numbers);
    }

    private static byte[] picture() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path file = Stream.iterate(here, folder -> folder != null, Path::getParent)
                .map(folder -> folder.resolveSibling("shared/vectors/fastcdc/SekienAkashita.jpg"))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
        assumeThat(file)
                .as("skipped: no ../shared/vectors/fastcdc beside the project")
                .isNotNull();
        return Files.readAllBytes(file);
    }

    private static List<Integer> lengths(Cutter cutter, byte[] bytes) throws IOException {
        List<Integer> lengths = new ArrayList<>();
        new Chunker(cutter).file(new ByteArrayInputStream(bytes)::read, chunk -> lengths.add(chunk.length()));
        return lengths;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4096, 16384, 65535, 1, 21325 17140 28084 18217 24700",
        "666, 4096, 16384, 65535, 1, 10605 55745 11346 5883 11586 14301",
        "0, 4096, 16384, 65535, 0, 6634 59915 25597 5237 12083",
        "0, 8192, 16384, 32768, 3, 17350 19911 17426 17519 19940 17320"
    })
    void file_publishedPicture_isCutAsPublished(long seed, int min, int avg, int max, int level, String expected)
            throws Exception {
        FastCdcCutter cutter = new FastCdcCutter(publicTable(seed), min, avg, max, level);
        assertThat(lengths(cutter, picture()))
                .isEqualTo(Stream.of(expected.split(" ")).map(Integer::valueOf).toList());
    }

    /** The first numbers of the table as they are published. */
    @Test
    void publicTable_startsAsPublished() throws Exception {
        assertThat(publicTable(0).entries()).startsWith(0x3b5d3c7d207e37dcL, 0x784d68ba91123086L, 0xcd52880f882e7298L);
    }

    @Test
    void file_zeros_areCutAtTheMaximum() throws Exception {
        FastCdcCutter cutter = new FastCdcCutter(publicTable(0), 4096, 16384, 65535, 1);
        assertThat(lengths(cutter, new byte[200_000])).containsExactly(65535, 65535, 65535, 200_000 - 3 * 65535);
    }

    @Test
    void file_shorterThanTheMinimum_isOneChunk() throws Exception {
        FastCdcCutter cutter = new FastCdcCutter(publicTable(0), 4096, 16384, 65535, 1);
        SplittableRandom random = TestBytes.seeded(81);
        for (int length : new int[] {1, 2, 4095, 4096}) {
            assertThat(lengths(cutter, TestBytes.noise(random, length))).containsExactly(length);
        }
        assertThat(lengths(cutter, new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "63, 16384, 65535, 1",
        "-1, 16384, 65535, 1",
        "32768, 16384, 65535, 1",
        "4096, 16384, 16384, 1",
        "4096, 16384, 2147483647, 1",
        "4096, 16384, 65535, -1",
        "4096, 16384, 65535, 4",
        "4096, 1048576, 2097152, 1",
        "64, 64, 65535, 1"
    })
    void constructor_hostileNumbers_isRefused(int min, int avg, int max, int level) {
        assertThatIllegalArgumentException().isThrownBy(() -> new FastCdcCutter(publicTable(0), min, avg, max, level));
    }
}
