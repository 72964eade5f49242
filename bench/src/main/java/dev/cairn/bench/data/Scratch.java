package dev.cairn.bench.data;

import dev.cairn.cas.file.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A temporary folder for what a benchmark keeps on disk, gone when it is closed. It stands in the folder of the system property
 * {@value #PROPERTY}, else in the system's own for temporary files: whatever file system that is, is measured too.
 */
public final class Scratch implements AutoCloseable {

    /** Names the folder to work in. */
    public static final String PROPERTY = "cairn.bench.dir";

    private final Path folder;
    private int fresh;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** A new folder. */
    public static Scratch make() throws IOException {
        Path above = Path.of(System.getProperty(PROPERTY, System.getProperty("java.io.tmpdir")));
        Files.createDirectories(above);
        return new Scratch(Files.createTempDirectory(above, "cairn-bench-"));
    }

    /** The path of {@code name} in it. Nothing is made. */
    public Path path(String name) {
        return folder.resolve(name);
    }

    /** A path in it that was never given before. Nothing is made. */
    public Path fresh() {
        fresh++;
        return folder.resolve("fresh-" + fresh);
    }

    /** Removes a file or a folder with all that is in it, if it is there. */
    public static void delete(Path top) throws IOException {
        FolderTree.deleteIfExists(top);
    }

    @Override
    public void close() throws IOException {
        delete(folder);
    }
}
