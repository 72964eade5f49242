package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes trees from a seed, of few names, so that two of them meet in every way: a file where the other has a folder, and so on. */
final class RandomTree {

    private static final int NAMES = 8;
    private static final int DEPTH_MAX = 4;

    private final RandomGenerator random;

    /** Files made so far, to link to: their paths from the root. */
    private final List<List<byte[]>> files = new ArrayList<>();

    RandomTree(RandomGenerator random) {
        this.random = random;
    }

    /** Makes one in an empty folder. */
    void make(Path folder) throws IOException {
        try (Directory root = Directory.open(folder)) {
            fill(root, root, List.of());
        }
    }

    private void fill(Directory root, Directory folder, List<byte[]> path) throws IOException {
        for (int i = 0; i < NAMES; i++) {
            byte[] name = RawName.of("n" + i);
            switch (random.nextInt(path.size() < DEPTH_MAX ? 9 : 7)) {
                case 0, 1, 2 -> file(folder, name, path);
                case 3 -> folder.createSymlink(name, RawName.of("n" + random.nextInt(NAMES)));
                case 4 -> folder.createNode(name, FileType.FIFO, 0600, 0, 0);
                case 5 -> link(root, folder, name);
                case 6 -> {}
                default -> {
                    folder.createDirectory(name, 0755);
                    try (Directory child = folder.openDirectory(name)) {
                        fill(root, child, with(path, name));
                    }
                    metadata(folder, name, random.nextBoolean() ? 0755 : 0511);
                }
            }
        }
    }

    private void file(Directory folder, byte[] name, List<byte[]> path) throws IOException {
        int bytes = random.nextInt(3) * 500;
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        try (OpenFile file = folder.createFile(name, 0644)) {
            file.write(0, content, 0, bytes);
            if (random.nextInt(4) == 0) {
                file.setXattr(RawName.of("user.n" + random.nextInt(3)), RawName.of("v"));
            }
        }
        // Readable, so that anybody can capture it.
        metadata(folder, name, random.nextInt(010000) | 0400);
        files.add(with(path, name));
    }

    private void metadata(Directory folder, byte[] name, int mode) throws IOException {
        folder.chmod(name, mode);
        folder.setTimes(name, 1_000_000_000 + random.nextInt(1 << 20), random.nextInt(1_000_000_000));
    }

    private void link(Directory root, Directory folder, byte[] name) throws IOException {
        if (!files.isEmpty()) {
            link(root, files.get(random.nextInt(files.size())), folder, name);
        }
    }

    /** Goes down to what is linked to. */
    private static void link(Directory source, List<byte[]> path, Directory folder, byte[] name) throws IOException {
        if (path.size() == 1) {
            folder.createLink(name, source, path.getFirst());
            return;
        }
        try (Directory next = source.openDirectory(path.getFirst())) {
            link(next, path.subList(1, path.size()), folder, name);
        }
    }

    private static List<byte[]> with(List<byte[]> path, byte[] name) {
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }
}
