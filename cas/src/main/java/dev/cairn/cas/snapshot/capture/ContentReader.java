package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.ChunkListBuilder;
import dev.cairn.cas.manifest.ChunkMap;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.seal.ObjectHasher;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import dev.cairn.cas.snapshot.base.BlockSampler;
import dev.cairn.cas.snapshot.base.OldVersion;
import dev.cairn.cas.snapshot.base.Sketch;
import dev.cairn.cas.snapshot.base.SuperFeatures;
import dev.cairn.chunker.ByteSource;
import dev.cairn.chunker.ChunkSlice;
import dev.cairn.chunker.Chunker;
import dev.cairn.chunker.Cutter;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads files and cuts them into chunks.
 *
 * <p>Reads as many bytes as the file had when it was looked at, so that one which grows is read to an end; one that shrinks gives
 * a shorter content. Holes of {@link Chunker#HOLE_BYTES_MIN} bytes or more, and files that are one hole, stay holes and are not
 * read; shorter ones are read as zeros. Memory is one buffer, whatever the file. For one thread.
 */
final class ContentReader {
    /** A small file is compared with an older version of no more than this. */
    private static final int SMALL_BASE_BYTES_MAX = 256 << 10;

    /** How long a stream without an older version is taken to be: what is sampled of it is spread over so much. */
    private static final long STREAM_BYTES_EXPECTED = 1L << 30;

    /** Of a file of this length, the middle is looked at too. */
    private static final long MIDDLE_ASKED_BYTES_MIN = 4L << 20;

    private final ObjectIntake intake;
    private final Supplier<ChunkListBuilder> lists;
    private final FileCuts cuts;
    private final byte[] small;
    private final Cancellation cancellation;
    private final LongConsumer bytesDone;

    /** What the file that is being read is compared with. */
    private @Nullable OldVersion old;

    private final SimilarVersions similar;
    private final SuperFeatures features;
    private final Cutter cutter;
    private final BlockSampler sampler;
    private final byte[] probe = new byte[BlockSampler.BEGINNING_BYTES];

    /** The sketch of the small file that is being read, if it is new. */
    private @Nullable Sketch sketch;

    /** The chunk of zeros that was seen last, of which the intake need not hear again. */
    private @Nullable ObjectId zeros;

    /**
     * @param workers help to cut what is large; null for none
     * @param similar knows what a file without an older version may be like
     * @param lists makes the builder of a file's chunk list
     * @param bytesDone hears of bytes as they are read, and of holes as they are passed over
     */
    ContentReader(
            Cutter cutter,
            ObjectHasher hasher,
            @Nullable Workers workers,
            ObjectIntake intake,
            SimilarVersions similar,
            SuperFeatures features,
            Supplier<ChunkListBuilder> lists,
            Cancellation cancellation,
            LongConsumer bytesDone) {
        this.cutter = cutter;
        this.intake = intake;
        this.similar = similar;
        this.features = features;
        this.sampler = new BlockSampler(features);
        this.lists = lists;
        this.cuts = new FileCuts(cutter, hasher, workers, cancellation, bytesDone);
        this.small = new byte[cutter.wholeFileBytesMax()];
        this.cancellation = cancellation;
        this.bytesDone = bytesDone;
    }

    /**
     * The content of a file that looks like {@code stat}.
     *
     * @param older versions of it, for deltas
     */
    Content read(OpenFile file, FileStat stat, Supplier<@Nullable OldVersion> older) throws IOException {
        long size = stat.size();
        if (size == 0) {
            return Content.empty();
        }
        boolean holes = FileCuts.hasHoles(file, stat);
        if (holes && FileCuts.dataAt(file, 0, size) == size) {
            ChunkListBuilder list = lists.get();
            list.addHole(size);
            bytesDone.accept(size);
            return list.finish();
        }
        return size <= small.length ? readSmall(file, (int) size, older) : readLarge(file, size, holes, older);
    }

    /**
     * The content of a stream, read to its end.
     *
     * @param older versions of it, for deltas
     */
    Content read(ContentStream stream, Supplier<@Nullable OldVersion> older) throws IOException {
        byte[] ahead = new byte[Math.max(small.length + 1, BlockSampler.BEGINNING_BYTES)];
        int length = 0;
        while (length < ahead.length) {
            cancellation.check();
            int read = stream.read(ahead, length, ahead.length - length);
            if (read < 0) {
                break;
            }
            length += read;
            bytesDone.accept(read);
        }
        if (length <= small.length) {
            System.arraycopy(ahead, 0, small, 0, length);
            return smallContent(length, older);
        }
        old = older.get();
        if (old == null && similar.isAsked()) {
            old = similar.of(blocks(ahead, length));
        }
        long sizeExpected = old == null ? STREAM_BYTES_EXPECTED : old.chunks().size();
        Arriving arriving = new Arriving(ahead, length, stream);
        return sampled(sizeExpected, () -> {
            ChunkListBuilder list = lists.get();
            cuts.cut(arriving, new Listed(list));
            return list.finish();
        });
    }

    private Content readSmall(OpenFile file, int size, Supplier<@Nullable OldVersion> older) throws IOException {
        int length = Math.max(0, file.read(0, small, 0, size));
        bytesDone.accept(length);
        return smallContent(length, older);
    }

    /** The content of the file whose bytes stand in {@link #small}. */
    private Content smallContent(int length, Supplier<@Nullable OldVersion> older) {
        if (length <= Content.INLINE_BYTES_MAX) {
            return Content.inline(Arrays.copyOf(small, length));
        }
        ChunkListBuilder list = lists.get();
        sketch = null;
        ObjectId id = intake.smallFile(small, 0, length, () -> bases(length, older));
        if (sketch != null) {
            similar.note(sketch, id);
        }
        list.addChunk(id, length);
        return list.finish();
    }

    /** What a new small file can be a delta of. */
    private List<ChunkMap.Placed> bases(int length, Supplier<@Nullable OldVersion> older) {
        Sketch seen = features.of(small, 0, length);
        sketch = seen;
        OldVersion version = older.get();
        if (version == null) {
            return seen == null ? List.of() : similar.ofSmall(seen, length, SMALL_BASE_BYTES_MAX);
        }
        ChunkMap chunks = version.chunks();
        return chunks.size() > SMALL_BASE_BYTES_MAX ? List.of() : chunks.between(0, chunks.size(), new HashSet<>());
    }

    private Content readLarge(OpenFile file, long size, boolean holes, Supplier<@Nullable OldVersion> older)
            throws IOException {
        file.expectSequential();
        old = older.get();
        if (old == null && similar.isAsked()) {
            old = similarTo(file, size, holes);
        }
        return sampled(size, () -> readLarge(file, size, holes));
    }

    /** Makes the content of one file. */
    @FunctionalInterface
    private interface Reading {
        Content content() throws IOException;
    }

    /** Reads a larger file, and notes what it is like if there is anything new in it. */
    private Content sampled(long sizeExpected, Reading reading) throws IOException {
        long chunksNew = intake.chunksNew();
        sampler.begin(sizeExpected);
        try {
            Content content = reading.content();
            List<Sketch> blocks = sampler.end();
            if (intake.chunksNew() != chunksNew) {
                similar.note(blocks, content);
            }
            return content;
        } finally {
            if (old != null) {
                old = null;
                intake.endDelta();
            }
        }
    }

    /** What a file without an older version is like, by what it begins with or, of a longer one, by its middle. */
    private @Nullable OldVersion similarTo(OpenFile file, long size, boolean holes) throws IOException {
        OldVersion found = similar.of(blocks(file, holes ? FileCuts.dataAt(file, 0, size) : 0));
        if (found == null && size >= MIDDLE_ASKED_BYTES_MIN) {
            found = similar.of(blocks(file, size / 2));
        }
        return found;
    }

    /** The sketches of blocks from {@code position} on. */
    private List<Sketch> blocks(OpenFile file, long position) throws IOException {
        int bytes = 0;
        while (bytes < probe.length) {
            int read = file.read(position + bytes, probe, bytes, probe.length - bytes);
            if (read <= 0) {
                break;
            }
            bytes += read;
        }
        return blocks(probe, bytes);
    }

    private List<Sketch> blocks(byte[] bytes, int end) {
        cancellation.check();
        int to = Math.min(end, BlockSampler.BEGINNING_BYTES);
        sampler.begin(to);
        for (int at = 0; at < to; ) {
            int length = cutter.cut(bytes, at, to, true);
            // What ends where we stopped to read is no chunk of the file; so is, but for the beginning, what starts
            // there.
            sampler.chunk(bytes, at, length);
            at += length;
        }
        return sampler.end();
    }

    private Content readLarge(OpenFile file, long size, boolean holes) throws IOException {
        ChunkListBuilder list = lists.get();
        cuts.cut(file, size, holes, new Listed(list));
        return list.size() <= Content.INLINE_BYTES_MAX ? readSmall(file, (int) list.size(), () -> null) : list.finish();
    }

    /** Takes the parts of one file into its chunk list. */
    private final class Listed implements FileCuts.Parts {
        private final ChunkListBuilder list;

        Listed(ChunkListBuilder list) {
            this.list = list;
        }

        @Override
        public void hole(long bytes) {
            list.addHole(bytes);
            if (old != null) {
                intake.gapInDelta(bytes);
            }
        }

        @Override
        public void chunk(ChunkSlice chunk, ObjectId id, long position) {
            cancellation.check();
            sampler.chunk(chunk);
            if (chunk.allZero() && id.equals(zeros)) {
                if (old != null) {
                    intake.gapInDelta(chunk.length());
                }
            } else {
                intake.piece(id, chunk.buffer(), chunk.offset(), chunk.length(), old);
                if (chunk.allZero()) {
                    zeros = id;
                }
            }
            list.addChunk(id, chunk.length());
        }
    }

    /** A stream whose beginning was read already. */
    private final class Arriving implements ByteSource {
        private final byte[] ahead;
        private final int aheadBytes;
        private final ContentStream stream;
        private int position;

        Arriving(byte[] ahead, int aheadBytes, ContentStream stream) {
            this.ahead = ahead;
            this.aheadBytes = aheadBytes;
            this.stream = stream;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            cancellation.check();
            if (position < aheadBytes) {
                int taken = Math.min(length, aheadBytes - position);
                System.arraycopy(ahead, position, buffer, offset, taken);
                position += taken;
                return taken;
            }
            int read = stream.read(buffer, offset, length);
            bytesDone.accept(Math.max(0, read));
            return read;
        }
    }
}
