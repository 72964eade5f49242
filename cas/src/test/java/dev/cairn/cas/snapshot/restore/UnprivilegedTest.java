package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileSystemUser;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A restore by a user without any rights, into a folder of his own. */
final class UnprivilegedTest extends RestoreFixture {

    @BeforeEach
    void becomeNobody() throws IOException {
        FileSystemUser.assumeAvailable();
        Files.createDirectory(target);
        own(target);
        own(source);
        access = WatchedTarget.access(new WatchedTarget.Hook() {
            @Override
            public <T> T around(String operation, String name, WatchedTarget.Call<T> call) throws IOException {
                return FileSystemUser.asNobody(call::run);
            }
        });
    }

    /** Gives a file or folder to the user. */
    private static void own(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", FileSystemUser.NOBODY);
        Files.setAttribute(path, "unix:gid", FileSystemUser.NOBODY);
    }

    private void mine(String path, String content) throws IOException {
        own(write(path, content));
        for (Path above = Path.of(path).getParent(); above != null; above = above.getParent()) {
            own(source.resolve(above));
        }
    }

    private static void chmod(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }

    @Test
    void run_ownFilesAndFolders_areRestoredWhole() throws IOException {
        mine("d/a", "1");
        mine("closed/b", "2");
        mine("closed/deeper/c", "3");
        chmod(source.resolve("d/a"), 04755);
        chmod(source.resolve("closed/deeper"), 0555);
        chmod(source.resolve("closed"), 0500);
        ObjectId root = capture();

        RestoreResult result = restoreWhole(verifying(plan(root)));

        assertTargetIsSource();
        assertThat(result.ownersKept()).isFalse();
        SortedMap<String, String> before = TreePicture.of(target).identities();
        assertThat(restoreWhole(plan(root)).files()).isZero();
        assertThat(TreePicture.of(target).identities()).isEqualTo(before);
    }

    @Test
    void run_changesInFoldersThatForbidThem_areMadeAndTheModesAreBack() throws IOException {
        mine("closed/a", "new");
        mine("closed/deeper/b", "new");
        Files.createSymbolicLink(source.resolve("closed/link"), Path.of("a"));
        Files.setAttribute(source.resolve("closed/link"), "unix:uid", FileSystemUser.NOBODY, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(source.resolve("closed/link"), "unix:gid", FileSystemUser.NOBODY, LinkOption.NOFOLLOW_LINKS);
        chmod(source.resolve("closed/deeper"), 0555);
        chmod(source.resolve("closed"), 0555);
        ObjectId root = capture();
        restoreWhole(plan(root));
        Files.writeString(target.resolve("closed/a"), "old and longer");
        Files.delete(target.resolve("closed/link"));
        Files.delete(target.resolve("closed/deeper/b"));
        own(Files.createDirectory(target.resolve("closed/surplus")));
        own(Files.writeString(target.resolve("closed/surplus/x"), "x"));
        chmod(target.resolve("closed/surplus"), 0);
        chmod(target.resolve("closed/deeper"), 0);

        RestoreResult result = restoreWhole(deleting(plan(root)));

        assertTargetIsSource();
        assertThat(result.files()).isEqualTo(3);
        assertThat(result.removed()).isEqualTo(2);
    }

    @Test
    void run_linkedFilesInAFolderThatForbidsChanges_areLinked() throws IOException {
        mine("closed/a", "new");
        Files.createLink(source.resolve("closed/b"), source.resolve("closed/a"));
        Files.createLink(source.resolve("z"), source.resolve("closed/a"));
        chmod(source.resolve("closed"), 0555);
        ObjectId root = capture();
        own(Files.createDirectory(target.resolve("closed")));
        chmod(target.resolve("closed"), 0555);

        restoreWhole(plan(root));

        assertTargetIsSource();
    }

    @Test
    void run_folderOfSomebodyElse_isListedAndTheOthersAreRestored() throws IOException {
        mine("a", "1");
        mine("theirs/b", "2");
        mine("theirs/c/d", "3");
        mine("z", "4");
        ObjectId root = capture();
        Files.createDirectory(target.resolve("theirs"));

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("a")).hasContent("1");
        assertThat(target.resolve("z")).hasContent("4");
        assertThat(target.resolve("theirs")).isEmptyDirectory();
        assertThat(result.files()).isEqualTo(2);
        assertThat(result.damageCount()).isZero();
        assertThat(result.errors())
                .extracting(error -> error.path().toString())
                .contains("theirs/b", "theirs/c", "theirs/c/d")
                .allMatch(path -> path.startsWith("theirs"));
        assertNoTemporaries();
    }

    /** Who may not give files away keeps them, and gives nobody his rights. */
    @Test
    void run_filesOfOthers_areRestoredWithoutTheirSetIdBits() throws IOException {
        Path file = write("a", "1");
        write("d/b", "2");
        Files.setAttribute(file, "unix:uid", 1234);
        chmod(file, 06755);
        ObjectId root = capture();

        RestoreResult result = restoreWhole(plan(root));

        assertThat(result.ownersKept()).isTrue();
        TreePicture picture = TreePicture.of(target);
        assertThat(picture.stat("a").mode()).isEqualTo(0755);
        assertThat(picture.stat("a").uid()).isEqualTo(FileSystemUser.NOBODY);
        assertThat(target.resolve("d/b")).hasContent("2");
        SortedMap<String, String> before = picture.identities();
        assertThat(restoreWhole(plan(root)).files()).isZero();
        assertThat(TreePicture.of(target).identities()).isEqualTo(before);
    }

    /** That owners cannot be set is no reason to write linked files again and again. */
    @Test
    void run_linkedFilesOfOthers_stayTheSecondTime() throws IOException {
        write("a", "first of all");
        write("b", "1");
        Files.createLink(source.resolve("c"), source.resolve("b"));
        ObjectId root = capture();
        restoreWhole(plan(root));
        long inode = TreePicture.of(target).stat("b").inode();

        RestoreResult again = restoreWhole(plan(root));

        assertThat(again.files()).isZero();
        assertThat(TreePicture.of(target).stat("b").inode()).isEqualTo(inode);
    }

    @Test
    void run_ownFileThatCannotBeRead_getsItsAttributesAllTheSame() throws IOException {
        mine("a", "1");
        chmod(source.resolve("a"), 0200);
        ObjectId root = capture();
        restoreWhole(plan(root));
        chmod(target.resolve("a"), 0);

        RestoreResult result = restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(result.files()).isZero();
        Files.setLastModifiedTime(target.resolve("a"), FileTime.fromMillis(1000));
        restoreWhole(plan(root));
        assertTargetIsSource();
    }

    @Test
    void run_deviceThatOnlyRootMakes_isListed() throws IOException {
        mine("a", "1");
        try (Directory folder = Directory.open(source)) {
            folder.createNode(RawName.of("null"), FileType.CHARACTER_DEVICE, 0600, 1, 3);
        }
        ObjectId root = capture();

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("a")).hasContent("1");
        assertThat(result.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.path()).hasToString("null"));
        assertNoTemporaries();
    }
}
