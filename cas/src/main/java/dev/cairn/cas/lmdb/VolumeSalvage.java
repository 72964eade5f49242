package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.lmdb.ContainerScan.Found;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Gets a volume that LMDB must not open into a state in which it may. If the index remembers the meta pages and putting them
 * back is enough, that is done. Else every container that still parses is found by its magic, page by page, and copied into
 * a new file of the same number; the damaged one is set aside.
 *
 * <p>Containers that were written but never committed may be found too: their records are as good as any, since closure is
 * checked on the way into the index.
 */
final class VolumeSalvage {

    private static final int PAGE_BYTES = 4096;
    private static final int CONTAINERS_A_COMMIT = 64;

    private final Path path;
    private final Path temporary;
    private final Consumer<StoreException> losses;

    VolumeSalvage(Path path, Path temporary, Consumer<StoreException> losses) {
        this.path = path;
        this.temporary = temporary;
        this.losses = losses;
    }

    /**
     * Puts the meta pages back that the index remembers. The file is as before if that does not make it sound, or if it holds
     * containers that the index has not seen: these must not be lost with the meta pages that lead to them.
     *
     * @return whether the volume is sound now
     */
    boolean putMetaPagesBack(VolumeRow row) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            if (file.length() < 2L * PAGE_BYTES
                    || isAnyAfter(row.lastContainer())
                    || row.firstPage().length > PAGE_BYTES
                    || row.secondPage().length > PAGE_BYTES) {
                return false;
            }
            byte[] before = new byte[2 * PAGE_BYTES];
            file.readFully(before);
            byte[] known = new byte[2 * PAGE_BYTES];
            System.arraycopy(row.firstPage(), 0, known, 0, row.firstPage().length);
            System.arraycopy(row.secondPage(), 0, known, PAGE_BYTES, row.secondPage().length);
            write(file, known);
            try {
                new VolumeCheck(path, () -> row).require();
                return true;
            } catch (CorruptDataException e) {
                write(file, before);
                return false;
            }
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    private static void write(RandomAccessFile file, byte[] pages) throws IOException {
        file.seek(0);
        file.write(pages);
        file.getFD().sync();
    }

    /**
     * Copies what still parses into a new file, and puts it in the place of the old.
     *
     * @return where the old file is now
     */
    Path rewrite() {
        Path fresh = temporary.resolve(path.getFileName() + ".new");
        try (PageFile file = new PageFile(path)) {
            NavigableMap<Long, Found> places = places(file);
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(Environment.lockOf(fresh));
            copy(file, places, fresh);
            Path aside = Recovery.setAside(path);
            Files.deleteIfExists(Environment.lockOf(path));
            Files.deleteIfExists(Environment.lockOf(fresh));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
            VolumeAppend.syncFolder(path.resolveSibling(""));
            return aside;
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    private static void copy(PageFile file, NavigableMap<Long, Found> places, Path fresh) throws IOException {
        try (Environment environment = Environment.volume(fresh, VolumeSet.MAP_BYTES, Environment.Mode.CREATE)) {
            Long key = places.isEmpty() ? null : places.firstKey();
            while (key != null) {
                try (WriteView view = environment.write()) {
                    for (int i = 0; i < CONTAINERS_A_COMMIT && key != null; i++) {
                        Found found = places.get(key);
                        if (found != null) {
                            view.append(Table.CONTAINERS, RecordRow.key(key), found.bytes())
                                    .put(file.readPadded(found.position(), found.bytes()));
                        }
                        key = places.higherKey(key);
                    }
                    view.commit();
                }
            }
        }
    }

    /**
     * The containers to keep, by key. A key is found twice where a crash left a container behind that was never committed:
     * what was committed in its place begins before it, and overwrote all that it reached.
     */
    private NavigableMap<Long, Found> places(PageFile file) throws IOException {
        NavigableMap<Long, Found> places = new TreeMap<>();
        new ContainerScan(file, losses).run(found -> {
            places.merge(found.head().key(), found, (first, later) -> first.sound() || !later.sound() ? first : later);
            return true;
        });
        return places;
    }

    private boolean isAnyAfter(long container) throws IOException {
        boolean[] any = {false};
        try (PageFile file = new PageFile(path)) {
            new ContainerScan(file, _ -> {}).run(found -> {
                any[0] |= found.head().key() > container;
                return !any[0];
            });
        }
        return any[0];
    }
}
