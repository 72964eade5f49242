package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    static void assumeRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may do this");
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for " + command[0], e);
        }
        assertThat(process.exitValue())
                .as("%s: %s", Arrays.toString(command), output)
                .isZero();
        return output;
    }

    private static boolean installed(String program) {
        return Stream.of("/bin", "/usr/bin", "/sbin", "/usr/sbin")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    @Test
    void stat_everyField_agreesWithTheJdk() throws IOException {
        write(root, bytes("file"), new byte[10_000]);
        root.createLink(bytes("second"), root, bytes("file"));
        root.chmod(bytes("file"), 06751);
        root.setTimes(bytes("file"), 1_600_000_000L, 999_999_999);

        for (String name : List.of("file", ".", "/dev/null", "/")) {
            Path path = temp.resolve(name);
            FileStat stat = statOf(path.normalize());
            FileStat jdk = PlainAttributes.stat(path);
            assertThat(stat).usingRecursiveComparison().ignoringFields("blocks").isEqualTo(jdk);
        }
        assertThat(root.stat(bytes("file")).blocks()).isGreaterThanOrEqualTo(16);
    }

    private FileStat statOf(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Directory directory = open(path)) {
                return directory.stat();
            }
        }
        try (Directory parent = open(Objects.requireNonNull(path.getParent()))) {
            return parent.stat(RawName.of(path.getFileName().toString()));
        }
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
    void setTimes_symbolicLink_itsOwnToTheNanosecond() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.setTimes(bytes("file"), 7, 7);
        root.createSymlink(bytes("link"), bytes("file"));
        root.createSymlink(bytes("dangling"), bytes("nowhere"));
        root.setTimes(bytes("link"), 1_234_567_890L, 987_654_321);
        root.setTimes(bytes("dangling"), -1, 5);
        assertTime(root.stat(bytes("link")), 1_234_567_890L, 987_654_321);
        assertTime(root.stat(bytes("dangling")), -1, 5);
        assertTime(root.stat(bytes("file")), 7, 7);
    }

    @Test
    void chmod_setIdBitsOfFileAndFolder_kept() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        root.chmod(bytes("file"), 06711);
        root.chmod(bytes("folder"), 01777);
        assertThat(root.stat(bytes("file")).mode()).isEqualTo(06711);
        assertThat(root.stat(bytes("folder")).mode()).isEqualTo(01777);
        root.chmod(bytes("file"), 0);
        assertThat(root.stat(bytes("file")).mode()).isZero();
        root.chmod(bytes("file"), 0600);
        assertThat(root.stat(bytes("file")).mode()).isEqualTo(0600);
    }

    @Test
    void chown_fileAndLink_eachItself() throws IOException {
        assumeRoot();
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("link"), bytes("file"));
        root.chown(bytes("link"), 4_000_000_000L, 1001);
        root.chown(bytes("file"), 1002, -1);
        assertThat(root.stat(bytes("link")).uid()).isEqualTo(4_000_000_000L);
        assertThat(root.stat(bytes("link")).gid()).isEqualTo(1001);
        assertThat(root.stat(bytes("file")).uid()).isEqualTo(1002);
        assertThat(root.stat(bytes("file")).gid()).isEqualTo(root.stat().gid());
        try (OpenFile file = root.openFile(bytes("file"))) {
            file.chown(-1, 1003);
            assertThat(file.stat().uid()).isEqualTo(1002);
            assertThat(file.stat().gid()).isEqualTo(1003);
        }
        root.chown(0, 0);
        assertThat(root.stat().uid()).isZero();
    }

    @Test
    void xattrs_ofLinksAndSpecialFiles_theirOwn() throws IOException {
        assumeRoot();
        byte[] attribute = bytes("trusted.cairn");
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("link"), bytes("file"));
        root.createSymlink(raw(0xFF), bytes("nowhere"));
        root.createNode(bytes("fifo"), FileType.FIFO, 0600, 0, 0);
        try {
            root.setXattr(bytes("link"), attribute, bytes("of the link"));
        } catch (PosixException e) {
            assumeTrue(e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EPERM, "no trusted attributes here");
            throw e;
        }
        root.setXattr(raw(0xFF), attribute, bytes("dangling"));
        root.setXattr(bytes("fifo"), attribute, bytes("fifo"));

        assertThat(root.xattr(bytes("link"), attribute)).isEqualTo(bytes("of the link"));
        assertThat(root.xattr(raw(0xFF), attribute)).isEqualTo(bytes("dangling"));
        assertThat(root.xattr(bytes("fifo"), attribute)).isEqualTo(bytes("fifo"));
        assertThat(root.xattrNames(bytes("link"))).hasSize(1);
        assertThat(root.xattr(bytes("file"), attribute)).isNull();
        assertThat(root.xattrNames(bytes("file"))).isEmpty();
        root.removeXattr(bytes("link"), attribute);
        assertThat(root.xattrNames(bytes("link"))).isEmpty();
        assertErrno(() -> root.setXattr(bytes("link"), bytes("user.a"), bytes("1")), Errno.EPERM);
    }

    @Test
    void xattrs_namesAndValuesThatCannotBe_refused() throws IOException {
        write(root, bytes("file"), bytes("x"));
        for (byte[] bad : List.of(bytes(""), bytes("user.a\0b"), new byte[5000])) {
            assertErrno(() -> root.setXattr(bytes("file"), bad, bytes("1")), Errno.EINVAL);
            assertErrno(() -> root.xattr(bytes("file"), bad), Errno.EINVAL);
            assertErrno(() -> root.removeXattr(bytes("file"), bad), Errno.EINVAL);
        }
        assertErrno(() -> root.setXattr(bytes("file"), bytes("user.a"), new byte[65_537]), Errno.E2BIG);
        byte[] longName = bytes("user." + "n".repeat(251));
        assertErrno(() -> root.setXattr(bytes("file"), longName, bytes("1")), Errno.ERANGE, Errno.EOPNOTSUPP);
        assertErrno(() -> root.xattrNames(bytes("absent")), Errno.ENOENT);
    }

    @Test
    void xattrs_accessControlList_movesToAnotherFile() throws IOException {
        assumeTrue(installed("setfacl") && installed("getfacl"), "setfacl is not installed");
        write(root, bytes("from"), bytes("x"));
        write(root, bytes("to"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        root.createDirectory(bytes("copy"), 0755);
        byte[] access = bytes("system.posix_acl_access");
        byte[] defaults = bytes("system.posix_acl_default");
        run("setfacl", "-m", "u:12345:rwx,g:54321:r--", temp + "/from");
        run("setfacl", "-d", "-m", "u:12345:r-x", temp + "/folder");

        byte[] list = Objects.requireNonNull(root.xattr(bytes("from"), access));
        assertThat(list).isNotEmpty();
        assertThat(root.xattrNames(bytes("from")))
                .usingElementComparator(Arrays::compareUnsigned)
                .contains(access);
        root.setXattr(bytes("to"), access, list);
        root.setXattr(bytes("copy"), defaults, Objects.requireNonNull(root.xattr(bytes("folder"), defaults)));

        assertThat(acl("to")).isEqualTo(acl("from")).contains("user:12345:rwx").contains("group:54321:r--");
        assertThat(acl("copy")).isEqualTo(acl("folder")).contains("default:user:12345:r-x");
    }

    private String acl(String name) throws IOException {
        return run("getfacl", "-n", "-c", "-p", temp + "/" + name);
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
