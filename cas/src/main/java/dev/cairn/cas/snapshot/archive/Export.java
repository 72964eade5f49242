package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.ValidatedEntries;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a snapshot, or a part of it, as an archive into a stream, in path order. The same snapshot gives the same bytes.
 *
 * <p>Damage ends it: an archive that has begun a file must go on with it, and a wrong byte is never written. Memory: one chunk, one page
 * a level, and the names of hard links whose first is not in the archive, {@value #GROUPS_MAX} of them.
 */
public final class Export {

    /** Losses that are kept for the end; all are counted, and all went to the progress. */
    private static final int LOSSES_MAX = 10_000;

    /** Groups of hard links whose first lies outside; a link of a group beyond them is a file of its own, and is listed. */
    private static final int GROUPS_MAX = 50_000;

    private static final int ZSTD_LEVEL = 3;
    private static final int BUFFER_BYTES = 128 << 10;

    private final ObjectSource objects;
    private final Sealer sealer;
    private final Path temporaryFolder;

    /**
     * @param objects where the snapshot is read from
     * @param sealer of that repository: what is put aside meanwhile is sealed
     * @param temporaryFolder where that is
     */
    public Export(ObjectSource objects, Sealer sealer, Path temporaryFolder) {
        this.objects = objects;
        this.sealer = sealer;
        this.temporaryFolder = temporaryFolder;
    }

    /**
     * Exports. The stream is flushed and not closed.
     *
     * @throws NoSuchElementException if the snapshot has nothing at the plan's path; nothing was written then
     * @throws dev.cairn.cas.CorruptDataException if something is damaged: what was written is no whole archive
     */
    public ExportResult run(ExportPlan plan, OutputStream target, ExportProgress progress, Cancellation cancellation)
            throws IOException {
        MerkleMap<Entry> map = MerkleMap.ofEntries(plan.manifest(), objects);
        Entry top = map.get(plan.top())
                .orElseThrow(() -> new NoSuchElementException(plan.top().toString()));
        EntryPath parent = plan.top().parent();
        EntryPath base = top.isDirectory() || parent == null ? plan.top() : parent;
        OutputStream buffered = new BufferedOutputStream(target, BUFFER_BYTES);
        try (BlocksOnDemand aside = new BlocksOnDemand(temporaryFolder, sealer)) {
            ContentOutput contents = new ContentOutput(objects, progress, cancellation);
            Run run = new Run(map, plan.top(), base, progress, cancellation);
            switch (plan.format()) {
                case TAR -> run.write(new TarWriter(buffered, contents, run));
                case TAR_ZST -> {
                    OutputStream open = new OpenEnd(buffered);
                    try (OutputStream compressed = new BufferedOutputStream(zstd(open), BUFFER_BYTES)) {
                        run.write(new TarWriter(compressed, contents, run));
                    }
                }
                case ZIP -> run.write(new ZipWriter(buffered, contents, run, aside));
            }
            buffered.flush();
            return run.result();
        }
    }

    /** The builder that takes the place of this constructor would bring another library's types in. */
    @SuppressWarnings("deprecation")
    private static OutputStream zstd(OutputStream out) throws IOException {
        return new ZstdCompressorOutputStream(out, ZSTD_LEVEL, false, true);
    }

    /** Closing what compresses must not close what it writes to. */
    private static final class OpenEnd extends FilterOutputStream {
        OpenEnd(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    /** One export under way. */
    private static final class Run implements ArchiveWriter.Losses {
        private final MerkleMap<Entry> map;
        private final EntryPath top;
        private final EntryPath base;
        private final ExportProgress progress;
        private final Cancellation cancellation;
        private final List<ExportLoss> losses = new ArrayList<>();

        /** By the first path of a group that lies outside what is exported: the name in the archive that has the content. */
        private final Map<EntryPath, byte[]> standIns = new LinkedHashMap<>();

        private long lossCount;
        private long files;
        private long directories;
        private long bytes;

        Run(MerkleMap<Entry> map, EntryPath top, EntryPath base, ExportProgress progress, Cancellation cancellation) {
            this.map = map;
            this.top = top;
            this.base = base;
            this.progress = progress;
            this.cancellation = cancellation;
        }

        void write(ArchiveWriter writer) throws IOException {
            ValidatedEntries entries = ValidatedEntries.subtree(map, top);
            while (entries.hasNext()) {
                cancellation.check();
                add(entries.next(), writer);
            }
            writer.finish();
        }

        private void add(Entry entry, ArchiveWriter writer) throws IOException {
            byte[] name = entry.path().relativeTo(base).bytes();
            EntryPath first = entry.linkedTo();
            byte[] linkedTo = null;
            Entry written = entry;
            if (first != null) {
                linkedTo = writer.hasHardLinks() ? linkedTo(entry, first, name) : null;
                if (linkedTo == null) {
                    written = map.get(first).orElseThrow().withPath(entry.path());
                }
                if (!writer.hasHardLinks()) {
                    lost(entry, "zip has no hard links: a copy of " + first, false);
                }
            } else if (entry.hardLink() instanceof HardLink.First && !writer.hasHardLinks()) {
                written = entry.withHardLink(null);
            }
            if (writer.add(name, written, linkedTo)) {
                if (entry.isDirectory()) {
                    directories++;
                } else {
                    files++;
                }
                bytes += linkedTo == null && written.content() != null ? written.size() : 0;
                progress.written(entry.path());
            }
        }

        /** The name in the archive of the file that a link is another name of; null if it is to be that file itself. */
        private byte @Nullable [] linkedTo(Entry entry, EntryPath first, byte[] name) {
            if (first.startsWith(top)) {
                return first.relativeTo(base).bytes();
            }
            byte[] standIn = standIns.get(first);
            if (standIn == null) {
                if (standIns.size() < GROUPS_MAX) {
                    standIns.put(first, name);
                } else {
                    lost(entry, "there are too many links to files elsewhere: a copy", false);
                }
            }
            return standIn;
        }

        @Override
        public void lost(Entry entry, String reason, boolean leftOut) {
            ExportLoss loss = new ExportLoss(entry.path(), reason, leftOut);
            lossCount++;
            if (losses.size() < LOSSES_MAX) {
                losses.add(loss);
            }
            progress.lost(loss);
        }

        ExportResult result() {
            return new ExportResult(files, directories, bytes, losses, lossCount);
        }
    }
}
