package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixFault;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is removed when something goes wrong in between: never too much. */
final class SurplusTest extends RestoreFixture {

    private void besides(String... paths) throws IOException {
        for (String path : paths) {
            Path file = target.resolve(path);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, "besides");
        }
    }

    /** What would go from the folder above must not go from the one that was not listed, by the same name. */
    @Test
    void deleting_folderThatCannotBeListed_losesNothing() throws IOException {
        write("a", "1");
        write("d/x", "1");
        write("z", "1");
        ObjectId root = capture();
        besides("d/e", "d/w", "d/y", "e", "w", "y");
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("list") && name.equals("d")) {
                throw PosixFault.of(operation, name, Errno.EOVERFLOW);
            }
        });

        RestoreResult result = restore(deleting(plan(root)));

        for (String path : new String[] {"d/e", "d/w", "d/y"}) {
            assertThat(target.resolve(path)).hasContent("besides");
        }
        for (String path : new String[] {"e", "w", "y"}) {
            assertThat(target.resolve(path)).doesNotExist();
        }
        assertThat(target.resolve("d/x")).hasContent("1");
        assertThat(target.resolve("z")).hasContent("1");
        assertThat(result.removed()).isEqualTo(3);
        assertThat(result.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.path()).hasToString("d"));
    }

    /** Far from the root, a folder that is left is opened again; if it cannot be, what is left in it stays. */
    @Test
    void deleting_folderThatCannotBeOpenedAgain_losesNothing() throws IOException {
        String deep = "p/".repeat(55);
        write("p/q", "1");
        write(deep + "file", "1");
        ObjectId root = capture();
        besides("p/z", "p/p/z", "z");
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("rename") && Files.exists(target.resolve("p/p"))) {
                Files.move(target.resolve("p/p"), outside.resolve("moved"));
            }
        });

        RestoreResult result = restore(deleting(plan(root)));

        assertThat(outside.resolve("moved/z")).hasContent("besides");
        assertThat(target.resolve("p/z")).doesNotExist();
        assertThat(target.resolve("z")).doesNotExist();
        assertThat(target.resolve("p/q")).hasContent("1");
        assertThat(result.errors()).isNotEmpty();
    }

    @Test
    void deleting_folderThatCannotBeEntered_losesNothing() throws IOException {
        write("d/x", "1");
        write("z", "1");
        ObjectId root = capture();
        besides("d/y", "e");
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("openDirectory") && name.equals("d")) {
                throw PosixFault.of(operation, name, Errno.EACCES);
            }
        });

        RestoreResult result = restore(deleting(plan(root)));

        assertThat(target.resolve("d/y")).hasContent("besides");
        assertThat(target.resolve("e")).doesNotExist();
        assertThat(target.resolve("z")).hasContent("1");
        assertThat(result.errors()).extracting(error -> error.path().toString()).contains("d", "d/x");
    }

    @Test
    void deleting_nameThatCannotBeRemoved_isListedAndTheOthersGo() throws IOException {
        write("m", "1");
        ObjectId root = capture();
        besides("a", "b/c", "z");
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("removeFile") && name.equals("c")) {
                throw PosixFault.of(operation, name, Errno.EPERM);
            }
        });

        RestoreResult result = restore(deleting(plan(root)));

        assertThat(target.resolve("b/c")).hasContent("besides");
        assertThat(target.resolve("a")).doesNotExist();
        assertThat(target.resolve("z")).doesNotExist();
        assertThat(result.removed()).isEqualTo(2);
        assertThat(result.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.path()).hasToString("b"));
    }

    /** A target can be deeper than any path of a snapshot. */
    @Test
    void deleting_surplusBeyondThePathsOfASnapshot_goesToo() throws IOException {
        byte[] name = new byte[250];
        Arrays.fill(name, (byte) 'p');
        int depth = 65;
        Directory folder = Directory.open(source);
        for (int level = 0; level < depth; level++) {
            folder.createDirectory(name, 0755);
            Directory next = folder.openDirectory(name);
            folder.close();
            folder = next;
        }
        folder.close();
        ObjectId root = capture();
        restoreWhole(plan(root));
        Directory deep = Directory.open(target);
        for (int level = 0; level < depth; level++) {
            Directory next = deep.openDirectory(name);
            deep.close();
            deep = next;
        }
        deep.createDirectory(name, 0755);
        deep.createSymlink(RawName.of("x"), RawName.of("y"));
        deep.close();

        RestoreResult result = restoreWhole(deleting(plan(root)));

        assertThat(result.removed()).isEqualTo(2);
        assertTargetIsSource();
        removeAll(temp, "source");
        removeAll(temp, "target");
    }
}
