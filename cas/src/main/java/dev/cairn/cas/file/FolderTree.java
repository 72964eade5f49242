package dev.cairn.cas.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders with all that is in them. */
public final class FolderTree {

    private FolderTree() {}

    /**
     * Removes a file, or a folder with all that is in it, if it is there. Nothing outside goes: links are removed, not followed. Nothing is
     * synced. Holds the paths of all that is in it.
     *
     * @throws IOException if something cannot be removed; what came before it is gone by then
     */
    public static void deleteIfExists(Path top) throws IOException {
        if (!Files.exists(top)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(top)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw new IOException("a folder cannot be listed: " + e.getMessage(), e);
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
