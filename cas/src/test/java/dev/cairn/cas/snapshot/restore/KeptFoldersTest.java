package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The repository that a restore reads from is neither removed nor written into, wherever it stands. */
final class KeptFoldersTest extends RestoreFixture {

    private Path kept = Path.of("");

    @BeforeEach
    void keptFolder() throws IOException {
        Files.createDirectory(target);
        kept = target.resolve("d/kept");
        Files.createDirectories(kept.resolve("index"));
        Files.writeString(kept.resolve("index/data"), "precious");
        Files.writeString(kept.resolve("z"), "precious");
    }

    private void assertUnchanged(SortedMap<String, String> before) throws IOException {
        assertThat(TreePicture.of(kept).identities()).isEqualTo(before);
    }

    @Test
    void deleting_surplusThatHoldsIt_staysAndIsListed() throws IOException {
        write("a", "1");
        ObjectId root = capture();
        SortedMap<String, String> before = TreePicture.of(kept).identities();

        RestoreResult result = restore(deleting(plan(root), kept));

        assertUnchanged(before);
        assertThat(target.resolve("a")).hasContent("1");
        assertThat(result.errors()).singleElement().satisfies(error -> {
            assertThat(error.path()).hasToString("d");
            assertThat(error.reason()).contains("repository in use");
        });
    }

    @Test
    void deleting_folderOfTheSnapshotInItsPlace_isNotEntered() throws IOException {
        write("d/kept/index/other", "1");
        Files.createSymbolicLink(source.resolve("d/kept/link"), Path.of("x"));
        write("d/z", "1");
        ObjectId root = capture();
        SortedMap<String, String> before = TreePicture.of(kept).identities();

        RestoreResult result = restore(verifying(deleting(plan(root), kept)));

        assertUnchanged(before);
        assertThat(target.resolve("d/z")).hasContent("1");
        assertThat(result.errors())
                .extracting(error -> error.path().toString())
                .containsExactly("d/kept", "d/kept/index", "d/kept/index/other", "d/kept/link");
    }

    @Test
    void deleting_fileOfTheSnapshotInItsPlace_isLeftOut() throws IOException {
        write("d/kept", "a file");
        ObjectId root = capture();
        SortedMap<String, String> before = TreePicture.of(kept).identities();

        RestoreResult result = restore(deleting(plan(root), kept));

        assertUnchanged(before);
        assertThat(result.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.path()).hasToString("d/kept"));
    }

    @Test
    void run_targetThatIsItOrStandsInIt_refused() throws IOException {
        write("a", "1");
        ObjectId root = capture();
        Path alias = Files.createSymbolicLink(temp.resolve("alias"), kept);
        SortedMap<String, String> before = TreePicture.of(kept).identities();
        Path[] targets = {
            kept,
            kept.resolve("index"),
            kept.resolve("index/new/folder"),
            alias,
            alias.resolve("index/.."),
            alias.resolve("n")
        };

        for (Path within : targets) {
            target = within;
            for (RestorePlan plan : new RestorePlan[] {deleting(plan(root), kept), dry(deleting(plan(root), kept))}) {
                assertThatThrownBy(() -> restore(plan))
                        .as("%s", within)
                        .isInstanceOf(StoreAccessException.class)
                        .hasMessageContaining("part of the repository");
            }
        }

        assertUnchanged(before);
    }

    @Test
    void run_keptFolderThatIsNotThere_needsNoKeeping() throws IOException {
        write("a", "1");
        ObjectId root = capture();

        restoreWhole(deleting(plan(root), temp.resolve("not there")));

        assertTargetIsSource();
    }
}
