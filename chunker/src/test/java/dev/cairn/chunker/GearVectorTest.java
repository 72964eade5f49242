package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The plain gear scan against the cuts published for rust-gearhash and xet-core: one mask of 16 top bits, 8 KiB to 128 KiB.
 *
 * <p>The 256 numbers of that table are random and stand in another project's source, so they are not kept here: name a file that holds
 * them, in hexadecimal and in order (rust-gearhash's {@code src/table.rs} will do), with {@code -Dcairn.gearhash.table=FILE}. The digest
 * below says whether they are the right ones.
 */
class GearVectorTest {
    private static final String TABLE_PROPERTY = "cairn.gearhash.table";
    private static final String TABLE_SHA256 = "106a7a8d97e7074ea409311b0321f36dba49366cf5ff50ce42af62381ac72bdd";
    private static final ChunkProfile PROFILE = ChunkProfile.singleMask(8 << 10, 128 << 10, 16);

    private static final List<Long> ENDS = List.of(
            84493L, 134421L, 144853L, 243318L, 271793L, 336457L, 467529L, 494581L, 582000L, 596735L, 616815L, 653164L,
            678202L, 724510L, 815591L, 827760L, 958832L, 991092L, 1000000L);

    private static GearTable gearhashTable() throws IOException, NoSuchAlgorithmException {
        String file = System.getProperty(TABLE_PROPERTY);
        assumeThat(file)
                .as("skipped: -D%s=FILE does not name the table of rust-gearhash", TABLE_PROPERTY)
                .isNotNull();
        long[] numbers = Pattern.compile("0x([0-9a-f]{16})")
                .matcher(Files.readString(Path.of(file)))
                .results()
                .mapToLong(match -> Long.parseUnsignedLong(match.group(1), 16))
                .toArray();
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES);
        Arrays.stream(numbers).forEach(bytes::putLong);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        assertThat(HexFormat.of().formatHex(digest))
                .as("SHA-256 of the numbers in %s", file)
                .isEqualTo(TABLE_SHA256);
        return GearTable.of(numbers);
    }

    /** SplitMix64 from seed 0, little-endian words. */
    private static byte[] splitMixBytes(int length) {
        ByteBuffer words = ByteBuffer.allocate(length + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long state = 0;
        while (words.position() < length) {
            state += 0x9E3779B97F4A7C15L;
            long word = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            word = (word ^ (word >>> 27)) * 0x94D049BB133111EBL;
            words.putLong(word ^ (word >>> 31));
        }
        return Arrays.copyOf(words.array(), length);
    }

    @Test
    void region_publishedNoise_isCutAsPublished() throws Exception {
        GearCutter cutter = new GearCutter(gearhashTable(), PROFILE);
        assertThat(TestBytes.regionEnds(cutter, splitMixBytes(1_000_000))).isEqualTo(ENDS);
    }

    @Test
    void region_constantByte_isCutAtTheMaximum() throws Exception {
        GearCutter cutter = new GearCutter(gearhashTable(), PROFILE);
        byte[] bytes = new byte[1_000_000];
        Arrays.fill(bytes, (byte) 59);
        List<Long> ends = TestBytes.regionEnds(cutter, bytes);
        assertThat(ends).startsWith(131072L, 262144L, 393216L).hasSize(8).endsWith(1_000_000L);
    }
}
