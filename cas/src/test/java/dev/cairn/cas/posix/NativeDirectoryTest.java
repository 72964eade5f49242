package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at the whole process")
class NativeDirectoryTest extends DirectoryContract {
    @BeforeAll
    static void nativeCallsAreThere() {
        assumeTrue(Kernel.isAvailable(), "no native calls on this machine");
    }

    @Override
    Directory open(Path path) throws IOException {
        Directory opened = Directory.open(path);
        assertThat(opened).isInstanceOf(NativeDirectory.class);
        return opened;
    }

    @Test
    void open_pathThatIsNotUtf8_found() throws IOException {
        byte[] name = raw(0xFF, 'x', '%', ' ');
        root.createDirectory(name, 0755);
        try (Stream<Path> children = Files.list(temp)) {
            Path child = children.findFirst().orElseThrow();
            try (Directory opened = Directory.open(child)) {
                assertThat(opened.stat().sameFile(root.stat(name))).isTrue();
            }
        }
        byte[] prefix = RawName.of(temp + "/");
        byte[] path = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, path, prefix.length, name.length);
        try (Directory opened = Directory.open(path)) {
            assertThat(opened.stat().sameFile(root.stat(name))).isTrue();
        }
    }

    @Test
    void open_pathThatIsNone_refused() {
        assertErrno(() -> Directory.open(new byte[0]).close(), Errno.EINVAL);
        assertErrno(() -> Directory.open(bytes("a\0b")).close(), Errno.EINVAL);
        assertErrno(() -> Directory.open(new byte[5000]).close(), Errno.ENAMETOOLONG);
    }

    @Test
    void names_longerThanTheFileSystemAllows_sayIt() {
        byte[] name = new byte[256];
        Arrays.fill(name, (byte) 'x');
        assertErrno(() -> root.createFile(name, 0644).close(), Errno.ENAMETOOLONG);
    }

    @Test
    void list_hundredThousandNames_packedAndComplete() throws IOException {
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            root.createNode(bytes("name-%08d".formatted(i * 7919L % count)), FileType.FIFO, 0600, 0, 0);
        }
        Listing listing = root.list();
        assertThat(listing.size()).isEqualTo(count);
        for (int i = 0; i < count; i += 997) {
            assertThat(listing.name(i)).isEqualTo(bytes("name-%08d".formatted(i)));
            assertThat(listing.type(i)).isIn(FileType.FIFO, FileType.UNKNOWN);
        }
        assertThat(listing.footprintBytes()).isLessThan(count * 32L);

        int[] seen = {0};
        root.visit((name, type) -> {
            seen[0]++;
            root.removeFile(name);
        });
        assertThat(seen[0]).isEqualTo(count);
        assertThat(root.list().size()).isZero();
    }

    @Test
    void visit_folderItVisits_refused() throws IOException {
        write(root, bytes("file"), bytes("x"));
        assertThatThrownBy(() -> root.visit((name, type) -> root.list())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void openFile_fifo_doesNotWait() throws IOException {
        root.createNode(bytes("fifo"), FileType.FIFO, 0640, 0, 0);
        root.chmod(bytes("fifo"), 0622);
        try (OpenFile fifo = root.openFile(bytes("fifo"))) {
            assertThat(fifo.stat().type()).isEqualTo(FileType.FIFO);
            assertThat(fifo.stat().mode()).isEqualTo(0622);
            assertErrno(() -> fifo.read(0, new byte[1], 0, 1), Errno.ESPIPE);
        }
    }

    @Test
    void openFile_owned_leavesAccessTime() throws IOException {
        write(root, bytes("file"), bytes("x"));
        Path path = temp.resolve("file");
        FileTime old = FileTime.from(1_000_000, TimeUnit.SECONDS);
        Files.getFileAttributeView(path, BasicFileAttributeView.class).setTimes(null, old, null);
        assertThat(read(root, bytes("file"))).isEqualTo(bytes("x"));
        assertThat(Files.getAttribute(path, "lastAccessTime")).isEqualTo(old);
    }

    @Test
    void createNode_socket_isOne() throws IOException {
        root.createNode(bytes("socket"), FileType.SOCKET, 0600, 0, 0);
        assertThat(root.stat(bytes("socket")).type()).isEqualTo(FileType.SOCKET);
        assertErrno(() -> root.openFile(bytes("socket")).close(), Errno.ENXIO);
        assertThatThrownBy(() -> root.createNode(bytes("x"), FileType.REGULAR, 0600, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void createNode_devices_keepTheirNumbers() throws IOException {
        assumeRoot();
        root.createNode(bytes("char"), FileType.CHARACTER_DEVICE, 0600, 0xABC, 0xFEDCB);
        root.createNode(bytes("block"), FileType.BLOCK_DEVICE, 0600, 7, 300);
        FileStat character = root.stat(bytes("char"));
        FileStat block = root.stat(bytes("block"));
        assertThat(character.type()).isEqualTo(FileType.CHARACTER_DEVICE);
        assertThat(character.deviceMajor()).isEqualTo(0xABC);
        assertThat(character.deviceMinor()).isEqualTo(0xFEDCB);
        assertThat(block.type()).isEqualTo(FileType.BLOCK_DEVICE);
        assertThat(block.deviceMajor()).isEqualTo(7);
        assertThat(block.deviceMinor()).isEqualTo(300);
        assertThat(Files.getAttribute(temp.resolve("block"), "unix:rdev")).isEqualTo(0x10072CL);
        assertErrno(() -> root.createNode(bytes("bad"), FileType.BLOCK_DEVICE, 0600, 0x1000, 0), Errno.EINVAL);
        assertErrno(() -> root.createNode(bytes("bad"), FileType.BLOCK_DEVICE, 0600, 1, 0x100000), Errno.EINVAL);
    }

    @Test
    void write_fullFileSystem_saysNoSpace() throws IOException {
        assumeRoot();
        assumeTrue(installed("mount"), "mount is not installed");
        root.createDirectory(bytes("small"), 0755);
        Path small = temp.resolve("small");
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "cairn-test", small.toString())
                .redirectErrorStream(true)
                .start();
        assumeTrue(mount.onExit().join().exitValue() == 0, "may not mount here");
        try (Directory full = open(small)) {
            try (OpenFile file = full.createFile(bytes("file"), 0600)) {
                assertErrno(() -> file.write(0, new byte[1 << 20], 0, 1 << 20), Errno.ENOSPC);
            }
            assertErrno(() -> full.rename(bytes("file"), root, bytes("file")), Errno.EXDEV);
            assertErrno(() -> root.removeDirectory(bytes("small")), Errno.EBUSY);
            run("mount", "-o", "remount,ro", small.toString());
            assertErrno(() -> full.createFile(bytes("other"), 0600).close(), Errno.EROFS);
            assertErrno(() -> full.setTimes(bytes("file"), 1, 1), Errno.EROFS);
        } finally {
            run("umount", small.toString());
        }
    }

    @Test
    void handles_openedAndFailed_noneLeaks() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("link"), bytes("file"));
        root.createDirectory(bytes("folder"), 0755);
        long before = openDescriptors();
        for (int i = 0; i < 200; i++) {
            root.openDirectory(bytes("folder")).close();
            root.openFile(bytes("file")).close();
            root.chmod(bytes("file"), 0600);
            root.list();
            assertErrno(() -> root.chmod(bytes("link"), 0600), Errno.EOPNOTSUPP);
            assertErrno(() -> root.openDirectory(bytes("file")).close(), Errno.ENOTDIR);
            assertErrno(() -> root.openFile(bytes("link")).close(), Errno.ELOOP);
        }
        // The JVM itself may open a few meanwhile (class files, its own timers).
        assertThat(openDescriptors()).isLessThan(before + 50);
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void errors_namesThatMoveCursors_shownEscaped() {
        byte[] name = raw('a', 0x1B, '\n', 0xFF);
        assertThatThrownBy(() -> root.stat(name))
                .hasMessage("stat \"a\\u001b\\n\\xff\": no such file or directory (ENOENT)")
                .isInstanceOfSatisfying(PosixException.class, e -> {
                    assertThat(e.operation()).isEqualTo("stat");
                    assertThat(e.code()).isEqualTo(2);
                    assertThat(e.name()).isEqualTo("a\\u001b\\n\\xff");
                });
    }

    @Test
    void handles_ofTwoImplementations_doNotMix() throws IOException {
        write(root, bytes("file"), bytes("x"));
        try (Directory plain = PlainDirectory.open(temp)) {
            assertThatThrownBy(() -> root.rename(bytes("file"), plain, bytes("new")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> plain.rename(bytes("file"), root, bytes("new")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
