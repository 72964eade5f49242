package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A tree with one of everything that a file system can hold. What only root can make is left out for others. */
final class EverythingThereIs {

    static final byte[] LONGEST_NAME = longest('n', 255);
    static final byte[] NOT_UTF8 = {'n', (byte) 0xFF, (byte) 0xC3};
    static final byte[] LINES = RawName.of("two\nlines \u001b[1m");

    private final Directory root;
    private long seed;

    private EverythingThereIs(Directory root) {
        this.root = root;
    }

    /** Makes it in an empty folder. */
    static void make(Path folder) throws IOException {
        try (Directory root = Directory.open(folder)) {
            EverythingThereIs tree = new EverythingThereIs(root);
            tree.files();
            tree.sparseFiles();
            tree.links();
            tree.specialFiles();
            tree.attributes();
            tree.modesAndOwners();
            tree.times();
            root.chmod(0750);
            root.setTimes(1_500_000_000, 123_456_789);
        }
    }

    static boolean isSuperuser() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static byte[] longest(char letter, int bytes) {
        byte[] name = new byte[bytes];
        Arrays.fill(name, (byte) letter);
        return name;
    }

    private void file(Directory folder, byte[] name, int bytes) throws IOException {
        try (OpenFile file = folder.createFile(name, 0644)) {
            file.write(0, RestoreFixture.noise(bytes, ++seed), 0, bytes);
        }
    }

    private Directory folder(Directory parent, String name) throws IOException {
        parent.createDirectory(RawName.of(name), 0755);
        return parent.openDirectory(RawName.of(name));
    }

    private void files() throws IOException {
        try (Directory folder = folder(root, "files")) {
            file(folder, RawName.of("empty"), 0);
            file(folder, RawName.of("tiny"), 5);
            file(folder, RawName.of("inline"), 512);
            file(folder, RawName.of("chunk"), 513);
            file(folder, RawName.of("large"), 3_000_000);
            file(folder, LONGEST_NAME, 7);
            file(folder, NOT_UTF8, 8);
            file(folder, LINES, 9);
            folder(folder, "empty folder").close();
            folder.createDirectory(longest('d', 255), 0700);
        }
    }

    private void sparseFiles() throws IOException {
        try (Directory folder = folder(root, "sparse");
                OpenFile hole = folder.createFile(RawName.of("all hole"), 0644);
                OpenFile between = folder.createFile(RawName.of("data between"), 0644);
                OpenFile around = folder.createFile(RawName.of("data around"), 0644)) {
            hole.truncate(5 << 20);
            between.truncate(8 << 20);
            between.write(2 << 20, RestoreFixture.noise(1 << 20, 50), 0, 1 << 20);
            around.write(0, RestoreFixture.noise(4096, 51), 0, 4096);
            around.write(3 << 20, RestoreFixture.noise(4096, 52), 0, 4096);
        }
    }

    private void links() throws IOException {
        try (Directory folder = folder(root, "links");
                Directory inner = folder(folder, "inner")) {
            folder.createSymlink(RawName.of("relative"), RawName.of("../files/tiny"));
            folder.createSymlink(RawName.of("to a folder"), RawName.of("inner"));
            folder.createSymlink(RawName.of("nowhere"), RawName.of("/does/not/exist"));
            folder.createSymlink(RawName.of("odd"), new byte[] {(byte) 0xFE, '\n', '.'});
            folder.createSymlink(RawName.of("long"), longest('t', 4000));
            file(inner, RawName.of("first"), 5000);
            inner.createLink(RawName.of("second"), inner, RawName.of("first"));
            folder.createLink(RawName.of("also"), inner, RawName.of("first"));
            root.createLink(RawName.of("zz last"), inner, RawName.of("first"));
            inner.createLink(RawName.of("nowhere either"), folder, RawName.of("nowhere"));
        }
    }

    private void specialFiles() throws IOException {
        try (Directory folder = folder(root, "special")) {
            folder.createNode(RawName.of("fifo"), FileType.FIFO, 0600, 0, 0);
            folder.createNode(RawName.of("socket"), FileType.SOCKET, 0600, 0, 0);
            folder.createLink(RawName.of("the fifo too"), folder, RawName.of("fifo"));
            if (isSuperuser()) {
                folder.createNode(RawName.of("null"), FileType.CHARACTER_DEVICE, 0600, 1, 3);
                folder.createNode(RawName.of("large numbers"), FileType.BLOCK_DEVICE, 0600, 0xABC, 0xFEDCB);
            }
        }
    }

    private void attributes() throws IOException {
        try (Directory folder = folder(root, "attributes");
                Directory inner = folder(folder, "with default list")) {
            file(folder, RawName.of("user"), 10);
            folder.setXattr(RawName.of("user"), RawName.of("user.short"), RawName.of("value"));
            folder.setXattr(RawName.of("user"), RawName.of("user.none"), new byte[0]);
            file(folder, RawName.of("long"), 10);
            folder.setXattr(RawName.of("long"), RawName.of("user.long"), RestoreFixture.noise(3000, 60));
            file(folder, RawName.of("list"), 10);
            folder.setXattr(RawName.of("list"), RawName.of(AccessControl.ACCESS), AccessControl.alsoReadableBy(4321));
            folder.setXattr(RawName.of("user.folder"), RawName.of("x"));
            inner.setXattr(RawName.of(AccessControl.DEFAULT), AccessControl.alsoReadableBy(4321));
            // Inherits the list of its folder.
            file(inner, RawName.of("inherits"), 10);
            // Had one, and has none any more.
            file(inner, RawName.of("does not"), 10);
            inner.removeXattr(RawName.of("does not"), RawName.of(AccessControl.ACCESS));
            if (isSuperuser()) {
                file(folder, RawName.of("capable"), 10);
                folder.chown(RawName.of("capable"), 1234, 5678);
                folder.setXattr(
                        RawName.of("capable"), RawName.of(AccessControl.CAPABILITY), AccessControl.bindLowPorts());
                folder.createSymlink(RawName.of("trusted link"), RawName.of("user"));
                folder.setXattr(RawName.of("trusted link"), RawName.of("trusted.t"), RawName.of("value"));
            }
        }
    }

    private void modesAndOwners() throws IOException {
        try (Directory folder = folder(root, "modes");
                Directory readOnly = folder(folder, "read only")) {
            int[] modes = {0, 0400, 0200, 0777, 01644, 02755, 04755, 06711, 07777};
            for (int mode : modes) {
                if ((mode & 0400) == 0 && !isSuperuser()) {
                    // Nobody else could capture it.
                    continue;
                }
                byte[] name = RawName.of("file %04o".formatted(mode));
                file(folder, name, 3);
                folder.chmod(name, mode);
                byte[] inner = RawName.of("folder %04o".formatted(mode));
                folder.createDirectory(inner, 0700);
                folder.chmod(inner, mode | 0500);
            }
            file(readOnly, RawName.of("content"), 1000);
            readOnly.createDirectory(RawName.of("deeper"), 0755);
            readOnly.chmod(0555);
            if (isSuperuser()) {
                byte[] theirs = RawName.of("somebody's, set-id");
                file(folder, theirs, 3);
                folder.chown(theirs, 1234, 5678);
                folder.chmod(theirs, 06755);
                folder.createSymlink(RawName.of("somebody's link"), RawName.of("x"));
                folder.chown(RawName.of("somebody's link"), 4_000_000_000L, 1);
                folder.chown(1, 2);
            }
        }
    }

    private void times() throws IOException {
        root.setTimes(RawName.of("zz last"), -86_400, 1);
        root.setTimes(RawName.of("special"), 4_000_000_000L, 999_999_999);
        try (Directory folder = root.openDirectory(RawName.of("links"))) {
            folder.setTimes(RawName.of("nowhere"), 1_000_000_000, 111_111_111);
            folder.setTimes(RawName.of("inner"), 1_100_000_000, 222_222_222);
        }
        root.setTimes(RawName.of("links"), 1_200_000_000, 333_333_333);
        try (Directory folder = root.openDirectory(RawName.of("special"))) {
            folder.setTimes(RawName.of("fifo"), 1_300_000_000, 444_444_444);
        }
        root.setTimes(RawName.of("special"), 1_400_000_000, 555_555_555);
    }
}
