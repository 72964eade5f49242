package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Volume files that bear another volume's number, as after a restore by hand: put in their places. Containers say which volume
 * they are of.
 *
 * <p>Under the writer lock, with no volume open. What a crash leaves under a name between the two is found the next time.
 */
final class MisplacedVolumes {

    private static final String BETWEEN = ".misplaced";

    private final Path folder;
    private final Consumer<StoreException> losses;

    /**
     * The volumes in {@code folder}.
     *
     * @param losses hears of each that was misplaced
     */
    MisplacedVolumes(Path folder, Consumer<StoreException> losses) {
        this.folder = folder;
        this.losses = losses;
    }

    /**
     * Renames them.
     *
     * @return files whose place another one has, under the names they are kept by
     */
    List<Path> putInPlace() throws IOException {
        for (Path file : files("[0-9]{6}\\.mdb")) {
            int volume = volumeOf(file);
            if (volume > 0 && !file.equals(VolumeSet.path(folder, volume))) {
                losses.accept(new CorruptDataException(
                        file.toString(),
                        "volume " + file.getFileName(),
                        "volume " + volume + ", which was put in its place"));
                Files.move(file, file.resolveSibling(file.getFileName() + BETWEEN), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        List<Path> surplus = new java.util.ArrayList<>();
        for (Path file : files("[0-9]{6}\\.mdb\\" + BETWEEN)) {
            Path place = VolumeSet.path(folder, volumeOf(file));
            if (Files.exists(place)) {
                surplus.add(Recovery.setAside(file));
            } else {
                Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        VolumeAppend.syncFolder(folder);
        return surplus;
    }

    private List<Path> files(String pattern) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        }
    }

    /** The volume that the first whole container of a file is of, 0 if there is none. */
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
}
