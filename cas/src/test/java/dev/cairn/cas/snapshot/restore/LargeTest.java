package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.ChunkListBuilder;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.chunker.ChunkProfile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Large files and many files: what takes no space is neither read nor written, and memory stays what it is. */
@Isolated("looks at the whole process")
final class LargeTest extends RestoreFixture {

    private static final Metadata METADATA = new Metadata(0755, Owner.ROOT, 1, 0, Xattrs.none());
    private static final int BLOCK_BYTES = 512;
    private static final long MEMORY_OF_FEW = 200_000;

    @Override
    ChunkProfile chunks() {
        return ChunkProfile.normalised(256, 1024, 4096);
    }

    @Test
    void run_tenGibibytesOfHoles_areNeitherReadNorWritten() throws IOException {
        long size = 10L << 30;
        long piece = 1 << 20;
        try (Directory folder = Directory.open(source);
                OpenFile file = folder.createFile(RawName.of("sparse"), 0644)) {
            file.truncate(size);
            for (int i = 0; i < 3; i++) {
                file.write(i * (4L << 30), noise((int) piece, i), 0, (int) piece);
            }
        }
        ObjectId root = capture();
        AtomicLong read = new AtomicLong();
        AtomicLong written = new AtomicLong();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("read")) {
                read.incrementAndGet();
            } else if (operation.equals("write")) {
                written.incrementAndGet();
            }
        });

        RestoreResult result = restoreWhole(verifying(plan(root)));

        assertTargetIsSource();
        assertThat(result.bytes()).isEqualTo(3 * piece);
        long blocks = TreePicture.of(target).stat("sparse").blocks();
        assertThat(blocks * BLOCK_BYTES).isBetween(3 * piece, 4 * piece);
        // A call for each chunk of the data; holes of this size would take some forty thousand more.
        assertThat(written.get()).isBetween(1L, 12_000L);
        assertThat(read.get()).isBetween(1L, 12_000L);
    }

    @Test
    void run_chunkListOfManyPages_isReadPageByPageAsItIsReached() throws IOException {
        write("large", noise(6_000_000, 1));
        ObjectId root = capture();
        assertThat(entry(root, "large").content()).isInstanceOf(Content.Listed.class);
        List<Integer> chunksBeforeEachPage = new ArrayList<>();
        AtomicInteger chunks = new AtomicInteger();
        ObjectSource watched = (id, type) -> {
            if (type == ObjectType.CHUNK) {
                chunks.incrementAndGet();
            } else if (!id.equals(root)) {
                chunksBeforeEachPage.add(chunks.get());
            }
            return objects.read(id, type);
        };

        // With more threads, the pages are read as far ahead as chunks are.
        new Restore(watched, access, 1).run(plan(root), RestoreProgress.NONE, Cancellation.NEVER);

        assertTargetIsSource();
        assertThat(chunksBeforeEachPage).hasSizeGreaterThan(6).isSorted();
        assertThat(chunksBeforeEachPage.getLast()).isGreaterThan(3000);
        // Between one leaf and the next lie all chunks of the one; only branches come together with what is beneath
        // them.
        for (int before : chunksBeforeEachPage) {
            assertThat(Collections.frequency(chunksBeforeEachPage, before)).isLessThanOrEqualTo(4);
        }
    }

    /** Bytes of the heap that are in use once what nobody holds is gone. */
    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Each chunk is made as it is asked for: 64 MiB of them pass through, and hardly any may stay. */
    @Test
    void run_fileLargerThanTheMemoryAllowed_isStreamed() throws IOException {
        int chunkBytes = 16 << 10;
        int count = 4000;
        HeapObjects pages = new HeapObjects();
        PageBoundary boundary = PageBoundary.keyed(new byte[32]);
        ChunkListBuilder list = new ChunkListBuilder(pages, boundary);
        for (int i = 0; i < count; i++) {
            list.addChunk(new ObjectId(i, i, i, i), chunkBytes);
        }
        MerkleMapBuilder<Entry> manifest = MerkleMapBuilder.ofEntries(pages, boundary);
        manifest.add(Entry.directory(EntryPath.ROOT, METADATA));
        manifest.add(Entry.file(EntryPath.parse("large"), METADATA, list.finish()));
        ObjectId root = manifest.finish();
        List<Long> used = new ArrayList<>();
        ObjectSource made = (id, type) -> {
            if (type == ObjectType.NODE) {
                return pages.read(id, type);
            }
            if (id.word0() % 1000 == 500) {
                used.add(usedBytes());
            }
            return PlainObject.chunk(noise(chunkBytes, id.word0()));
        };

        RestoreResult result = new Restore(made).run(plan(root), RestoreProgress.NONE, Cancellation.NEVER);

        assertThat(result.bytes()).isEqualTo((long) count * chunkBytes);
        assertThat(used).hasSize(4);
        assertThat(used.getLast() - used.getFirst()).isLessThan(4L << 20);
    }

    /** What else the process does takes memory, too: of several runs one at least must show that the restore does not. */
    @Test
    void run_manyFiles_takeNoMoreMemoryThanFew() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least >= MEMORY_OF_FEW; i++) {
            least = Math.min(least, memoryOfManyFiles());
        }
        assertThat(least).as("1500 entries further").isLessThan(MEMORY_OF_FEW);
    }

    private long memoryOfManyFiles() {
        long folders = 20;
        long filesEach = 100;
        // Who remembers paths remembers much.
        String name = "n".repeat(200);
        HeapObjects pages = new HeapObjects();
        MerkleMapBuilder<Entry> manifest = MerkleMapBuilder.ofEntries(pages, PageBoundary.keyed(new byte[32]));
        manifest.add(Entry.directory(EntryPath.ROOT, METADATA));
        for (int folder = 0; folder < folders; folder++) {
            EntryPath path = EntryPath.parse("folder-%04d".formatted(folder));
            manifest.add(Entry.directory(path, METADATA));
            for (int file = 0; file < filesEach; file++) {
                manifest.add(Entry.file(path.child(name + "%06d".formatted(file)), METADATA, Content.empty()));
            }
        }
        ObjectId root = manifest.finish();
        AtomicInteger entries = new AtomicInteger();
        List<Long> used = new ArrayList<>();
        Cancellation watch = () -> {
            if (entries.incrementAndGet() % 1500 == 300) {
                used.add(usedBytes());
            }
            return false;
        };

        RestoreResult result = new Restore(pages).run(plan(root), RestoreProgress.NONE, watch);

        assertThat(result.files() + result.filesSkipped()).isEqualTo(folders * filesEach);
        assertThat(used).hasSizeGreaterThan(1);
        return used.get(1) - used.getFirst();
    }

    /** Few folders are kept open; those that are needed again must not all be opened from the root each time. */
    @Test
    void run_deepTree_opensEachFolderAFewTimes() throws IOException {
        int depth = 300;
        write("d/".repeat(depth) + "file", "deep");
        ObjectId root = capture();
        AtomicInteger opened = new AtomicInteger();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("openDirectory")) {
                opened.incrementAndGet();
            }
        });

        restoreWhole(deleting(plan(root)));

        assertTargetIsSource();
        assertThat(opened.get()).isBetween(2 * depth, 20 * depth);
    }
}
