package dev.cairn.cas.lmdb;

import dev.cairn.cas.Branch;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Brings the index up to what stands in the volumes, after a crash between the two commits. Runs before every write
 * transaction, under the writer lock; costs two reads where there is nothing to do.
 *
 * <p>At most one transaction of a volume can be unknown to the index, since each writer begins with this. A volume file that
 * the index does not know is a crash during its making, or right after its first commit.
 */
final class Recovery {

    private final IndexChange index;
    private final RepositoryId repository;
    private final VolumeSet volumes;
    private final RecordReader reader;

    Recovery(IndexChange index, RepositoryId repository, VolumeSet volumes, RecordReader reader) {
        this.index = index;
        this.repository = repository;
        this.volumes = volumes;
        this.reader = reader;
    }

    /** Recovers. What does not parse is left out. */
    void run() {
        int active = index.mark().activeVolume();
        VolumeRow row = active == 0 ? null : index.volume(active);
        if (active > 0) {
            if (row == null) {
                throw new CorruptDataException("index, table volumes", "volume " + active, "none");
            }
            long transaction = volumes.read(active, ReadView::transaction);
            if (transaction == row.transaction() + 1) {
                index(active, row.lastContainer());
            } else if (transaction != row.transaction()) {
                throw new CorruptDataException(
                        volumes.path(active).toString(),
                        "transaction " + row.transaction(),
                        "transaction " + transaction);
            }
        }
        for (int next = active + 1; Files.exists(volumes.path(next)); next++) {
            adopt(next);
        }
    }

    /**
     * Takes in a volume that was made right before a crash, or puts a file that is none out of the way. Several in a row are
     * there where the index is an old copy.
     */
    private void adopt(int volume) {
        Path path = volumes.path(volume);
        try {
            new VolumeCheck(path, () -> null).require();
        } catch (CorruptDataException e) {
            setAside(path);
            return;
        }
        VolumeAppend.syncFolder(volumes.folder());
        index(volume, 0);
    }

    private void index(int volume, long lastKnown) {
        Replay replay = new Replay(index, reader, repository, new Unreported());
        long[] last = {lastKnown};
        volumes.read(volume, view -> {
            view.scan(Table.CONTAINERS, RecordRow.key(lastKnown + 1), (key, value) -> {
                last[0] = key.getLong(key.position());
                replay.container(volume, last[0], value.slice(), volumes.path(volume) + ", container " + last[0]);
                return true;
            });
            return volume;
        });
        replay.flush(volume);
        Path path = volumes.path(volume);
        try (PageFile file = new PageFile(path)) {
            index.put(volume, VolumeRow.of(MetaPages.read(file), last[0]));
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    /** Renames a file to the first free name that is not a volume's. */
    static Path setAside(Path path) {
        for (int i = 1; ; i++) {
            Path aside = path.resolveSibling(path.getFileName() + ".aside-" + i);
            if (!Files.exists(aside)) {
                try {
                    return Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    throw Faults.of(e, path);
                }
            }
        }
    }

    /** What a crash left half-done was never acknowledged: nobody is told of it. */
    private static final class Unreported implements Replay.Losses {
        @Override
        public void damaged(StoreException damage) {}

        @Override
        public void notClosed(int volume, long container, int entry, MissingObjectsException reason) {}

        @Override
        public void volumes(List<Integer> numbers) {}

        @Override
        public void retainedGone(ObjectId snapshot, CorruptDataException loss) {}

        @Override
        public void branchGone(Branch branch, CorruptDataException loss) {}

        @Override
        public void branchDeleted(Branch branch) {}

        @Override
        public void collected(ObjectId snapshot) {}
    }
}
