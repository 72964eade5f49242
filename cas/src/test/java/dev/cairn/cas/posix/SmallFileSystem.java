package dev.cairn.cas.posix;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory, mounted for as long as this is open. Takes root and the right to mount; else the test is skipped. */
public final class SmallFileSystem implements AutoCloseable {
    private final Path folder;

    private SmallFileSystem(Path folder) {
        this.folder = folder;
    }

    /** Mounts one of {@code size}, such as {@code 1m}, at {@code folder}, which is made if it is missing. */
    public static SmallFileSystem mount(Path folder, String size) throws IOException {
        DirectoryFixture.assumeRoot();
        assumeTrue(DirectoryFixture.installed("mount"), "mount is not installed");
        Files.createDirectories(folder);
        Process mount = new ProcessBuilder(
                        "mount", "-t", "tmpfs", "-o", "size=" + size, "cairn-test", folder.toString())
                .redirectErrorStream(true)
                .start();
        assumeTrue(mount.onExit().join().exitValue() == 0, "may not mount here");
        return new SmallFileSystem(folder);
    }

    /** Makes it smaller or larger. */
    public void resize(String size) throws IOException {
        DirectoryFixture.run("mount", "-o", "remount,size=" + size, folder.toString());
    }

    /** From now on nothing in it can be changed. */
    public void makeReadOnly() throws IOException {
        DirectoryFixture.run("mount", "-o", "remount,ro", folder.toString());
    }

    @Override
    public void close() throws IOException {
        DirectoryFixture.run("umount", folder.toString());
    }
}
