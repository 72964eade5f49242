package dev.cairn.cas.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void deleteIfExists_folderWithLinkToAnother_leavesTheOther() throws IOException {
        Path kept = Files.writeString(
                Files.createDirectories(folder.resolve("other")).resolve("kept"), "x");
        Path tree = folder.resolve("tree");
        Files.writeString(Files.createDirectories(tree.resolve("a/b")).resolve("c"), "y");
        Files.createSymbolicLink(tree.resolve("a/link"), folder.resolve("other"));

        FolderTree.deleteIfExists(tree);

        assertThat(tree).doesNotExist();
        assertThat(kept).hasContent("x");
        FolderTree.deleteIfExists(tree);
    }
}
