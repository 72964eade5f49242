package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
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
    private static final int BLOCK_PAGES = 256;
    private static final int CONTAINERS_A_COMMIT = 64;

    private final Path path;
    private final Path temporary;
    private final Consumer<StoreException> losses;

    /** Where a container begins in the file, and how long it is. */
    private record Place(long position, int bytes) {}

    VolumeSalvage(Path path, Path temporary, Consumer<StoreException> losses) {
        this.path = path;
        this.temporary = temporary;
        this.losses = losses;
    }

    /**
     * Puts the meta pages back that the index remembers. The file is as before if that does not make it sound.
     *
     * @return whether the volume is sound now
     */
    boolean putMetaPagesBack(VolumeRow row) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            if (file.length() < 2L * PAGE_BYTES
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
            NavigableMap<Long, Place> places = places(file);
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(lockOf(fresh));
            copy(file, places, fresh);
            Path aside = Recovery.setAside(path);
            Files.deleteIfExists(lockOf(path));
            Files.deleteIfExists(lockOf(fresh));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
            VolumeAppend.syncFolder(path.resolveSibling(""));
            return aside;
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    private static Path lockOf(Path volume) {
        return volume.resolveSibling(volume.getFileName() + "-lock");
    }

    private static void copy(PageFile file, NavigableMap<Long, Place> places, Path fresh) throws IOException {
        try (Environment environment = Environment.volume(fresh, VolumeSet.MAP_BYTES, Environment.Mode.CREATE)) {
            Long key = places.isEmpty() ? null : places.firstKey();
            while (key != null) {
                try (WriteView view = environment.write()) {
                    for (int i = 0; i < CONTAINERS_A_COMMIT && key != null; i++) {
                        Place place = places.get(key);
                        if (place != null) {
                            view.append(Table.CONTAINERS, RecordRow.key(key), place.bytes)
                                    .put(file.read(place.position, place.bytes));
                        }
                        key = places.higherKey(key);
                    }
                    view.commit();
                }
            }
        }
    }

    private NavigableMap<Long, Place> places(PageFile file) throws IOException {
        NavigableMap<Long, Place> places = new TreeMap<>();
        Map<Long, Boolean> whole = new HashMap<>();
        long pages = file.bytes() / PAGE_BYTES;
        long page = 2;
        while (page < pages) {
            int count = (int) Math.min(BLOCK_PAGES, pages - page);
            ByteBuffer block = ByteBuffer.wrap(file.read(page * PAGE_BYTES, count * PAGE_BYTES));
            long next = page + count;
            for (int i = 0; i < count; i++) {
                if (block.getLong(i * PAGE_BYTES + MetaPages.PAGE_HEADER_BYTES) == Container.MAGIC) {
                    next = page + i + container(file, page + i, places, whole);
                    break;
                }
            }
            page = next;
        }
        return places;
    }

    /** Looks at what seems to be a container, and gives the number of pages to go on by. */
    private long container(PageFile file, long page, Map<Long, Place> places, Map<Long, Boolean> whole)
            throws IOException {
        String where = path + " page " + page;
        long position = page * PAGE_BYTES + MetaPages.PAGE_HEADER_BYTES;
        try {
            int headBytes = (int) Math.min(Container.HEAD_BYTES_MAX, file.bytes() - position);
            Container head = Container.parseHead(ByteBuffer.wrap(file.read(position, headBytes)), where);
            int bytes = Container.valueBytes(head.entries().size(), head.bodyBytes());
            if (position + bytes > file.bytes() || bytes > Container.BYTES_MAX) {
                throw new CorruptDataException(where, "a container of " + bytes + " bytes", "the end of the file");
            }
            boolean sound = isSound(ByteBuffer.wrap(file.read(position, bytes)), where);
            if (sound || !Boolean.TRUE.equals(whole.get(head.key()))) {
                places.put(head.key(), new Place(position, bytes));
                whole.put(head.key(), sound);
            }
            return sound ? (bytes + MetaPages.PAGE_HEADER_BYTES) / PAGE_BYTES : 1;
        } catch (StoreException e) {
            losses.accept(e);
            return 1;
        }
    }

    private static boolean isSound(ByteBuffer value, String where) {
        try {
            return Container.parse(value, where).bodyAt() > 0;
        } catch (StoreException e) {
            return false;
        }
    }
}
