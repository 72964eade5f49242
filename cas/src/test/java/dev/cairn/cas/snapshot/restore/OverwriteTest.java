package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of files that are in the target already. */
final class OverwriteTest extends RestoreFixture {

    private static void setTime(Path file, long seconds) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(seconds * 1000));
    }

    @Test
    void changed_oneFileDiffers_onlyThatIsReplacedAtOnce() throws IOException {
        write("a", noise(70_000, 1));
        write("d/b", noise(70_000, 2));
        write("d/c", "small");
        ObjectId root = capture();
        restoreWhole(plan(root));
        TreePicture before = TreePicture.of(target);
        Files.write(target.resolve("d/b"), noise(70_000, 3));

        RestoreResult result = restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(result.files()).isEqualTo(1);
        assertThat(result.bytes()).isEqualTo(70_000);
        assertThat(result.filesSkipped()).isEqualTo(2);
        TreePicture after = TreePicture.of(target);
        for (String untouched : new String[] {"a", "d/c"}) {
            assertThat(after.identities().get(untouched))
                    .isEqualTo(before.identities().get(untouched));
        }
        assertThat(after.stat("d/b").inode()).isNotEqualTo(before.stat("d/b").inode());
    }

    @Test
    void changed_otherTimeAndSameBytes_keepsTheFileAndSetsTheTime() throws IOException {
        write("a", noise(70_000, 1));
        ObjectId root = capture();
        restoreWhole(plan(root));
        long inode = TreePicture.of(target).stat("a").inode();
        setTime(target.resolve("a"), 5);

        RestoreResult result = restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(result.files()).isZero();
        assertThat(TreePicture.of(target).stat("a").inode()).isEqualTo(inode);
    }

    @Test
    void changed_sameSizeAndTimeButOtherBytes_isFoundByVerifyOnly() throws IOException {
        write("a", noise(70_000, 1));
        setTime(source.resolve("a"), 1_000_000);
        ObjectId root = capture();
        Files.createDirectory(target);
        Files.write(target.resolve("a"), noise(70_000, 2));
        setTime(target.resolve("a"), 1_000_000);

        assertThat(restoreWhole(plan(root)).files()).isZero();
        assertThat(target.resolve("a")).hasBinaryContent(noise(70_000, 2));
        RestoreResult verified = restoreWhole(verifying(plan(root)));
        assertThat(verified.files()).isEqualTo(1);
        assertThat(verified.verified()).isEqualTo(1);
        assertTargetIsSource();
    }

    @Test
    void changed_bytesWhereTheSnapshotHasAHole_areFound() throws IOException {
        try (Directory folder = Directory.open(source);
                OpenFile file = folder.createFile(RawName.of("sparse"), 0644)) {
            file.truncate(4 << 20);
            file.write(1 << 20, noise(4096, 1), 0, 4096);
        }
        ObjectId root = capture();
        restoreWhole(plan(root));
        try (RandomAccessFile file =
                new RandomAccessFile(target.resolve("sparse").toFile(), "rw")) {
            file.seek(3 << 20);
            file.write(new byte[] {0, 0, 1});
        }

        RestoreResult result = restoreWhole(plan(root));

        assertThat(result.files()).isEqualTo(1);
        assertTargetIsSource();
    }

    @Test
    void changed_allAttributesDiffer_areSetAndTheBytesStay() throws IOException {
        write("d/a", "content");
        try (Directory folder = Directory.open(source.resolve("d"))) {
            folder.setXattr(RawName.of("a"), RawName.of("user.right"), RawName.of("1"));
            folder.setXattr(RawName.of("a"), RawName.of("user.other"), RawName.of("1"));
        }
        ObjectId root = capture();
        restoreWhole(plan(root));
        long inode = TreePicture.of(target).stat("d/a").inode();
        try (Directory folder = Directory.open(target.resolve("d"))) {
            folder.chmod(RawName.of("a"), 0600);
            folder.removeXattr(RawName.of("a"), RawName.of("user.right"));
            folder.setXattr(RawName.of("a"), RawName.of("user.other"), RawName.of("2"));
            folder.setXattr(RawName.of("a"), RawName.of("user.wrong"), RawName.of("1"));
            folder.setXattr(RawName.of("user.wrong"), RawName.of("1"));
            folder.chmod(0700);
        }

        RestoreResult result = restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(result.files()).isZero();
        assertThat(TreePicture.of(target).stat("d/a").inode()).isEqualTo(inode);
    }

    @Test
    void never_whatIsThere_staysAndWhatIsNotIsMade() throws IOException {
        write("a", "new");
        write("d/b", "new");
        write("d/e/c", "new");
        Files.createSymbolicLink(source.resolve("link"), Path.of("a"));
        ObjectId root = capture();
        Files.createDirectories(target.resolve("d"));
        Files.writeString(target.resolve("a"), "old");
        Files.writeString(target.resolve("d/b"), "old");
        Files.createSymbolicLink(target.resolve("link"), Path.of("elsewhere"));

        RestoreResult result = restoreWhole(verifying(overwriting(plan(root), Overwrite.NEVER)));

        assertThat(target.resolve("a")).hasContent("old");
        assertThat(target.resolve("d/b")).hasContent("old");
        assertThat(target.resolve("d/e/c")).hasContent("new");
        assertThat(Files.readSymbolicLink(target.resolve("link"))).isEqualTo(Path.of("elsewhere"));
        assertThat(result.files()).isEqualTo(1);
        assertThat(result.filesSkipped()).isEqualTo(3);
        assertThat(result.verified()).isEqualTo(1);
    }

    @Test
    void never_fileWhereAFolderMustGo_isListedAndStays() throws IOException {
        write("a", "new");
        write("d/b", "new");
        ObjectId root = capture();
        Files.createDirectories(target);
        Files.writeString(target.resolve("d"), "old");

        RestoreResult result = restore(overwriting(plan(root), Overwrite.NEVER));

        assertThat(target.resolve("d")).hasContent("old");
        assertThat(target.resolve("a")).hasContent("new");
        assertThat(result.errors()).extracting(error -> error.path().toString()).containsExactly("d", "d/b");
        assertThat(result.damageCount()).isZero();
    }

    /** Anything but a folder gives way to a folder, and no link leads out of the target. */
    @ParameterizedTest
    @EnumSource(
            value = FileType.class,
            names = {"REGULAR", "SYMLINK", "FIFO"})
    void changed_somethingElseWhereAFolderMustGo_givesWay(FileType type) throws IOException {
        write("d/b", "new");
        write("d/e/f", "new");
        ObjectId root = capture();
        Files.createDirectories(target);
        Files.createDirectory(outside.resolve("e"));
        Files.writeString(outside.resolve("b"), "outside");
        try (Directory folder = Directory.open(target)) {
            switch (type) {
                case REGULAR -> folder.createFile(RawName.of("d"), 0644).close();
                case FIFO -> folder.createNode(RawName.of("d"), FileType.FIFO, 0600, 0, 0);
                default -> folder.createSymlink(RawName.of("d"), RawName.of(outside.toString()));
            }
        }
        TreePicture before = TreePicture.of(outside);

        restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(TreePicture.of(outside).identities()).isEqualTo(before.identities());
    }

    @Test
    void changed_folderWhereAFileMustGo_staysUnlessDeleting() throws IOException {
        write("a", "file");
        write("b", "file");
        Files.createSymbolicLink(source.resolve("link"), Path.of("a"));
        ObjectId root = capture();
        Files.createDirectories(target.resolve("a/deep"));
        Files.writeString(target.resolve("a/deep/mine"), "mine");
        Files.createDirectories(target.resolve("link/deep"));

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("a/deep/mine")).hasContent("mine");
        assertThat(target.resolve("b")).hasContent("file");
        assertThat(result.errors())
                .hasSize(2)
                .allSatisfy(error -> assertThat(error.reason()).contains("--delete"))
                .extracting(error -> error.path().toString())
                .containsExactly("a", "link");

        RestoreResult deleted = restoreWhole(deleting(plan(root)));

        assertTargetIsSource();
        assertThat(deleted.removed()).isEqualTo(5);
    }

    @Test
    void changed_symlinkWhereAFileMustGo_isReplacedAndNotWrittenThrough() throws IOException {
        write("a", "new");
        ObjectId root = capture();
        Path theirs = Files.writeString(outside.resolve("a"), "outside");
        Files.createDirectory(target);
        Files.createSymbolicLink(target.resolve("a"), theirs);
        TreePicture before = TreePicture.of(outside);

        restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(TreePicture.of(outside).identities()).isEqualTo(before.identities());
    }

    @Test
    void run_targetThatIsASymlink_isFollowedSinceAPersonNamedIt() throws IOException {
        write("a", "new");
        ObjectId root = capture();
        Path real = Files.createDirectory(temp.resolve("real"));
        Files.createSymbolicLink(target, real);

        restoreWhole(plan(root));

        assertThat(real.resolve("a")).hasContent("new");
        assertThat(target).isSymbolicLink();
    }

    @Test
    void deleting_whatTheSnapshotDoesNotHave_goesWithAllBeneathIt() throws IOException {
        write("d/kept", "1");
        write("m", "1");
        ObjectId root = capture();
        restoreWhole(plan(root));
        for (String path : new String[] {"A", "d/a", "d/z", "n", "x/y/z"}) {
            Path file = target.resolve(path);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, "besides");
        }
        Files.writeString(outside.resolve("o"), "outside");
        Files.createSymbolicLink(target.resolve("x/link"), outside);
        TreePicture before = TreePicture.of(outside);

        assertThat(restoreWhole(plan(root)).removed()).isZero();
        assertThat(target.resolve("x/y/z")).hasContent("besides");
        RestoreResult result = restoreWhole(deleting(plan(root)));

        assertTargetIsSource();
        assertThat(result.removed()).isEqualTo(8);
        assertThat(TreePicture.of(outside).identities()).isEqualTo(before.identities());
    }

    @Test
    void run_leftoverOfAKilledRestore_goesWithDeleting() throws IOException {
        write("a", "1");
        ObjectId root = capture();
        restoreWhole(plan(root));
        Files.writeString(target.resolve(TemporaryName.PREFIX + "0123456789abcdef"), "half");

        restoreWhole(deleting(plan(root)));

        assertTargetIsSource();
    }
}
