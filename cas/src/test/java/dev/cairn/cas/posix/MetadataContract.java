package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Modes, times and attributes: what every {@link Directory} and {@link Handle} does with them, as far as it can. */
abstract class MetadataContract extends DirectoryFixture {
    @Test
    void chmod_fileFolderAndHandle_setsBits() throws IOException {
        assumeCapability(Capability.OWNERS_AND_MODES);
        write(root, bytes("file"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        root.createSymlink(bytes("link"), bytes("file"));

        root.chmod(bytes("file"), 0604);
        root.chmod(bytes("folder"), 0511);
        assertThat(root.stat(bytes("file")).mode()).isEqualTo(0604);
        assertThat(root.stat(bytes("folder")).mode()).isEqualTo(0511);
        assertErrno(() -> root.chmod(bytes("link"), 0777), Errno.EOPNOTSUPP);
        assertThat(root.stat(bytes("file")).mode()).isEqualTo(0604);

        try (OpenFile file = root.openFile(bytes("file"));
                Directory folder = root.openDirectory(bytes("folder"))) {
            file.chmod(0640);
            folder.chmod(0750);
            assertThat(file.stat().mode()).isEqualTo(0640);
            assertThat(folder.stat().mode()).isEqualTo(0750);
        }
    }

    @Test
    void setTimes_filesAndFolders_toTheNanosecond() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        root.setTimes(bytes("file"), 1_700_000_000L, 123_456_789);
        root.setTimes(bytes("folder"), -86_400L, 0);
        assertTime(root.stat(bytes("file")), 1_700_000_000L, 123_456_789);
        assertTime(root.stat(bytes("folder")), -86_400L, 0);

        try (OpenFile file = root.openFile(bytes("file"));
                Directory folder = root.openDirectory(bytes("folder"))) {
            file.setTimes(1, 999_999_999);
            folder.setTimes(2, 0);
            assertTime(file.stat(), 1, 999_999_999);
            assertTime(folder.stat(), 2, 0);
            assertErrno(() -> file.setTimes(1, 1_000_000_000), Errno.EINVAL);
            assertErrno(() -> folder.setTimes(1, -1), Errno.EINVAL);
            assertErrno(() -> root.setTimes(bytes("file"), 1, 0x3FFFFFFF), Errno.EINVAL);
        }
    }

    @Test
    void setTimes_file_leavesAccessTime() throws IOException {
        write(root, bytes("file"), bytes("x"));
        Object before = Files.getAttribute(temp.resolve("file"), "lastAccessTime");
        root.setTimes(bytes("file"), 5, 5);
        assertThat(Files.getAttribute(temp.resolve("file"), "lastAccessTime")).isEqualTo(before);
    }

    @Test
    void xattrs_userNamespace_roundTrip() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        byte[] big = new byte[3000];
        new Random(1).nextBytes(big);
        assumeTrue(userXattrsWork(), "this file system has no user attributes");

        for (byte[] name : List.of(bytes("file"), bytes("folder"))) {
            root.setXattr(name, bytes("user.empty"), new byte[0]);
            root.setXattr(name, bytes("user.big"), bytes("small"));
            root.setXattr(name, bytes("user.big"), big);
            assertThat(root.xattrNames(name))
                    .usingElementComparator(Arrays::compareUnsigned)
                    .containsExactlyInAnyOrder(bytes("user.empty"), bytes("user.big"));
            assertThat(root.xattr(name, bytes("user.big"))).isEqualTo(big);
            assertThat(root.xattr(name, bytes("user.empty"))).isEmpty();
            assertThat(root.xattr(name, bytes("user.absent"))).isNull();
            root.removeXattr(name, bytes("user.empty"));
            root.removeXattr(name, bytes("user.empty"));
            assertThat(root.xattrNames(name)).hasSize(1);
        }
        try (OpenFile file = root.openFile(bytes("file"));
                Directory folder = root.openDirectory(bytes("folder"))) {
            for (Handle handle : List.of(file, folder)) {
                assertThat(handle.xattr(bytes("user.big"))).isEqualTo(big);
                handle.setXattr(bytes("user.more"), bytes("more"));
                assertThat(handle.xattrNames()).hasSize(2);
                handle.removeXattr(bytes("user.big"));
                handle.removeXattr(bytes("user.more"));
                assertThat(handle.xattrNames()).isEmpty();
                assertThat(handle.xattr(bytes("user.big"))).isNull();
            }
        }
    }

    private boolean userXattrsWork() throws IOException {
        try {
            root.setXattr(bytes("file"), bytes("user.probe"), bytes("1"));
            root.removeXattr(bytes("file"), bytes("user.probe"));
            return true;
        } catch (PosixException e) {
            assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP);
            return false;
        }
    }
}
