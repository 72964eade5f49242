package dev.cairn.cas.lmdb;

import dev.cairn.cas.Admission;
import dev.cairn.cas.Branch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.file.FolderTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds an index from volumes: first all records, in stored order and then again those whose children came later, until
 * none is added any more; then the journals. Builds beside the old index and takes its place by a rename at the end.
 *
 * <p>Memory: one container, the rows of one transaction, and some 80 bytes for each record that waits for its children.
 */
final class IndexRebuild {

    private static final int CONTAINERS_A_COMMIT = 128;
    private static final int ROWS_STAGED_MAX = 100_000;

    private final Path folder;
    private final LmdbObjectStore.Options options;
    private final boolean unlessWorse;
    private final LongConsumer containersRead;
    private long snapshotsBefore;
    private final List<String> losses = new ArrayList<>();
    private final List<String> setAside = new ArrayList<>();
    private List<Integer> lastListed = List.of();
    private long lossCount;
    private long containers;
    private final LostRoots roots = new LostRoots();
    private final TakenOver takenOver = new TakenOver();

    /** A record that waits for its children, of which the first that lacks is {@code lacking}. */
    private record Waiting(int volume, long container, int entry, ObjectId lacking) {}

    /** @param unlessWorse whether an index that has more snapshots is left in its place */
    IndexRebuild(Path folder, LmdbObjectStore.Options options, boolean unlessWorse, LongConsumer containersRead) {
        this.containersRead = containersRead;
        this.unlessWorse = unlessWorse;
        this.folder = Files.isDirectory(folder) ? ReplicaFolder.real(folder) : folder;
        this.options = options;
    }

    RebuildReport run() {
        if (ReplicaFolder.volumeNumbers(folder).isEmpty()) {
            throw new NoRepositoryException(
                    folder.toString(), "There are no volumes that an index could be made from.");
        }
        if (Replica.isOpen(folder)) {
            throw new StoreBusyException(folder.toString(), 0);
        }
        WriterLock writerLock = new WriterLock(ReplicaFolder.writerLock(folder));
        try (writerLock;
                FileLock lock = writerLock.acquire(options.lockWait())) {
            if (!lock.isValid()) {
                throw new IllegalStateException("the writer lock is gone");
            }
            return rebuild();
        } catch (IOException e) {
            throw Faults.of(e, folder);
        }
    }

    private RebuildReport rebuild() throws IOException {
        Files.createDirectories(ReplicaFolder.temporary(folder));
        Map<Integer, VolumeRow> known = new HashMap<>();
        RepositoryId repository = readOldIndex(known);
        List<Integer> numbers = ReplicaFolder.volumeNumbers(folder);
        for (int volume : numbers) {
            makeSound(volume, known.get(volume));
        }
        Path fresh = ReplicaFolder.temporary(folder).resolve("index-rebuild");
        FolderTree.deleteIfExists(fresh);
        Files.createDirectories(fresh);
        RebuildReport report;
        try (VolumeSet volumes = new VolumeSet(ReplicaFolder.volumes(folder), Environment.Mode.WRITE, volume -> null)) {
            RepositoryId id = repository == null ? repositoryOf(volumes, numbers) : repository;
            ReplicaMaker.makeIndexIn(fresh, id, options.indexMapBytes());
            try (Environment index = Environment.index(fresh, options.indexMapBytes(), Environment.Mode.WRITE)) {
                build(index, volumes, id, numbers);
                reportGone(volumes, known.keySet(), numbers);
                takeOver(index);
                report = index.read(view -> report(view, numbers.size()));
            }
        }
        // Where a volume was written anew the old index does not fit it any more.
        boolean replaced = !unlessWorse || report.snapshots() >= snapshotsBefore || !setAside.isEmpty();
        if (replaced) {
            replaceIndex(fresh);
        } else {
            FolderTree.deleteIfExists(fresh);
        }
        return new RebuildReport(
                report.volumes(),
                report.containers(),
                report.records(),
                report.objects(),
                report.branches(),
                report.snapshots(),
                snapshotsBefore,
                replaced,
                losses,
                lossCount,
                setAside);
    }

    private void takeOver(Environment index) {
        try (WriteView view = index.write()) {
            IndexChange change = new IndexChange(view);
            Set<ObjectId> gone =
                    roots.gone(change).stream().map(LostRoots.Gone::snapshot).collect(Collectors.toSet());
            takenOver.put(change, gone, Instant.now());
            view.commit();
        }
    }

    private RebuildReport report(ReadView view, int volumes) {
        return new RebuildReport(
                volumes,
                containers,
                view.entries(Table.RECORDS),
                view.entries(Table.OBJECTS),
                view.entries(Table.BRANCHES),
                view.entries(Table.SNAPSHOTS),
                snapshotsBefore,
                true,
                List.of(),
                0,
                List.of());
    }

    /** What the old index still says of repository and volumes, if LMDB may open it at all. */
    private @Nullable RepositoryId readOldIndex(Map<Integer, VolumeRow> known) {
        Path old = ReplicaFolder.index(folder);
        if (!Files.exists(ReplicaFolder.indexFile(folder))) {
            return null;
        }
        try {
            new IndexCheck(old).require();
            try (Environment index = Environment.index(old, options.indexMapBytes(), Environment.Mode.READ)) {
                return index.read(view -> {
                    IndexView rows = new IndexView(view);
                    snapshotsBefore = view.entries(Table.SNAPSHOTS);
                    takenOver.read(view);
                    for (int volume : rows.volumes()) {
                        VolumeRow row = rows.volume(volume);
                        if (row != null) {
                            known.put(volume, row);
                        }
                    }
                    return rows.repository();
                });
            }
        } catch (StoreException e) {
            // That is why it is replaced; nothing is lost with it that the volumes do not tell.
            known.clear();
            snapshotsBefore = 0;
            return null;
        }
    }

    private void makeSound(int volume, @Nullable VolumeRow row) throws IOException {
        Path path = VolumeSet.path(ReplicaFolder.volumes(folder), volume);
        int written = volumeOf(path);
        if (written > 0 && written != volume) {
            lost(new CorruptDataException(path.toString(), "volume " + volume, "volume " + written));
        }
        try {
            new VolumeCheck(path, () -> row).require();
        } catch (CorruptDataException e) {
            if (row != null && isNewer(path, row)) {
                return;
            }
            lost(e);
            VolumeSalvage salvage = new VolumeSalvage(path, ReplicaFolder.temporary(folder), this::lost);
            if (row == null || !salvage.putMetaPagesBack(row)) {
                setAside.add(salvage.rewrite().toString());
                takenOver.rewritten(volume);
            }
        }
    }

    /** The volume that the first container of a file was written to, 0 if there is none. */
    private static int volumeOf(Path path) throws IOException {
        int[] volume = {0};
        try (PageFile file = new PageFile(path)) {
            new ContainerScan(file, _ -> {}).run(found -> {
                volume[0] = found.head().volume();
                return false;
            });
        }
        return volume[0];
    }

    /** Whether a volume is sound by itself and only the index is behind: an old copy. */
    private static boolean isNewer(Path path, VolumeRow row) {
        try (PageFile file = new PageFile(path)) {
            new VolumeCheck(path, () -> null).require();
            return VolumeCheck.lastContainer(file, MetaPages.read(file)) > row.lastContainer();
        } catch (CorruptDataException e) {
            return false;
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    /** The repository that most volumes are of: a stray volume of another one must not decide. */
    private static RepositoryId repositoryOf(VolumeSet volumes, List<Integer> numbers) {
        Map<RepositoryId, Integer> found = new LinkedHashMap<>();
        for (int volume : numbers) {
            volumes.read(volume, view -> {
                view.scan(Table.CONTAINERS, null, (key, value) -> {
                    try {
                        found.merge(
                                Container.parseHead(value.slice(), "a container")
                                        .repository(),
                                1,
                                Integer::sum);
                    } catch (StoreException e) {
                        return true;
                    }
                    return false;
                });
                return volume;
            });
        }
        return found.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new CorruptDataException(
                        volumes.folder().toString(), "volumes with containers", "none that parses"));
    }

    /** Reports volumes that the old index or the last journal knows, and that are not there. */
    private void reportGone(VolumeSet volumes, Set<Integer> known, List<Integer> numbers) {
        Set<Integer> gone = new TreeSet<>(known);
        gone.addAll(lastListed);
        numbers.forEach(gone::remove);
        gone.forEach(
                volume -> lost(new CorruptDataException(volumes.path(volume).toString(), "a volume", "no such file")));
    }

    private void build(Environment index, VolumeSet volumes, RepositoryId repository, List<Integer> numbers) {
        List<Waiting> waiting = new ArrayList<>();
        for (int volume : numbers) {
            pass(index, volumes, repository, volume, EnumSet.of(Container.Kind.RECORDS), waiting);
        }
        int before;
        do {
            before = waiting.size();
            List<Waiting> still = new ArrayList<>();
            retry(index, volumes, repository, waiting, still, Admission.Reliance.CONDEMNED_TOO);
            waiting = still;
        } while (!waiting.isEmpty() && waiting.size() < before);
        long added;
        do {
            added = retry(index, volumes, repository, waiting, new ArrayList<>(), Admission.Reliance.WHAT_IS_LEFT);
        } while (added > 0);
        for (int volume : numbers) {
            pass(index, volumes, repository, volume, EnumSet.of(Container.Kind.JOURNAL), waiting);
        }
        List<Waiting> leftOut = waiting;
        List<LostRoots.Gone> gone = index.read(view -> roots.gone(new IndexView(view)));
        gone.forEach(root -> lost(root.loss()));
        // What nothing retained needs was collected, or is on its way there.
        if (!gone.isEmpty()) {
            leftOut.forEach(record -> lost(CorruptDataException.because(
                    where(volumes, record.volume, record.container) + ", entry " + record.entry,
                    "left out, since what it builds on is gone",
                    new MissingObjectsException(List.of(record.lacking)))));
        }
    }

    private void pass(
            Environment index,
            VolumeSet volumes,
            RepositoryId repository,
            int volume,
            Set<Container.Kind> kinds,
            List<Waiting> waiting) {
        long[] next = {0};
        int[] count = {CONTAINERS_A_COMMIT};
        while (count[0] == CONTAINERS_A_COMMIT) {
            count[0] = 0;
            try (WriteView view = index.write()) {
                IndexChange change = new IndexChange(view);
                Replay replay = replay(change, volumes, repository, waiting, Admission.Reliance.CONDEMNED_TOO);
                volumes.read(volume, containers -> {
                    containers.scan(Table.CONTAINERS, RecordRow.key(next[0]), (key, value) -> {
                        long number = key.getLong(key.position());
                        replay.container(volume, number, value.slice(), where(volumes, volume, number), kinds);
                        next[0] = number + 1;
                        return ++count[0] < CONTAINERS_A_COMMIT;
                    });
                    return volume;
                });
                replay.flush(volume);
                change.put(volume, volumeRow(volumes.path(volume), Math.max(0, next[0] - 1)));
                view.commit();
            }
            containers += kinds.contains(Container.Kind.RECORDS) ? count[0] : 0;
            containersRead.accept(containers);
        }
    }

    /** Tries these again, and gives how many were indexed. */
    private long retry(
            Environment index,
            VolumeSet volumes,
            RepositoryId repository,
            List<Waiting> waiting,
            List<Waiting> still,
            Admission.Reliance reliance) {
        try (WriteView view = index.write()) {
            Replay replay = replay(new IndexChange(view), volumes, repository, still, reliance);
            for (Waiting record : waiting) {
                volumes.read(record.volume, containers -> {
                    ByteBuffer value = containers.get(Table.CONTAINERS, RecordRow.key(record.container));
                    if (value != null) {
                        replay.record(
                                record.volume,
                                record.container,
                                record.entry,
                                value.slice(),
                                where(volumes, record.volume, record.container));
                    }
                    return record.volume;
                });
                if (replay.stagedRows() > ROWS_STAGED_MAX) {
                    replay.flush(0);
                }
            }
            replay.flush(0);
            view.commit();
            return replay.recordsIndexed();
        }
    }

    private Replay replay(
            IndexChange change,
            VolumeSet volumes,
            RepositoryId repository,
            List<Waiting> waiting,
            Admission.Reliance reliance) {
        Replay.Losses heard = new Replay.Losses() {
            @Override
            public void damaged(StoreException damage) {
                lost(damage);
            }

            @Override
            public void notClosed(int volume, long container, int entry, MissingObjectsException reason) {
                waiting.add(new Waiting(volume, container, entry, reason.ids().getFirst()));
            }

            @Override
            public void volumes(List<Integer> numbers) {
                lastListed = numbers;
            }

            @Override
            public void retainedGone(ObjectId snapshot, CorruptDataException loss) {
                roots.retainedGone(snapshot, loss);
            }

            @Override
            public void branchGone(Branch branch, CorruptDataException loss) {
                roots.branchGone(branch, loss);
            }

            @Override
            public void branchDeleted(Branch branch) {
                roots.branchDeleted(branch);
            }

            @Override
            public void collected(ObjectId snapshot) {
                roots.collected(snapshot);
            }
        };
        return new Replay(change, new RecordReader(volumes), repository, heard, reliance);
    }

    private static String where(VolumeSet volumes, int volume, long container) {
        return "volume %s, container %d".formatted(volumes.path(volume).getFileName(), container);
    }

    private static VolumeRow volumeRow(Path path, long lastContainer) {
        try (PageFile file = new PageFile(path)) {
            return VolumeRow.of(MetaPages.read(file), lastContainer);
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    private void lost(StoreException damage) {
        lossCount++;
        if (losses.size() < RebuildReport.LOSSES_MAX) {
            losses.add(String.valueOf(damage.getMessage()));
        }
    }

    private void replaceIndex(Path fresh) throws IOException {
        Path index = ReplicaFolder.index(folder);
        if (Files.exists(index)) {
            setAside.add(Recovery.setAside(index).toString());
        }
        Files.move(fresh, index, StandardCopyOption.ATOMIC_MOVE);
        VolumeAppend.syncFolder(index);
        VolumeAppend.syncFolder(folder);
    }
}
