package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every {@link Directory} does, as far as its capabilities say that it can. */
abstract class DirectoryContract extends DirectoryFixture {
    private static final List<byte[]> HOSTILE_NAMES =
            List.of(bytes(""), bytes("."), bytes(".."), bytes("a/b"), bytes("/"), bytes("a\0b"), new byte[4096]);

    @Test
    void list_namesInAnyOrder_sortedAsUnsignedBytes() throws IOException {
        List<byte[]> expected = new ArrayList<>(List.of(
                bytes("\n"), bytes("A"), bytes("a"), bytes("a b"), bytes("a.b"), bytes("aa"), bytes("line\nbreak")));
        if (root.capabilities().contains(Capability.RAW_NAMES)) {
            expected.add(raw('z', 0x80));
            expected.add(raw(0xC3));
            expected.add(raw(0xFF, 0xFE));
        }
        for (byte[] name : expected.reversed()) {
            write(root, name, name);
        }

        assertThat(names(root)).usingElementComparator(Arrays::compareUnsigned).containsExactlyElementsOf(expected);
        for (byte[] name : expected) {
            assertThat(read(root, name)).isEqualTo(name);
            assertThat(root.list().indexOf(name)).isNotNegative();
        }
        assertThat(root.list().indexOf(bytes("absent"))).isEqualTo(-1);
    }

    @Test
    void list_emptyFolderTwice_isEmptyTwice() throws IOException {
        assertThat(root.list().size()).isZero();
        assertThat(root.list().size()).isZero();
        write(root, bytes("one"), bytes("1"));
        assertThat(root.list().size()).isEqualTo(1);
        assertThat(root.list().size()).isEqualTo(1);
    }

    @Test
    void list_types_agreeWithStatOrAreUnknown() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        root.createSymlink(bytes("link"), bytes("nowhere"));

        Listing listing = root.list();
        for (int i = 0; i < listing.size(); i++) {
            assertThat(listing.type(i))
                    .isIn(FileType.UNKNOWN, root.stat(listing.name(i)).type());
        }
        assertThat(root.stat(bytes("file")).type()).isEqualTo(FileType.REGULAR);
        assertThat(root.stat(bytes("folder")).type()).isEqualTo(FileType.DIRECTORY);
        assertThat(root.stat(bytes("link")).type()).isEqualTo(FileType.SYMLINK);
    }

    @Test
    void visit_visitorFails_failureComesThroughAndFolderStaysUsable() throws IOException {
        write(root, bytes("file"), bytes("x"));
        assertThatThrownBy(() -> root.visit((name, type) -> {
                    throw new IOException("stop");
                }))
                .hasMessage("stop");
        assertThat(names(root)).hasSize(1);
    }

    @Test
    void names_thatAreNoNames_refusedByEveryCall() throws IOException {
        byte[] fine = bytes("fine");
        write(root, fine, fine);
        for (byte[] bad : HOSTILE_NAMES) {
            assertErrno(() -> root.openDirectory(bad).close(), Errno.EINVAL);
            assertErrno(() -> root.openFile(bad).close(), Errno.EINVAL);
            assertErrno(() -> root.createFile(bad, 0644).close(), Errno.EINVAL);
            assertErrno(() -> root.stat(bad), Errno.EINVAL);
            assertErrno(() -> root.statIfPresent(bad), Errno.EINVAL);
            assertErrno(() -> root.readLink(bad), Errno.EINVAL);
            assertErrno(() -> root.createDirectory(bad, 0755), Errno.EINVAL);
            assertErrno(() -> root.createSymlink(bad, fine), Errno.EINVAL);
            assertErrno(() -> root.createLink(bad, root, fine), Errno.EINVAL);
            assertErrno(() -> root.createLink(bytes("new"), root, bad), Errno.EINVAL);
            assertErrno(() -> root.createNode(bad, FileType.FIFO, 0644, 0, 0), Errno.EINVAL);
            assertErrno(() -> root.rename(bad, root, bytes("new")), Errno.EINVAL);
            assertErrno(() -> root.rename(fine, root, bad), Errno.EINVAL);
            assertErrno(() -> root.removeFile(bad), Errno.EINVAL);
            assertErrno(() -> root.removeDirectory(bad), Errno.EINVAL);
            assertErrno(() -> root.chmod(bad, 0644), Errno.EINVAL);
            assertErrno(() -> root.chown(bad, -1, -1), Errno.EINVAL);
            assertErrno(() -> root.setTimes(bad, 0, 0), Errno.EINVAL);
            assertErrno(() -> root.xattrNames(bad), Errno.EINVAL);
            assertErrno(() -> root.xattr(bad, bytes("user.a")), Errno.EINVAL);
            assertErrno(() -> root.setXattr(bad, bytes("user.a"), fine), Errno.EINVAL);
            assertErrno(() -> root.removeXattr(bad, bytes("user.a")), Errno.EINVAL);
        }
        assertThat(names(root)).hasSize(1);
    }

    @Test
    void open_absentOrWrongType_saysWhich() throws IOException {
        write(root, bytes("file"), bytes("x"));
        assertErrno(() -> open(temp.resolve("absent")).close(), Errno.ENOENT);
        assertErrno(() -> open(temp.resolve("file")).close(), Errno.ENOTDIR);
        assertErrno(() -> root.openDirectory(bytes("absent")).close(), Errno.ENOENT);
        assertErrno(() -> root.openDirectory(bytes("file")).close(), Errno.ENOTDIR);
        assertErrno(() -> root.openFile(bytes("absent")).close(), Errno.ENOENT);
        assertErrno(() -> root.stat(bytes("absent")), Errno.ENOENT);
        assertThat(root.statIfPresent(bytes("absent"))).isNull();
        assertThat(root.statIfPresent(bytes("file"))).isNotNull();
    }

    @Test
    void open_symbolicLinkBelowRoot_isNotFollowed() throws IOException {
        root.createDirectory(bytes("folder"), 0755);
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("toFolder"), bytes("folder"));
        root.createSymlink(bytes("toFile"), bytes("file"));

        assertErrno(() -> root.openDirectory(bytes("toFolder")).close(), Errno.ELOOP, Errno.ENOTDIR);
        assertErrno(() -> root.openFile(bytes("toFile")).close(), Errno.ELOOP);
        try (Directory throughLink = open(temp.resolve("toFolder"))) {
            assertThat(names(throughLink)).isEmpty();
        }
    }

    @Test
    void createFile_somethingThere_refused() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("dangling"), bytes("outside"));
        root.createDirectory(bytes("folder"), 0755);

        for (String name : List.of("file", "dangling", "folder")) {
            assertErrno(() -> root.createFile(bytes(name), 0644).close(), Errno.EEXIST);
            assertErrno(() -> root.createDirectory(bytes(name), 0755), Errno.EEXIST);
            assertErrno(() -> root.createSymlink(bytes(name), bytes("t")), Errno.EEXIST);
        }
        assertThat(Files.exists(temp.resolve("outside"))).isFalse();
        assertThat(read(root, bytes("file"))).isEqualTo(bytes("x"));
    }

    @Test
    void readAndWrite_manyBlocksAtAnyPosition_sameBytes() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        byte[] content = new byte[700_001];
        random.nextBytes(content);
        try (OpenFile file = root.createFile(bytes("file"), 0600)) {
            int cut = random.nextInt(content.length);
            file.write(cut, content, cut, content.length - cut);
            file.write(0, content, 0, cut);
            file.sync();

            byte[] all = new byte[content.length + 10];
            assertThat(file.read(0, all, 5, content.length + 5)).isEqualTo(content.length);
            assertThat(Arrays.copyOfRange(all, 5, content.length + 5)).isEqualTo(content);
            for (int i = 0; i < 20; i++) {
                int from = random.nextInt(content.length);
                byte[] some = new byte[random.nextInt(300_000)];
                int expected = Math.min(some.length, content.length - from);
                assertThat(file.read(from, some, 0, some.length)).isEqualTo(expected);
                assertThat(Arrays.copyOf(some, expected)).isEqualTo(Arrays.copyOfRange(content, from, from + expected));
            }
            assertThat(file.read(content.length, all, 0, 1)).isEqualTo(-1);
            assertThat(file.read(1L << 40, all, 0, 1)).isEqualTo(-1);
            assertThat(file.read(content.length, all, 0, 0)).isZero();
            assertErrno(() -> file.read(-1, all, 0, 1), Errno.EINVAL);
            assertErrno(() -> file.write(-1, all, 0, 1), Errno.EINVAL);
            assertThatThrownBy(() -> file.read(0, all, all.length, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.write(0, all, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void openFile_forReading_refusesWriting() throws IOException {
        write(root, bytes("file"), bytes("x"));
        try (OpenFile file = root.openFile(bytes("file"))) {
            assertThatThrownBy(() -> file.write(0, bytes("y"), 0, 1)).isInstanceOf(Exception.class);
        }
        assertThat(read(root, bytes("file"))).isEqualTo(bytes("x"));
    }

    @Test
    void truncate_upAndDown_zerosBehind() throws IOException {
        try (OpenFile file = root.createFile(bytes("file"), 0600)) {
            file.write(0, bytes("abcdef"), 0, 6);
            file.truncate(3);
            file.truncate(5);
            assertThat(file.stat().size()).isEqualTo(5);
            assertErrno(() -> file.truncate(-1), Errno.EINVAL);
        }
        assertThat(read(root, bytes("file"))).isEqualTo(new byte[] {'a', 'b', 'c', 0, 0});
    }

    @Test
    void seek_dataAndHoles_coverTheFile() throws IOException {
        byte[] block = new byte[64 << 10];
        Arrays.fill(block, (byte) 7);
        long size = 4 << 20;
        try (OpenFile file = root.createFile(bytes("sparse"), 0600)) {
            file.write(1 << 20, block, 0, block.length);
            file.truncate(size);
            file.sync();

            long data = file.seekData(0);
            long hole = file.seekHole(data);
            if (root.capabilities().contains(Capability.HOLES)) {
                assertThat(data).isEqualTo(1 << 20);
                assertThat(hole).isEqualTo((1 << 20) + block.length);
                assertThat(file.seekData(hole)).isEqualTo(-1);
                assertThat(file.stat().mayHaveHoles()).isTrue();
            } else {
                assertThat(data).isZero();
                assertThat(hole).isEqualTo(size);
                assertThat(file.stat().mayHaveHoles()).isFalse();
            }
            assertThat(file.seekHole(size - 1)).isIn(size - 1, size);
            assertThat(file.seekData(size)).isEqualTo(-1);
            assertThat(file.seekHole(size)).isEqualTo(-1);
            file.expectSequential();
            file.dropCache(0, size);
        }
    }

    @Test
    void readLink_anyTarget_sameBytes() throws IOException {
        List<byte[]> targets = new ArrayList<>(List.of(
                bytes("plain"), bytes("../up/../and/down"), bytes("/absolute"), bytes("new\nline"), bytes(".")));
        if (root.capabilities().contains(Capability.RAW_NAMES)) {
            targets.add(raw('a', '/', 0xFF, 0x80));
        }
        for (int i = 0; i < targets.size(); i++) {
            byte[] name = bytes("link" + i);
            root.createSymlink(name, targets.get(i));
            assertThat(root.readLink(name)).isEqualTo(targets.get(i));
        }
        write(root, bytes("file"), bytes("x"));
        assertErrno(() -> root.readLink(bytes("file")), Errno.EINVAL);
        assertErrno(() -> root.readLink(bytes("absent")), Errno.ENOENT);
    }

    @Test
    void createSymlink_targetThatCannotBeOne_refused() throws IOException {
        assertThatThrownBy(() -> root.createSymlink(bytes("a"), bytes(""))).isInstanceOf(PosixException.class);
        assertThatThrownBy(() -> root.createSymlink(bytes("a"), bytes("x\0y"))).isInstanceOf(PosixException.class);
        assertThatThrownBy(() -> root.createSymlink(bytes("a"), new byte[5000])).isInstanceOf(PosixException.class);
        assertThat(names(root)).isEmpty();
    }

    @Test
    void createLink_file_isTheSameFile() throws IOException {
        root.createDirectory(bytes("folder"), 0755);
        write(root, bytes("file"), bytes("x"));
        try (Directory folder = root.openDirectory(bytes("folder"))) {
            folder.createLink(bytes("other"), root, bytes("file"));
            assertThat(read(folder, bytes("other"))).isEqualTo(bytes("x"));
            if (root.capabilities().contains(Capability.INODES)) {
                FileStat stat = root.stat(bytes("file"));
                assertThat(stat.links()).isEqualTo(2);
                assertThat(stat.sameFile(folder.stat(bytes("other")))).isTrue();
                assertThat(stat.sameFile(folder.stat())).isFalse();
            }
            assertErrno(() -> folder.createLink(bytes("other"), root, bytes("file")), Errno.EEXIST);
            assertErrno(() -> folder.createLink(bytes("new"), root, bytes("absent")), Errno.ENOENT);
        }
    }

    @Test
    void createLink_symbolicLink_linksItself() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("link"), bytes("file"));
        root.createLink(bytes("second"), root, bytes("link"));
        assertThat(root.stat(bytes("second")).type()).isEqualTo(FileType.SYMLINK);
    }

    @Test
    void rename_betweenFolders_replaces() throws IOException {
        root.createDirectory(bytes("folder"), 0755);
        write(root, bytes("new"), bytes("new"));
        try (Directory folder = root.openDirectory(bytes("folder"))) {
            write(folder, bytes("old"), bytes("old"));
            root.rename(bytes("new"), folder, bytes("old"));
            assertThat(read(folder, bytes("old"))).isEqualTo(bytes("new"));
            assertThat(root.statIfPresent(bytes("new"))).isNull();
            assertErrno(() -> root.rename(bytes("new"), folder, bytes("old")), Errno.ENOENT);
        }
    }

    @Test
    void remove_wrongKind_refused() throws IOException {
        root.createDirectory(bytes("folder"), 0755);
        write(root, bytes("file"), bytes("x"));
        root.createSymlink(bytes("link"), bytes("folder"));
        try (Directory folder = root.openDirectory(bytes("folder"))) {
            write(folder, bytes("inside"), bytes("x"));
            assertErrno(() -> root.removeDirectory(bytes("folder")), Errno.ENOTEMPTY);
            assertErrno(() -> root.removeDirectory(bytes("file")), Errno.ENOTDIR);
            assertErrno(() -> root.removeDirectory(bytes("link")), Errno.ENOTDIR);
            assertErrno(() -> root.removeFile(bytes("folder")), Errno.EISDIR);
            root.removeFile(bytes("link"));
            folder.removeFile(bytes("inside"));
        }
        root.removeDirectory(bytes("folder"));
        root.removeFile(bytes("file"));
        assertThat(names(root)).isEmpty();
        assertErrno(() -> root.removeFile(bytes("file")), Errno.ENOENT);
    }

    @Test
    void close_twice_thenEveryCallFails() throws IOException {
        write(root, bytes("file"), bytes("x"));
        root.createDirectory(bytes("folder"), 0755);
        OpenFile file = root.openFile(bytes("file"));
        Directory folder = root.openDirectory(bytes("folder"));
        file.close();
        file.close();
        folder.close();
        folder.close();

        assertErrno(() -> file.read(0, new byte[1], 0, 1), Errno.EBADF);
        assertErrno(() -> file.write(0, new byte[1], 0, 1), Errno.EBADF);
        assertErrno(() -> file.seekData(0), Errno.EBADF);
        assertErrno(file::sync, Errno.EBADF);
        assertErrno(file::stat, Errno.EBADF);
        assertErrno(() -> file.setTimes(1, 1), Errno.EBADF);
        assertErrno(folder::stat, Errno.EBADF);
        assertErrno(folder::list, Errno.EBADF);
        assertErrno(folder::sync, Errno.EBADF);
        assertErrno(() -> folder.stat(bytes("x")), Errno.EBADF);
        assertErrno(() -> folder.createFile(bytes("x"), 0644).close(), Errno.EBADF);
        assertErrno(() -> folder.createSymlink(bytes("x"), bytes("y")), Errno.EBADF);
        assertErrno(() -> folder.rename(bytes("x"), root, bytes("y")), Errno.EBADF);
        assertErrno(() -> root.rename(bytes("file"), folder, bytes("y")), Errno.EBADF);
        file.expectSequential();
    }

    @Test
    void sync_folder_works() throws IOException {
        root.sync();
    }

    @Test
    void move_ofAnOpenFolder_handleGoesWithIt() throws IOException {
        assumeCapability(Capability.NO_FOLLOW);
        root.createDirectory(bytes("outside"), 0755);
        root.createDirectory(bytes("folder"), 0755);
        try (Directory folder = root.openDirectory(bytes("folder"))) {
            root.rename(bytes("folder"), root, bytes("moved"));
            root.createSymlink(bytes("folder"), bytes("outside"));

            write(folder, bytes("file"), bytes("x"));
            folder.createDirectory(bytes("sub"), 0755);
            folder.createSymlink(bytes("link"), bytes("t"));
            assertErrno(() -> root.openDirectory(bytes("folder")).close(), Errno.ELOOP, Errno.ENOTDIR);
        }
        assertThat(temp.resolve("outside")).isEmptyDirectory();
        try (Directory moved = root.openDirectory(bytes("moved"))) {
            assertThat(names(moved)).hasSize(3);
        }
    }
}
