package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FileContentStreamTest {

    private static final Metadata METADATA = new Metadata(0644, Owner.ROOT, 0, 0, Xattrs.none());

    private final HeapObjects objects = new HeapObjects();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    /** Chunks, one of them repeated, and holes, one of them longer than any buffer. */
    private Content content(Random random) {
        ChunkListBuilder builder = new ChunkListBuilder(objects, MerkleMapTest.BOUNDARY);
        byte[] often = chunk(random, 700);
        int segments = 1 + random.nextInt(30);
        for (int i = 0; i < segments; i++) {
            int hole = i == 3 ? 200_000 : 1 + random.nextInt(90);
            switch (random.nextInt(4)) {
                case 0 -> {
                    builder.addHole(hole);
                    written.writeBytes(new byte[hole]);
                }
                case 1 -> {
                    builder.addChunk(objects.put(PlainObject.chunk(often)), often.length);
                    written.writeBytes(often);
                }
                default -> {
                    byte[] chunk = chunk(random, 513 + random.nextInt(400));
                    builder.addChunk(objects.put(PlainObject.chunk(chunk)), chunk.length);
                    written.writeBytes(chunk);
                }
            }
        }
        builder.addChunk(objects.put(PlainObject.chunk(often)), often.length);
        written.writeBytes(often);
        return builder.finish();
    }

    private static byte[] chunk(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void of_randomContents_givesTheirBytesHoweverTheyAreRead() throws IOException {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            written.reset();
            Content content = content(random);
            byte[] whole = written.toByteArray();
            assertThat(FileContentStream.of(content, objects).size()).isEqualTo(whole.length);
            assertThat(FileContentStream.of(content, objects).readAllBytes())
                    .as("seed=%d", seed)
                    .isEqualTo(whole);

            FileContentStream mixed = FileContentStream.of(content, objects);
            ByteArrayOutputStream kept = new ByteArrayOutputStream();
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            int position = 0;
            while (position < whole.length && position < 4000) {
                int skipped = (int) mixed.skip(random.nextInt(400) - 100);
                position += skipped;
                byte[] read = mixed.readNBytes(random.nextInt(300));
                kept.writeBytes(read);
                expected.write(whole, position, read.length);
                position += read.length;
            }
            assertThat(kept.toByteArray()).as("seed=%d", seed).isEqualTo(expected.toByteArray());
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            assertThat(mixed.transferTo(rest)).as("seed=%d", seed).isEqualTo(whole.length - position);
            assertThat(rest.toByteArray()).isEqualTo(Arrays.copyOfRange(whole, position, whole.length));
            assertThat(mixed.read()).isEqualTo(-1);
        }
    }

    @Test
    void skip_pastManyChunks_readsNoneOfThem() {
        ChunkListBuilder builder = new ChunkListBuilder(objects, MerkleMapTest.BOUNDARY);
        for (int i = 1; i <= 10; i++) {
            builder.addChunk(new ObjectId(i, 0, 0, 0), 1000);
        }
        byte[] last = chunk(new Random(1), 600);
        builder.addChunk(objects.put(PlainObject.chunk(last)), last.length);
        FileContentStream stream = FileContentStream.of(builder.finish(), objects);
        assertThat(stream.skip(10_005)).isEqualTo(10_005);
        assertThat(stream.read()).isEqualTo(Byte.toUnsignedInt(last[5]));
        assertThat(stream.available()).isEqualTo(594);
        assertThat(stream.skip(Long.MAX_VALUE)).isEqualTo(594);
        assertThat(stream.read()).isEqualTo(-1);
    }

    @Test
    void read_damagedChunk_throwsAfterTheBytesBeforeIt() throws IOException {
        byte[] sound = chunk(new Random(2), 600);
        ObjectId other = objects.put(PlainObject.chunk(new byte[700]));
        Content content = new Content.Segments(
                List.of(new Segment.Data(objects.put(PlainObject.chunk(sound)), 600), new Segment.Data(other, 701)));
        FileContentStream stream = FileContentStream.of(content, objects);
        assertThat(stream.readNBytes(600)).isEqualTo(sound);
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(stream::read);
    }

    @Test
    void open_fileLinkFolderAndNothing_givesContentOrSaysWhatIsThere() throws IOException {
        EntryPath path = EntryPath.parse("a");
        Entry file = Entry.file(path, METADATA, Content.inline(new byte[] {1, 2, 3}));
        Entry first = file.asFirstLink();
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(objects, MerkleMapTest.BOUNDARY);
        builder.add(Entry.directory(EntryPath.ROOT, METADATA));
        builder.add(first);
        builder.add(Entry.laterLink(EntryPath.parse("b"), first));
        MerkleMap<Entry> manifest = MerkleMap.ofEntries(builder.finish(), objects);
        assertThat(FileContentStream.open(manifest, path).readAllBytes()).containsExactly(1, 2, 3);
        assertThat(FileContentStream.open(manifest, EntryPath.parse("b")).readAllBytes())
                .containsExactly(1, 2, 3);
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> FileContentStream.open(manifest, EntryPath.ROOT))
                .withMessageContaining("no regular file");
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> FileContentStream.open(manifest, EntryPath.parse("c")))
                .withMessageContaining("nothing there");
    }
}
