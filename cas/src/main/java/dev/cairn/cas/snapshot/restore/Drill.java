package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryLosses;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.ValidatedEntries;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A restore for practice: some files of a snapshot, chosen at random, are restored one by one into a temporary folder, read back
 * and compared with the snapshot byte for byte, in size, mode and time, and with their source where that still looks the same.
 *
 * <p>The files are chosen in one pass over the manifest, each with the same chance (reservoir sampling, Vitter's algorithm R).
 * Damage in the manifest is a fault like any other. What was restored is removed before the next file, so that a drill needs the
 * room of its largest file. Memory: the entries of the sample. For one thread.
 */
public final class Drill {

    private final ObjectSource objects;
    private final Cancellation cancellation;
    private final ContentComparison comparison;
    private final List<DrillResult.Fault> faults = new ArrayList<>();
    private long entriesSeen;
    private long files;
    private long bytes;
    private long sourcesCompared;

    public Drill(ObjectSource objects, Cancellation cancellation) {
        this.objects = objects;
        this.cancellation = cancellation;
        this.comparison = new ContentComparison(objects, cancellation);
    }

    /**
     * Carries it out, once.
     *
     * @param temporary an empty folder; is empty again afterwards
     * @param progress hears of bytes that were restored
     * @throws CorruptDataException if the manifest has no page that opens
     * @throws dev.cairn.cas.StoreException if the folder cannot be written, or is full
     */
    public DrillResult run(DrillPlan plan, Path temporary, LongConsumer progress) throws IOException {
        MerkleMap<Entry> manifest = MerkleMap.ofEntries(plan.manifest(), objects);
        boolean isFolder = plan.sources() != null && standsInItsSource(manifest, plan.sources());
        for (Entry entry : sample(plan, manifest)) {
            if (files > 0 && bytes >= plan.bytesMax()) {
                break;
            }
            cancellation.check();
            files++;
            long size = entry.type() == EntryType.FILE ? entry.size() : 0;
            bytes += size;
            restore(plan, entry, temporary);
            if (plan.sources() != null && entry.type() == EntryType.FILE) {
                compareWithSource(plan.sources(), manifest, entry, isFolder);
            }
            progress.accept(size);
        }
        return new DrillResult(entriesSeen, files, bytes, sourcesCompared, faults);
    }

    private List<Entry> sample(DrillPlan plan, MerkleMap<Entry> manifest) {
        Random random = new Random(plan.seed());
        List<Entry> sample = new ArrayList<>();
        ValidatedEntries entries = ValidatedEntries.of(manifest, new EntryLosses() {
            @Override
            public void page(EntryPath last, long count, CorruptDataException damage) {
                faults.add(new DrillResult.Fault(
                        last,
                        "%s; with that page %,d entries up to this one are unknown".formatted(damage.reason(), count)));
            }

            @Override
            public void folder(Entry standIn) {}

            @Override
            public void entry(Entry entry, String reason) {
                faults.add(new DrillResult.Fault(entry.path(), reason));
            }
        });
        while (entries.hasNext()) {
            Entry entry = entries.next();
            if (entry.isDirectory()) {
                continue;
            }
            entriesSeen++;
            if (sample.size() < plan.filesMax()) {
                sample.add(entry);
            } else {
                long place = random.nextLong(entriesSeen);
                if (place < sample.size()) {
                    sample.set((int) place, entry);
                }
            }
        }
        Collections.shuffle(sample, random);
        return sample;
    }

    private void restore(DrillPlan plan, Entry entry, Path temporary) throws IOException {
        Path target = temporary.resolve("restored");
        RestorePlan restore = new RestorePlan(
                plan.manifest(),
                entry.path(),
                target.toString().getBytes(StandardCharsets.UTF_8),
                Overwrite.ALWAYS,
                false,
                true,
                false,
                List.of());
        try {
            RestoreResult result = new Restore(objects).run(restore, RestoreProgress.NONE, cancellation);
            result.errors().stream()
                    .filter(error -> error.damage() || error.operation().equals("verify"))
                    .forEach(error ->
                            faults.add(new DrillResult.Fault(entry.path(), error.operation() + ": " + error.reason())));
            result.errors().stream()
                    .filter(error -> !error.damage() && !error.operation().equals("verify"))
                    .findFirst()
                    .ifPresent(error -> faults.add(
                            new DrillResult.Fault(entry.path(), "it could not be restored here: " + error.reason())));
            if (result.errorCount() == 0) {
                compareMetadata(entry, target);
            }
        } catch (CorruptDataException e) {
            faults.add(new DrillResult.Fault(entry.path(), e.where() + ": " + e.reason()));
        } finally {
            FolderTree.deleteIfExists(target);
        }
    }

    private void compareMetadata(Entry entry, Path target) throws IOException {
        if (entry.type() != EntryType.FILE) {
            return;
        }
        try (Directory folder = Directory.open(target)) {
            FileStat stat = folder.statIfPresent(entry.path().name());
            if (stat == null) {
                faults.add(new DrillResult.Fault(entry.path(), "it was not restored"));
            } else if (stat.size() != entry.size()) {
                faults.add(new DrillResult.Fault(
                        entry.path(), "it has %,d bytes, not %,d".formatted(stat.size(), entry.size())));
            } else if (!sameTime(entry, stat)
                    || (stat.mode() & 0777) != (entry.metadata().mode() & 0777)) {
                faults.add(new DrillResult.Fault(entry.path(), "its time or mode is not that of the snapshot"));
            }
        }
    }

    private static boolean sameTime(Entry entry, FileStat stat) {
        return stat.mtimeSeconds() == entry.metadata().mtimeSeconds()
                && stat.mtimeNanos() == entry.metadata().mtimeNanos();
    }

    /** Whether the snapshot's root is the one folder that was captured, and not a tree of absolute paths. */
    private static boolean standsInItsSource(MerkleMap<Entry> manifest, DrillPlan.Sources sources) {
        if (sources.paths().size() != 1) {
            return false;
        }
        try {
            return manifest.get(EntryPath.parse(withoutSlash(sources.paths().getFirst())))
                    .isEmpty();
        } catch (CorruptDataException | IllegalArgumentException e) {
            return true;
        }
    }

    private static byte[] withoutSlash(byte[] path) {
        int from = 0;
        while (from < path.length && path[from] == '/') {
            from++;
        }
        return Arrays.copyOfRange(path, from, path.length);
    }

    /** A source that is gone, was changed, or cannot be read is no fault of the snapshot. */
    private void compareWithSource(
            DrillPlan.Sources sources, MerkleMap<Entry> manifest, Entry entry, boolean isFolder) {
        EntryPath parent = entry.path().parent();
        byte[] base = isFolder ? sources.paths().getFirst() : new byte[] {'/'};
        try (Directory folder = Directory.open(join(base, parent == null ? EntryPath.ROOT : parent))) {
            FileStat stat = folder.statIfPresent(entry.path().name());
            boolean isSame = stat != null
                    && stat.type() == FileType.REGULAR
                    && stat.size() == entry.size()
                    && sameTime(entry, stat)
                    && stat.ctimeSeconds() < sources.beforeSeconds();
            Entry content = content(manifest, entry);
            if (!isSame || content == null) {
                return;
            }
            try (OpenFile file = folder.openFile(entry.path().name())) {
                long difference = comparison.firstDifference(file, content.requireContent());
                sourcesCompared++;
                if (difference >= 0) {
                    faults.add(new DrillResult.Fault(
                            entry.path(),
                            "the file at its source looks unchanged and differs from the snapshot at byte %d"
                                    .formatted(difference)));
                }
            }
        } catch (IOException | CorruptDataException e) {
            // Told, where it is damage, when it was restored.
        }
    }

    private static @Nullable Entry content(MerkleMap<Entry> manifest, Entry entry) {
        EntryPath first = entry.linkedTo();
        return first == null ? entry : manifest.get(first).orElse(null);
    }

    private static byte[] join(byte[] base, EntryPath path) {
        byte[] relative = path.bytes();
        byte[] joined = Arrays.copyOf(base, base.length + 1 + relative.length);
        joined[base.length] = '/';
        System.arraycopy(relative, 0, joined, base.length + 1, relative.length);
        return relative.length == 0 ? base : joined;
    }
}
