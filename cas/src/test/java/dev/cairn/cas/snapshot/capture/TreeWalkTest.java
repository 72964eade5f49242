package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at the whole process")
class TreeWalkTest {

    @TempDir
    Path dir;

    /** Notes what it sees. */
    private static class Notes implements TreeVisitor {
        final List<EntryPath> paths = new ArrayList<>();
        final List<String> errors = new ArrayList<>();
        final List<String> boundaries = new ArrayList<>();
        long handlesMax;

        @Override
        public void directory(EntryPath path, Directory directory, FileStat stat, Role role) {
            paths.add(path);
            if (role == Role.BOUNDARY) {
                boundaries.add(path.toString());
            }
            try (var handles = Files.list(Path.of("/proc/self/fd"))) {
                handlesMax = Math.max(handlesMax, handles.count());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void listed(EntryPath path, FileStat stat, boolean empty, boolean root, boolean mountPoint) {}

        @Override
        public void file(EntryPath path, Directory parent, byte[] name, FileStat stat) {
            paths.add(path);
        }

        @Override
        public void closedDirectory(EntryPath path, Directory parent, byte[] name, FileStat stat, IOException reason) {
            errors.add(path + ": " + reason.getMessage());
        }

        @Override
        public void unreadable(EntryPath path, IOException reason) {
            errors.add(path + ": " + reason.getMessage());
        }

        @Override
        public void refused(EntryPath folder, byte[] name, String reason) {
            errors.add(folder.depth() + ": " + reason);
        }

        @Override
        public boolean isExcluded(EntryPath path, FileStat stat) {
            return false;
        }

        @Override
        public void excluded(EntryPath path) {}

        @Override
        public @Nullable List<byte[]> onlyOf(EntryPath path, Directory directory, Listing names, boolean root) {
            return null;
        }
    }

    private Notes walk(Path folder) throws IOException {
        Notes notes = new Notes();
        new TreeWalk(FileSystemAccess.SYSTEM, notes, false)
                .walkFolder(AbsolutePath.of(RawName.of(folder.toString()), RawName.of("/")));
        return notes;
    }

    @Test
    void walkFolder_anyTree_isSeenInPathOrder() throws IOException {
        long seed = 0x77a1c;
        Random random = new Random(seed);
        String[] names = {"a", "a!", "a-b", "aa", "b", "ä", "a b", "~"};
        for (int i = 0; i < 200; i++) {
            Path path = dir;
            for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
                path = path.resolve(names[random.nextInt(names.length)]);
            }
            Files.createDirectories(path);
            Files.writeString(path.resolve("f" + random.nextInt(3)), "1");
        }

        Notes notes = walk(dir);

        assertThat(notes.paths).as("seed=%d", seed).isSorted().doesNotHaveDuplicates();
        try (var all = Files.walk(dir)) {
            assertThat(notes.paths).hasSize((int) all.count());
        }
    }

    @Test
    void walkFolder_twoThousandLevels_isSeenWithFewFoldersOpen() throws IOException {
        int levels = 2000;
        byte[] name = RawName.of("level");
        byte[] file = RawName.of("z");
        Directory at = Directory.open(dir);
        for (int i = 0; i < levels; i++) {
            at.createDirectory(name, 0755);
            Directory below = at.openDirectory(name);
            at.createFile(file, 0644).close();
            at.close();
            at = below;
        }
        at.close();
        try {
            long before = handles();

            Notes notes = walk(dir);

            assertThat(notes.errors).isEmpty();
            assertThat(notes.paths).hasSize(2 * levels + 1).isSorted();
            assertThat(notes.handlesMax).isLessThan(before + TreeWalk.OPEN_MAX + 10);
            assertThat(handles()).isLessThanOrEqualTo(before + 2);
        } finally {
            removeDeep(levels, name, file);
        }
    }

    @Test
    void walkFolder_deeperThanAPathMayBe_isListedAndTheRestGoesOn() throws IOException {
        int levels = EntryPath.DEPTH_MAX + 3;
        byte[] name = RawName.of("d");
        byte[] file = RawName.of("z");
        Directory at = Directory.open(dir);
        for (int i = 0; i < levels; i++) {
            at.createDirectory(name, 0755);
            Directory below = at.openDirectory(name);
            at.createFile(file, 0644).close();
            at.close();
            at = below;
        }
        at.close();
        try {
            Notes notes = walk(dir);

            // The folder and the file beneath the deepest path that there may be.
            assertThat(notes.errors).hasSize(2).allMatch(error -> error.startsWith(EntryPath.DEPTH_MAX + ":"));
            assertThat(notes.paths).hasSize(2 * EntryPath.DEPTH_MAX + 1);
        } finally {
            removeDeep(levels, name, file);
        }
    }

    @Test
    void walkFolder_anotherFolderInThePlaceOfAClosedOne_isNotWalkedInto() throws IOException {
        int levels = TreeWalk.OPEN_MAX + 10;
        Path path = dir;
        List<Path> all = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            path = Files.createDirectory(path.resolve("d"));
            Files.writeString(path.resolve("z"), "1");
            all.add(path);
        }
        Path moved = dir.resolve("moved");
        Path second = all.get(1);
        Notes notes = new Notes() {
            @Override
            public void file(EntryPath at, Directory parent, byte[] name, FileStat stat) {
                super.file(at, parent, name, stat);
                if (at.depth() == levels + 1) {
                    swap(second, moved);
                }
            }
        };
        new TreeWalk(FileSystemAccess.SYSTEM, notes, false)
                .walkFolder(AbsolutePath.of(RawName.of(dir.toString()), RawName.of("/")));

        assertThat(notes.errors).isNotEmpty().allMatch(error -> error.contains("another folder took its place"));
        assertThat(notes.paths).noneMatch(at -> at.toString().contains("secret"));
    }

    private static void swap(Path folder, Path away) {
        try {
            Files.move(folder, away);
            Files.createDirectory(folder);
            Files.writeString(folder.resolve("zsecret"), "1");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void walkSources_otherFileSystem_isABoundaryUnlessNamed() throws IOException {
        Notes notes = new Notes();
        SourceTree sources = SourceTree.of(List.of(
                AbsolutePath.of(RawName.of("/proc/self/ns"), RawName.of("/")),
                AbsolutePath.of(RawName.of(dir.toString()), RawName.of("/"))));
        new TreeWalk(FileSystemAccess.SYSTEM, notes, true).walkSources(sources);

        assertThat(notes.paths).extracting(EntryPath::toString).contains("proc", "proc/self", "proc/self/ns");
        assertThat(notes.boundaries).isEmpty();
    }

    private static long handles() throws IOException {
        try (var handles = Files.list(Path.of("/proc/self/fd"))) {
            return handles.count();
        }
    }

    /** What the temporary folder's own cleaning cannot: paths longer than a path may be. */
    private void removeDeep(int levels, byte[] name, byte[] file) throws IOException {
        Path flat = Files.createDirectory(dir.resolve("flat"));
        try (Directory root = Directory.open(dir);
                Directory target = Directory.open(flat)) {
            Directory at = root;
            for (int i = 0; i < levels; i++) {
                Directory below = at.openDirectory(name);
                // Takes the rest out from below, so that the folder is empty, and remove it.
                byte[] next = RawName.of("n" + i);
                at.removeFile(file);
                at.rename(name, target, next);
                if (i > 0) {
                    at.close();
                }
                at = below;
            }
            at.close();
            for (int i = 0; i < levels; i++) {
                target.removeDirectory(RawName.of("n" + i));
            }
        }
    }
}
