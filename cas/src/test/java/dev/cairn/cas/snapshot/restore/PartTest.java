package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** A part of a snapshot: a folder, or one file. */
final class PartTest extends RestoreFixture {

    private ObjectId root = new ObjectId(0, 0, 0, 0);

    private void captureSome() throws IOException {
        write("a", "beside");
        write("d/e/f", "deep");
        write("d/g", noise(70_000, 1));
        Files.createSymbolicLink(source.resolve("d/link"), Path.of("g"));
        try (Directory folder = Directory.open(source.resolve("d"))) {
            folder.chmod(0710);
            folder.setTimes(1_000_000, 5);
        }
        root = capture();
    }

    @Test
    void run_folder_becomesTheTargetItself() throws IOException {
        captureSome();
        Files.createDirectories(target);
        Files.writeString(target.resolve("besides"), "1");

        RestoreResult result = restoreWhole(deleting(plan(root, "d")));

        assertThat(TreePicture.of(target).lines())
                .isEqualTo(TreePicture.of(source.resolve("d")).lines());
        assertThat(result.files()).isEqualTo(3);
        assertThat(result.directories()).isEqualTo(1);
        assertThat(result.removed()).isEqualTo(1);
    }

    @Test
    void run_loneFile_isPutIntoTheTargetAndNothingElseChanges() throws IOException {
        captureSome();
        Files.createDirectories(target);
        Files.writeString(target.resolve("besides"), "1");

        RestoreResult result = restoreWhole(verifying(deleting(plan(root, "d/g"))));

        assertThat(target.resolve("besides")).hasContent("1");
        assertThat(TreePicture.of(target).lines().get("g"))
                .isEqualTo(TreePicture.of(source).lines().get("d/g"));
        assertThat(TreePicture.of(target).lines()).hasSize(3);
        assertThat(result.files()).isEqualTo(1);
        assertThat(result.verified()).isEqualTo(1);
        assertThat(TreePicture.of(target).stat(".").mode()).isEqualTo(0755);
    }

    @Test
    void run_loneLink_isPutIntoTheTarget() throws IOException {
        captureSome();

        restoreWhole(verifying(plan(root, "d/link")));

        assertThat(TreePicture.of(target).lines().get("link"))
                .isEqualTo(TreePicture.of(source).lines().get("d/link"));
    }

    @Test
    void run_nothingThere_saysSoAndMakesNoTarget() throws IOException {
        captureSome();

        assertThatThrownBy(() -> restore(plan(root, "d/none")))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("d/none");
        assertThatThrownBy(() -> restore(plan(root, "d/g/beneath a file"))).isInstanceOf(NoSuchElementException.class);
        assertThat(target).doesNotExist();
    }

    @Test
    void run_targetWithMissingFoldersAboveIt_makesThem() throws IOException {
        captureSome();
        target = temp.resolve("new/folders//target/");

        restoreWhole(plan(root, "d"));

        assertThat(TreePicture.of(target).lines())
                .isEqualTo(TreePicture.of(source.resolve("d")).lines());
    }
}
