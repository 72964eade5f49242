package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody who may write in the target puts other things into a restore's way, at the worst moment: nothing leads outside. */
@Order(3)
final class SwappedPathTest extends RestoreFixture {

    /** What is done once, in place of a path of the target. */
    enum Swap {
        /** A folder that is worked in becomes a link to a folder outside. */
        FOLDER_FOR_LINK,
        /** A folder gives way to a link, and what was in it is gone. */
        FOLDER_REMOVED_FOR_LINK,
        /** A file becomes a link to a file outside. */
        FILE_FOR_LINK,
        /** A file becomes another name of a file outside. */
        FILE_FOR_HARD_LINK
    }

    private void make() throws IOException {
        write("d/a", noise(1000, 1));
        write("d/b", noise(2000, 2));
        write("d/e/f", noise(1000, 3));
        Files.createLink(source.resolve("d/e/linked"), source.resolve("d/a"));
        Files.createSymbolicLink(source.resolve("d/link"), Path.of("b"));
        write("z", "last");
        try (Directory folder = Directory.open(source.resolve("d"))) {
            folder.chmod(RawName.of("a"), 04755);
            folder.setXattr(RawName.of("b"), RawName.of("user.x"), RawName.of("1"));
        }
        for (String path : new String[] {"a", "b", "e/f", "e/surplus", "surplus/x"}) {
            Path file = outside.resolve(path);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, "outside");
        }
    }

    /** A target as an earlier restore left it, with one file changed, one with another mode, and something to remove. */
    private void fillTarget(ObjectId root) throws IOException {
        access = TargetAccess.SYSTEM;
        restoreWhole(plan(root));
        Files.write(target.resolve("d/b"), noise(2000, 9));
        Files.createDirectories(target.resolve("d/surplus/deeper"));
        Files.writeString(target.resolve("d/e/surplus"), "1");
        try (Directory folder = Directory.open(target.resolve("d/e"))) {
            folder.chmod(RawName.of("f"), 0600);
        }
    }

    private SortedMap<String, String> outsideLines() throws IOException {
        SortedMap<String, String> lines = new TreeMap<>(TreePicture.of(outside).lines());
        lines.replaceAll((_, line) -> line.replaceAll(" linked to .*", ""));
        return lines;
    }

    private void swap(Swap swap) throws IOException {
        Path folder = target.resolve("d");
        switch (swap) {
            case FOLDER_FOR_LINK -> {
                if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                    Files.move(folder, target.resolve("moved"));
                }
                Files.createSymbolicLink(folder, outside);
            }
            case FOLDER_REMOVED_FOR_LINK -> {
                removeAll(target, "d");
                Files.createSymbolicLink(folder, outside);
            }
            case FILE_FOR_LINK -> {
                Files.deleteIfExists(folder.resolve("e/f"));
                Files.createSymbolicLink(folder.resolve("e/f"), outside.resolve("e/f"));
            }
            case FILE_FOR_HARD_LINK -> {
                Files.deleteIfExists(folder.resolve("e/f"));
                Files.createLink(folder.resolve("e/f"), outside.resolve("e/f"));
            }
        }
    }

    /** At every single call that a restore makes to the file system, one after the other. */
    @ParameterizedTest
    @EnumSource
    void run_swapAtAnyMoment_changesNothingOutside(Swap swap) throws IOException {
        make();
        ObjectId root = capture();
        SortedMap<String, String> before = outsideLines();
        AtomicInteger calls = new AtomicInteger();
        int moment = 0;
        do {
            target = temp.resolve("target-" + moment);
            fillTarget(root);
            int swapAt = ++moment;
            calls.set(0);
            access = WatchedTarget.access((operation, name) -> {
                if (calls.incrementAndGet() == swapAt) {
                    swap(swap);
                }
            });

            RestoreResult result = restore(verifying(deleting(plan(root))));

            assertThat(outsideLines()).as("swap at call %d", swapAt).isEqualTo(before);
            assertThat(result.damageCount()).isZero();
            assertThat(target.resolve("z")).hasContent("last");
            assertNoTemporaries();
            removeAll(temp, "target-" + (moment - 1));
        } while (calls.get() >= moment);
        assertThat(moment).isGreaterThan(100);
    }

    /** Deep down, folders further up are opened again from the root: these must not be followed either. */
    @Test
    void run_folderFarAboveIsSwapped_changesNothingOutside() throws IOException {
        String deep = "p/".repeat(60);
        write(deep + "file", "deep");
        Files.createDirectories(outside.resolve(deep));
        ObjectId root = capture();
        SortedMap<String, String> before = TreePicture.of(outside).identities();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("rename")) {
                Files.move(target.resolve("p"), temp.resolve("moved"));
                Files.createSymbolicLink(target.resolve("p"), outside.resolve("p"));
            }
        });

        RestoreResult result = restore(deleting(plan(root)));

        assertThat(TreePicture.of(outside).identities()).isEqualTo(before);
        assertThat(result.errors()).isNotEmpty();
    }

    @Test
    void run_nameThatAFileIsMadeUnderIsTaken_leavesWhatIsThere() throws IOException {
        write("a", "new");
        write("b", "new");
        ObjectId root = capture();
        Path theirs = Files.writeString(outside.resolve("theirs"), "outside");
        SortedMap<String, String> before = TreePicture.of(outside).identities();
        AtomicInteger files = new AtomicInteger();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("createFile") && files.incrementAndGet() == 1) {
                Files.createSymbolicLink(target.resolve(name), theirs);
            }
        });

        RestoreResult result = restore(plan(root));

        assertThat(TreePicture.of(outside).identities()).isEqualTo(before);
        assertThat(result.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.path()).hasToString("a"));
        assertThat(target.resolve("a")).doesNotExist();
        assertThat(target.resolve("b")).hasContent("new");
        assertThat(TreePicture.of(target).lines().keySet())
                .as("the link was not ours to remove")
                .anyMatch(path -> path.startsWith(TemporaryName.PREFIX));
    }
}
