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
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of several names, in the snapshot and in the target. */
final class HardLinkTest extends RestoreFixture {

    private void link(String name, String first) throws IOException {
        Path path = source.resolve(name);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.createLink(path, source.resolve(first));
    }

    private void assertSameFile(String... paths) throws IOException {
        TreePicture picture = TreePicture.of(target);
        for (String path : paths) {
            assertThat(picture.stat(path).inode())
                    .as(path)
                    .isEqualTo(picture.stat(paths[0]).inode());
        }
    }

    @Test
    void run_fileOfTheTargetLinkedElsewhere_isReplacedNotWrittenThrough() throws IOException {
        write("a", "new content");
        write("same", "same content");
        ObjectId root = capture();
        Files.createDirectory(target);
        Files.writeString(outside.resolve("a"), "old content");
        Files.writeString(outside.resolve("same"), "same content");
        Files.createLink(target.resolve("a"), outside.resolve("a"));
        Files.createLink(target.resolve("same"), outside.resolve("same"));
        TreePicture before = TreePicture.of(outside);

        restoreWhole(plan(root));

        assertTargetIsSource();
        // Only the number of names changed: no byte, no attribute.
        assertThat(outside.resolve("a")).hasContent("old content");
        assertThat(Files.getLastModifiedTime(outside.resolve("same")).toMillis() / 1000)
                .isEqualTo(before.stat("same").mtimeSeconds());
        assertThat(TreePicture.of(outside).stat("same").links()).isEqualTo(1);
    }

    @Test
    void run_fileThatGotAnotherNameSince_isAFileOfItsOwnAgain() throws IOException {
        write("a", "content");
        ObjectId root = capture();
        restoreWhole(plan(root));
        Files.createLink(outside.resolve("another name"), target.resolve("a"));

        assertThat(restoreWhole(plan(root)).files()).isEqualTo(1);

        assertTargetIsSource();
        assertThat(outside.resolve("another name")).hasContent("content");
    }

    /** The snapshot's file has two names, and so has the target's, but one of these is not in the target. */
    @Test
    void run_groupWhoseTargetIsLinkedElsewhere_setsNoAttributesThroughIt() throws IOException {
        write("a", "same content");
        link("b", "a");
        try (Directory folder = Directory.open(source)) {
            folder.chmod(RawName.of("a"), 04711);
        }
        ObjectId root = capture();
        Files.createDirectory(target);
        Path theirs = Files.writeString(outside.resolve("theirs"), "same content");
        Files.createLink(target.resolve("a"), theirs);
        TreePicture before = TreePicture.of(outside);

        restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(TreePicture.of(outside).stat("theirs").mode())
                .isEqualTo(before.stat("theirs").mode());
        assertThat(TreePicture.of(outside).line("theirs").replace(" linked to theirs", ""))
                .isEqualTo(before.line("theirs").replace(" linked to theirs", ""));
    }

    @Test
    void run_namesThatWereLinkedWrongly_areLinkedAsTheSnapshotSays() throws IOException {
        write("a", "one");
        link("c", "a");
        write("b", "two");
        link("d", "b");
        ObjectId root = capture();
        restoreWhole(plan(root));
        Files.delete(target.resolve("c"));
        Files.createLink(target.resolve("c"), target.resolve("b"));
        Files.delete(target.resolve("d"));
        Files.writeString(target.resolve("d"), "two");

        RestoreResult result = restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(result.errors()).isEmpty();
    }

    /** What stands under one name cannot come to another by way of a link that was meant for something else. */
    @Test
    void run_firstIsDamaged_laterNamesAreNotLinkedToWhatStandsThere() throws IOException {
        write("a", noise(2000, 1));
        link("b", "a");
        link("d/c", "a");
        ObjectId root = capture();
        Files.createDirectories(target);
        Files.writeString(target.resolve("a"), "old a");
        Files.writeString(target.resolve("b"), "old b");
        damage(root, "a");

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("a")).hasContent("old a");
        assertThat(target.resolve("b")).hasContent("old b");
        assertThat(target.resolve("d/c")).doesNotExist();
        assertThat(result.errors()).extracting(error -> error.path().toString()).containsExactly("a", "b", "d/c");
        assertThat(result.damageCount()).isEqualTo(3);
        assertNoTemporaries();
    }

    @Test
    void run_firstCannotBeMade_theNextNameTakesItsPart() throws IOException {
        write("a/first", noise(2000, 1));
        link("b", "a/first");
        link("c", "a/first");
        ObjectId root = capture();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("createDirectory") && name.equals("a")) {
                throw PosixFault.of(operation, name, Errno.EACCES);
            }
        });

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("b")).hasBinaryContent(noise(2000, 1));
        assertSameFile("b", "c");
        assertThat(result.errors()).extracting(error -> error.path().toString()).containsExactly("a", "a/first");
        assertThat(result.files()).isEqualTo(2);
    }

    @Test
    void never_firstIsSomethingElse_theNextNameTakesItsPart() throws IOException {
        write("a", "snapshot");
        link("b", "a");
        link("c", "a");
        ObjectId root = capture();
        Files.createDirectories(target);
        Files.writeString(target.resolve("a"), "mine");

        restoreWhole(overwriting(plan(root), Overwrite.NEVER));

        assertThat(target.resolve("a")).hasContent("mine");
        assertThat(target.resolve("b")).hasContent("snapshot");
        assertSameFile("b", "c");
    }

    @Test
    void never_firstIsThereAlready_isLinkedTo() throws IOException {
        write("a", "snapshot");
        link("b", "a");
        ObjectId root = capture();
        restoreWhole(plan(root));
        Files.delete(target.resolve("b"));

        restoreWhole(overwriting(plan(root), Overwrite.NEVER));

        assertTargetIsSource();
    }

    /** Another file system, one without links, or too many of them: each path gets the content. */
    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EXDEV", "EPERM", "EMLINK"})
    void run_linkThatCannotBeMade_isACopy(Errno reason) throws IOException {
        write("a", noise(2000, 1));
        link("b", "a");
        link("c", "a");
        ObjectId root = capture();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("createLink")) {
                throw PosixFault.of(operation, name, reason);
            }
        });

        RestoreResult result = restoreWhole(plan(root));

        for (String name : new String[] {"a", "b", "c"}) {
            assertThat(target.resolve(name)).hasBinaryContent(noise(2000, 1));
        }
        assertThat(result.files()).isEqualTo(3);
        assertThat(TreePicture.of(target).stat("b").mtimeNanos())
                .isEqualTo(TreePicture.of(source).stat("a").mtimeNanos());
        assertNoTemporaries();
    }

    @Test
    void run_partWhoseFirstLiesOutsideIt_hasTheLinksAmongItself() throws IOException {
        write("a", noise(2000, 1));
        link("d/b", "a");
        link("d/e/c", "a");
        ObjectId root = capture();

        RestoreResult result = restoreWhole(verifying(plan(root, "d")));

        assertThat(target.resolve("b")).hasBinaryContent(noise(2000, 1));
        assertSameFile("b", "e/c");
        assertThat(result.files()).isEqualTo(2);
        assertThat(result.verified()).isEqualTo(2);
        assertThat(restoreWhole(plan(root, "d")).files()).isZero();
    }

    @Test
    void run_loneNameThatIsALaterOne_getsTheContent() throws IOException {
        write("a", noise(2000, 1));
        link("d/b", "a");
        ObjectId root = capture();

        RestoreResult result = restoreWhole(verifying(plan(root, "d/b")));

        assertThat(target.resolve("b")).hasBinaryContent(noise(2000, 1));
        assertThat(TreePicture.of(target).stat("b").links()).isEqualTo(1);
        assertThat(result.verified()).isEqualTo(1);
    }

    @Test
    void run_linkedSymlinks_areLinkedInTheEnd() throws IOException {
        Files.createSymbolicLink(source.resolve("a"), Path.of("nowhere"));
        link("d/b", "a");
        ObjectId root = capture();

        restoreWhole(plan(root));

        assertTargetIsSource();
        assertSameFile("a", "d/b");
    }
}
