package dev.cairn.cas.snapshot.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Segment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is noted is found again, in bounded room, whatever becomes of the rows. */
class SimilarityIndexTest {

    private final Rows rows = new Rows();
    private final SimilarityIndex index = new SimilarityIndex(rows, false);

    private static final class Rows implements LocalTable {
        final TreeMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
        boolean damaged;

        @Override
        public Optional<byte[]> get(byte[] key) {
            if (damaged) {
                throw new CorruptDataException("a row", "its checksum", "another");
            }
            return Optional.ofNullable(map.get(key));
        }

        @Override
        public void putAll(List<Row> more) {
            more.forEach(row -> map.put(row.key(), row.value()));
        }
    }

    private static ObjectId id(int number) {
        return ObjectId.of(ByteBuffer.allocate(ObjectId.BYTES).putInt(number).array());
    }

    private static Sketch sketch(int number) {
        return new Sketch(3 * number, 3 * number + 1, 3 * number + 2);
    }

    private static SimilarityIndex.Found small(int number) {
        return new SimilarityIndex.SmallFile(id(number));
    }

    @Test
    void noted_isFoundAtOnceAndLater() {
        Content listed = new Content.Listed(id(1000), 5 << 20, 80);
        Content.Segments few = new Content.Segments(List.of(
                new Segment.Data(id(7), 30_000), new Segment.Hole(1 << 20), new Segment.Data(id(8), 20_000, 3)));
        for (int i = 0; i < 100; i++) {
            index.note(sketch(i), id(i));
        }
        index.note(List.of(sketch(200), sketch(201)), listed);
        index.note(List.of(sketch(202)), few);

        for (SimilarityIndex asked : List.of(index, flushed())) {
            for (int i = 0; i < 100; i++) {
                assertThat(asked.find(List.of(sketch(i)))).containsExactly(small(i));
            }
            assertThat(asked.find(List.of(sketch(201)))).containsExactly(new SimilarityIndex.LargeFile(listed));
            assertThat(asked.find(List.of(sketch(202))))
                    .containsExactly(new SimilarityIndex.LargeFile(new Content.Segments(
                            List.of(new Segment.Data(id(7), 30_000), new Segment.Data(id(8), 20_000)))));
            assertThat(asked.find(List.of(sketch(150)))).isEmpty();
        }
        assertThat(rows.map).hasSize(1 + 3 + 2);
    }

    private SimilarityIndex flushed() {
        index.flush();
        return new SimilarityIndex(rows, false);
    }

    @Test
    void mostInCommon_comesFirst() {
        index.note(new Sketch(1, 2, 3), id(1));
        index.note(new Sketch(1, 2, 9), id(2));
        index.note(new Sketch(1, 8, 9), id(3));

        // What was noted in the same capture must have more in common.
        assertThat(index.find(List.of(new Sketch(1, 2, 3)))).containsExactly(small(1), small(2));
        SimilarityIndex later = flushed();
        assertThat(later.find(List.of(new Sketch(1, 2, 3)))).containsExactly(small(1), small(2), small(3));
        // The same number is not the same feature at another place.
        assertThat(later.find(List.of(new Sketch(2, 3, 1)))).isEmpty();
    }

    @Test
    void absentFeatures_areLikeNothing() {
        index.note(new Sketch(5, Sketch.NONE, Sketch.NONE), id(1));

        SimilarityIndex later = flushed();
        assertThat(later.find(List.of(new Sketch(6, Sketch.NONE, Sketch.NONE)))).isEmpty();
        assertThat(later.find(List.of(new Sketch(5, Sketch.NONE, 7)))).containsExactly(small(1));
    }

    @Test
    void oneCaptureAfterAnother_addsToTheSameRows() {
        for (int i = 0; i < 100; i++) {
            SimilarityIndex next = new SimilarityIndex(rows, false);
            next.note(sketch(i), id(i));
            next.flush();
        }

        assertThat(rows.map).hasSize(1 + 3);
        for (int i = 0; i < 100; i++) {
            assertThat(new SimilarityIndex(rows, true).find(List.of(sketch(i)))).containsExactly(small(i));
        }
    }

    @Test
    void table_isBounded_andKnowsTheNewest() {
        int more = 1000;
        for (int i = 0; i < SimilarityIndex.SMALL_MAX + more; i++) {
            index.note(sketch(i), id(i));
        }
        for (int i = 0; i < SimilarityIndex.LARGE_MAX + more; i++) {
            index.note(List.of(sketch(1_000_000 + i)), new Content.Listed(id(i), 5 << 20, 80));
        }
        SimilarityIndex again = flushed();

        assertThat(rows.map)
                .hasSize(1 + SimilarityIndex.SMALL_MAX / SimilarityIndex.SMALL_EACH + SimilarityIndex.LARGE_MAX);
        long bytes = rows.map.values().stream().mapToLong(row -> row.length).sum();
        assertThat(bytes).isLessThan(SimilarityIndex.SMALL_MAX * 41L + SimilarityIndex.LARGE_MAX * 60L);
        int newest = SimilarityIndex.SMALL_MAX + more - 1;
        assertThat(again.find(List.of(sketch(newest)))).containsExactly(small(newest));
        assertThat(again.find(List.of(sketch(1_000_000 + SimilarityIndex.LARGE_MAX + more - 1))))
                .hasSize(1);
        assertThat(again.find(List.of(sketch(0)))).isEmpty();
    }

    @Test
    void rowsOfNonsense_areNotFound() {
        for (int i = 0; i < 100; i++) {
            index.note(sketch(i), id(i));
        }
        index.note(List.of(sketch(200)), new Content.Listed(id(1000), 5 << 20, 80));
        index.flush();
        for (int length : new int[] {0, 1, 17, 200}) {
            for (int fill : new int[] {0, 1, 0x7f, 0xff}) {
                Rows broken = new Rows();
                rows.map.forEach((key, row) -> {
                    byte[] nonsense = new byte[length];
                    Arrays.fill(nonsense, (byte) fill);
                    broken.map.put(key, key.length == 1 ? row : nonsense);
                });
                SimilarityIndex asked = new SimilarityIndex(broken, false);
                assertThat(asked.find(List.of(sketch(3), sketch(99), sketch(200))))
                        .isEmpty();
                asked.note(sketch(300), id(300));
                asked.note(List.of(sketch(301)), new Content.Listed(id(1001), 5 << 20, 80));
                asked.flush();
                SimilarityIndex later = new SimilarityIndex(broken, false);
                assertThat(later.find(List.of(sketch(300)))).containsExactly(small(300));
                assertThat(later.find(List.of(sketch(301)))).hasSize(1);
            }
        }
    }

    @Test
    void damagedRows_areAsNone() {
        index.note(sketch(1), id(1));
        index.flush();
        rows.damaged = true;
        SimilarityIndex asked = new SimilarityIndex(rows, false);

        assertThat(asked.find(List.of(sketch(1)))).isEmpty();
        asked.note(sketch(2), id(2));
        assertThat(asked.find(List.of(sketch(2)))).containsExactly(small(2));
    }

    @Test
    void readOnly_writesNothing() {
        SimilarityIndex tried = new SimilarityIndex(rows, true);
        tried.note(sketch(1), id(1));
        tried.note(List.of(sketch(2)), new Content.Listed(id(1), 5 << 20, 80));
        tried.flush();

        assertThat(rows.map).isEmpty();
    }
}
