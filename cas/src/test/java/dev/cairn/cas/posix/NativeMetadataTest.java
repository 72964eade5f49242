package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NativeMetadataTest extends MetadataContract {
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
}
