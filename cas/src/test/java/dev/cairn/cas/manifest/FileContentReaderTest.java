package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.PlainObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Contents built by {@link ChunkListBuilder} and read back by {@link FileContentReader}. */
final class FileContentReaderTest {

    private final HeapObjects objects = new HeapObjects();

    @Test
    void of_randomContentsOfEveryForm_givesTheirBytesFromAnyOffset() {
        for (long seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int segments = random.nextInt(3) == 0 ? 2000 : 1 + random.nextInt(20);
            Content content = random(random, segments, bytes);
            byte[] whole = bytes.toByteArray();
            assertThat(content.size()).isEqualTo(whole.length);
            for (int i = 0; i < 8; i++) {
                int start = i == 0 ? 0 : random.nextInt(whole.length + 1);
                byte[] read = read(FileContentReader.from(start, content, objects), start, whole.length);
                assertThat(read)
                        .as("seed=%d start=%d", seed, start)
                        .isEqualTo(Arrays.copyOfRange(whole, start, whole.length));
            }
        }
    }

    @Test
    void finish_equalContentsFedInOtherPieces_isEqual() {
        ObjectId chunk = objects.put(PlainObject.chunk(new byte[1000]));
        ChunkListBuilder one = builder();
        one.addHole(10);
        one.addHole(20);
        one.addHole(0);
        one.addChunk(chunk, 1000);
        one.addChunk(chunk, 1000);
        ChunkListBuilder other = builder();
        other.addHole(30);
        other.add(new Segment.Data(chunk, 1000, 2));
        Content content = one.finish();
        assertThat(content)
                .isEqualTo(other.finish())
                .isEqualTo(new Content.Segments(List.of(new Segment.Hole(30), new Segment.Data(chunk, 1000, 2))));
    }

    @Test
    void finish_nothingOrLittle_standsInline() {
        assertThat(builder().finish()).isEqualTo(Content.empty());
        ChunkListBuilder tiny = builder();
        tiny.addChunk(objects.put(PlainObject.chunk(new byte[512])), 512);
        assertThatIllegalArgumentException().isThrownBy(tiny::finish);
        ChunkListBuilder tinyHole = builder();
        tinyHole.addHole(100);
        assertThat(tinyHole.finish()).isEqualTo(new Content.Segments(List.of(new Segment.Hole(100))));
    }

    @Test
    void finish_aroundSixteenSegments_isAListAboveThem() {
        assertThat(distinct(16).finish()).isInstanceOf(Content.Segments.class);
        assertThat(distinct(17).finish()).isInstanceOf(Content.Listed.class);
    }

    @Test
    void add_moreThanAFileCanHold_isRefused() {
        ChunkListBuilder builder = builder();
        builder.addHole(Long.MAX_VALUE);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.addHole(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().addChunk(new ObjectId(1, 1, 1, 1), Content.CHUNK_BYTES_MAX + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder().addHole(-1));
    }

    /** A stretch of a file that changes must not move the pages after it: lists are cut by content too. */
    @Test
    void finish_oneChunkInsertedIntoALongList_rewritesAFewPages() {
        ChunkListBuilder before = builder();
        ChunkListBuilder after = builder();
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            ObjectId id = new ObjectId(random.nextLong(), i, 0, 0);
            before.addChunk(id, 65_536);
            after.addChunk(id, 65_536);
            if (i == 70_000) {
                after.addChunk(new ObjectId(1, 2, 3, 4), 1000);
            }
        }
        before.finish();
        int pages = objects.size();
        objects.resetCounts();
        after.finish();
        assertThat(pages).isBetween(180, 320);
        assertThat(objects.fresh).isLessThanOrEqualTo(5);
    }

    @Test
    void from_farIntoALongList_readsAPageALevel() {
        ChunkListBuilder builder = builder();
        ObjectId last = objects.put(PlainObject.chunk(new byte[700]));
        for (int i = 0; i < 50_000; i++) {
            builder.addChunk(new ObjectId(i, i, i, i), 65_536);
        }
        builder.addChunk(last, 700);
        Content content = builder.finish();
        objects.resetCounts();
        Iterator<Extent> extents = FileContentReader.from(content.size() - 100, content, objects);
        Extent extent = extents.next();
        assertThat(extent.length()).isEqualTo(100);
        assertThat(extent.offset()).isEqualTo(50_000L * 65_536 + 600);
        assertThat(extents.hasNext()).isFalse();
        assertThat(objects.read).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void finish_aListThatRepeatsItself_isReadBack() {
        ObjectId a = objects.put(PlainObject.chunk(new byte[600]));
        ObjectId b = objects.put(PlainObject.chunk(new byte[601]));
        ChunkListBuilder builder = builder();
        int pairs = 20_000;
        for (int i = 0; i < pairs; i++) {
            builder.addChunk(a, 600);
            builder.addChunk(b, 601);
        }
        Content content = builder.finish();
        assertThat(content.size()).isEqualTo(1201L * pairs);
        long[] read = new long[1];
        FileContentReader.of(content, objects).forEachRemaining(extent -> {
            assertThat(extent.offset()).isEqualTo(read[0]);
            read[0] += extent.length();
        });
        assertThat(read[0]).isEqualTo(content.size());
    }

    @Test
    void finish_aTebibyte_isBuiltInBoundedMemory() {
        long[] pages = new long[1];
        ObjectSink sink = object -> {
            pages[0]++;
            return HeapObjects.idOf(object);
        };
        ChunkListBuilder builder = new ChunkListBuilder(
                sink, (level, key) -> (ByteBuffer.wrap(key).getLong(24) + level) * 0x9e3779b97f4a7c15L);
        int chunks = 1 << 18;
        for (int i = 0; i < chunks; i++) {
            builder.addChunk(new ObjectId(0, 0, 0, i), Content.CHUNK_BYTES_MAX);
        }
        Content content = builder.finish();
        assertThat(content.size()).isEqualTo(1L << 40);
        assertThat(pages[0]).isGreaterThan(300);
    }

    @Test
    void next_chunkOfAnotherLength_isCorrupt() {
        ObjectId id = objects.put(PlainObject.chunk(new byte[999]));
        Content content = new Content.Segments(List.of(new Segment.Data(id, 1000)));
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> FileContentReader.of(content, objects).next())
                .withMessageContaining("1000");
    }

    @Test
    void of_listThatDoesNotAddUp_isCorrupt() {
        Content.Listed content = (Content.Listed) distinct(5000).finish();
        for (Content.Listed hostile : List.of(
                new Content.Listed(content.root(), content.size() + 1, content.segments()),
                new Content.Listed(content.root(), content.size(), content.segments() - 1))) {
            assertThatExceptionOfType(CorruptDataException.class)
                    .isThrownBy(() -> FileContentReader.of(hostile, objects));
        }
    }

    @Test
    void next_neighboursAcrossPagesThatAreOneSegment_isCorrupt() {
        ObjectId chunk = objects.put(PlainObject.chunk(new byte[600]));
        List<Segment> segments = List.of(new Segment.Hole(1), new Segment.Data(chunk, 600));
        List<Segment> more = List.of(new Segment.Data(chunk, 600), new Segment.Hole(1));
        List<PageRef> pages = new ArrayList<>();
        PageFormat<Segment> format = TreeFormat.SEGMENTS.leaf();
        for (int i = 0; i < 9; i++) {
            List<Segment> items = i == 7 ? more : segments;
            pages.add(format.summary(objects.put(Page.encode(format, 0, items)), items));
        }
        ObjectId root = objects.put(Page.encode(TreeFormat.SEGMENTS.branch(), 1, pages));
        Iterator<Extent> extents = FileContentReader.of(new Content.Listed(root, 9 * 601, 18), objects);
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> extents.forEachRemaining(extent -> {}))
                .withMessageContaining("not one");
    }

    private ChunkListBuilder builder() {
        return new ChunkListBuilder(objects, MerkleMapTest.BOUNDARY);
    }

    private ChunkListBuilder distinct(int segments) {
        ChunkListBuilder builder = builder();
        for (int i = 0; i < segments; i++) {
            builder.addChunk(new ObjectId(i, 0, 0, 0), 1000);
        }
        return builder;
    }

    private Content random(Random random, int segments, ByteArrayOutputStream bytes) {
        if (random.nextInt(6) == 0) {
            byte[] tiny = new byte[random.nextInt(513)];
            random.nextBytes(tiny);
            bytes.writeBytes(tiny);
            return Content.inline(tiny);
        }
        ChunkListBuilder builder = builder();
        byte[] often = new byte[600];
        random.nextBytes(often);
        for (int i = 0; i < segments; i++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    int hole = 1 + random.nextInt(50);
                    builder.addHole(hole);
                    bytes.writeBytes(new byte[hole]);
                }
                case 1 -> {
                    builder.addChunk(objects.put(PlainObject.chunk(often)), often.length);
                    bytes.writeBytes(often);
                }
                default -> {
                    byte[] chunk = new byte[513 + random.nextInt(50)];
                    random.nextBytes(chunk);
                    builder.addChunk(objects.put(PlainObject.chunk(chunk)), chunk.length);
                    bytes.writeBytes(chunk);
                }
            }
        }
        return builder.finish();
    }

    private static byte[] read(Iterator<Extent> extents, long start, long end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long offset = start;
        while (extents.hasNext()) {
            Extent extent = extents.next();
            assertThat(extent.offset()).isEqualTo(offset);
            assertThat(extent.length()).isPositive();
            switch (extent) {
                case Extent.Data data -> bytes.write(data.bytes(), data.start(), (int) data.length());
                case Extent.Hole hole -> bytes.writeBytes(new byte[(int) hole.length()]);
            }
            offset += extent.length();
        }
        assertThat(offset).isEqualTo(end);
        return bytes.toByteArray();
    }
}
