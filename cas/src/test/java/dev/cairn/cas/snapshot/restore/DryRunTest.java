package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dry run writes nothing, and says what a run would do. */
final class DryRunTest extends RestoreFixture {

    @Test
    void dryRun_targetThatIsNotThere_saysTheSameAndMakesNothing() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();

        RestoreResult expected = restore(dry(plan(root)));

        assertThat(target).doesNotExist();
        RestoreResult result = restoreWhole(plan(root));
        assertThat(result).isEqualTo(expected);
        assertThat(result.bytes()).isGreaterThan(3_000_000);
    }

    @Test
    void dryRun_loneFileAndNoTarget_saysTheSameAndMakesNothing() throws IOException {
        write("d/a", noise(70_000, 1));
        Files.createLink(source.resolve("d/b"), source.resolve("d/a"));
        ObjectId root = capture();

        RestoreResult expected = restore(dry(plan(root, "d/b")));

        assertThat(target).doesNotExist();
        assertThat(expected.bytes()).isEqualTo(70_000);
        assertThat(restoreWhole(plan(root, "d/b"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void dryRun_overAnotherTree_saysTheSameAndChangesNothing(Overwrite overwrite) throws IOException {
        for (long seed = 1; seed <= 2; seed++) {
            System.out.println("seed=" + seed);
            source = Files.createDirectory(temp.resolve("source-" + seed));
            target = Files.createDirectory(temp.resolve("target-" + seed));
            new RandomTree(new Random(seed)).make(source);
            new RandomTree(new Random(seed + 200)).make(target);
            ObjectId root = capture();
            SortedMap<String, String> before = TreePicture.of(target).identities();
            RestorePlan plan = overwriting(deleting(plan(root)), overwrite);

            RestoreResult expected = restore(dry(plan));

            assertThat(TreePicture.of(target).identities()).as("seed=%d", seed).isEqualTo(before);
            assertThat(restore(plan)).as("seed=%d", seed).isEqualTo(expected);
        }
    }

    @Test
    void dryRun_withoutDeleting_listsWhatStandsInTheWay() throws IOException {
        write("a", "file");
        ObjectId root = capture();
        Files.createDirectories(target.resolve("a"));

        RestoreResult expected = restore(dry(plan(root)));

        assertThat(expected.errors()).singleElement().satisfies(error -> {
            assertThat(error.path()).hasToString("a");
            assertThat(error.reason()).contains("--delete");
        });
        assertThat(restore(plan(root))).isEqualTo(expected);
    }

    @Test
    void dryRun_targetThatIsAFile_refused() throws IOException {
        write("a", "file");
        ObjectId root = capture();
        Files.writeString(target, "mine");

        for (RestorePlan plan : new RestorePlan[] {dry(plan(root)), plan(root)}) {
            assertThatThrownBy(() -> restore(plan))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("is not a folder");
        }
        assertThat(target).hasContent("mine");
    }

    @Test
    void dryRun_targetThatIsALinkToNowhere_makesNothingEither() throws IOException {
        write("a", "file");
        ObjectId root = capture();
        Files.createSymbolicLink(target, Path.of("nowhere"));

        assertThat(restore(dry(plan(root))).files()).isEqualTo(1);
        assertThatThrownBy(() -> restore(plan(root))).isInstanceOf(StoreAccessException.class);
        assertThat(temp.resolve("nowhere")).doesNotExist();
    }
}
