package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixFault;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.posix.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What makes all further writing pointless ends a restore; what is whole by then stays. */
final class FullDiskTest extends RestoreFixture {

    @Test
    void run_diskThatIsFull_saysHowMuchIsFreeAndLeavesNoHalfFile() throws IOException {
        write("a", noise(100_000, 1));
        write("b", noise(3_000_000, 2));
        write("c", noise(1000, 3));
        ObjectId root = capture();
        try (SmallFileSystem small = SmallFileSystem.mount(target, "1m")) {
            Files.writeString(target.resolve("b"), "old");

            assertThatThrownBy(() -> restore(plan(root))).isInstanceOfSatisfying(StoreFullException.class, e -> {
                assertThat(e.freeBytes()).isBetween(500_000L, 1L << 20);
                assertThat(e).hasMessageContaining(target.toString()).hasMessageContaining("bytes free");
            });

            assertThat(target.resolve("a")).hasBinaryContent(noise(100_000, 1));
            assertThat(target.resolve("b")).hasContent("old");
            assertThat(target.resolve("c")).doesNotExist();
            assertNoTemporaries();

            small.resize("8m");
            RestoreResult result = restoreWhole(plan(root));

            assertTargetIsSource();
            assertThat(result.files()).isEqualTo(2);
            assertThat(result.filesSkipped()).isEqualTo(1);
        }
    }

    @Test
    void run_readOnlyFileSystem_saysSo() throws IOException {
        write("a", "1");
        ObjectId root = capture();
        try (SmallFileSystem small = SmallFileSystem.mount(target, "1m")) {
            small.makeReadOnly();

            assertThatThrownBy(() -> restore(plan(root)))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("read-only");
        }
    }

    /** That one file's attributes have no room says nothing about the disk. */
    @Test
    void run_attributesThatFindNoRoom_areListedAndTheRestGoesOn() throws IOException {
        write("a", "1");
        write("b", "2");
        try (Directory folder = Directory.open(source)) {
            folder.setXattr(RawName.of("a"), RawName.of("user.x"), RawName.of("1"));
        }
        ObjectId root = capture();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("setXattr")) {
                throw PosixFault.of(operation, name, Errno.ENOSPC);
            }
        });

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("a")).hasContent("1");
        assertThat(target.resolve("b")).hasContent("2");
        assertThat(result.errors()).singleElement().satisfies(error -> {
            assertThat(error.path()).hasToString("a");
            assertThat(error.reason()).contains("no space");
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE"})
    void run_failureThatAllFilesWillMeet_endsItWithoutAHalfFile(Errno reason) throws IOException {
        write("a", noise(1000, 1));
        write("b", noise(1000, 2));
        ObjectId root = capture();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("write")) {
                throw PosixFault.of(operation, name, reason);
            }
        });

        boolean full = reason == Errno.ENOSPC || reason == Errno.EDQUOT;
        assertThatThrownBy(() -> restore(plan(root)))
                .isInstanceOf(full ? StoreFullException.class : StoreAccessException.class);

        assertThat(TreePicture.of(target).lines()).hasSize(1);
    }
}
