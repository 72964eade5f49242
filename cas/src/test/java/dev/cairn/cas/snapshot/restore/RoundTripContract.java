package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was captured comes back as it was, on whatever file system. */
abstract class RoundTripContract extends RestoreFixture {

    @Test
    void run_everythingThereIs_comesBackTheSame() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();

        RestoreResult result = restoreWhole(verifying(plan(root)));

        assertTargetIsSource();
        SortedMap<String, String> lines = TreePicture.of(source).lines();
        long folders = lines.values().stream()
                .filter(line -> line.startsWith(FileType.DIRECTORY.name()))
                .count();
        assertThat(result.directories()).isEqualTo(folders - 1);
        assertThat(result.files()).isEqualTo(lines.size() - folders);
        assertThat(result.filesSkipped()).isZero();
        assertThat(result.verified())
                .isEqualTo(lines.values().stream()
                        .filter(line -> line.startsWith(FileType.REGULAR.name()))
                        .count());
        assertThat(result.ownersKept()).isFalse();
    }

    @Test
    void run_overAnIdenticalTree_touchesNothing() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();
        restoreWhole(plan(root));
        SortedMap<String, String> before = TreePicture.of(target).identities();

        RestoreResult again = restoreWhole(deleting(plan(root)));
        RestoreResult verified = restoreWhole(verifying(plan(root)));

        assertThat(TreePicture.of(target).identities()).isEqualTo(before);
        for (RestoreResult result : new RestoreResult[] {again, verified}) {
            assertThat(result.files()).isZero();
            assertThat(result.directories()).isZero();
            assertThat(result.bytes()).isZero();
            assertThat(result.removed()).isZero();
            assertThat(result.filesSkipped()).isPositive();
        }
    }

    @Test
    void run_onTheSourceItself_touchesNothing() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();
        SortedMap<String, String> before = TreePicture.of(source).identities();
        target = source;

        restoreWhole(deleting(plan(root)));

        assertThat(TreePicture.of(source).identities()).isEqualTo(before);
    }

    @Test
    void run_alwaysOverAnIdenticalTree_writesEveryFileAgain() throws IOException {
        EverythingThereIs.make(source);
        ObjectId root = capture();
        RestoreResult first = restoreWhole(plan(root));
        TreePicture before = TreePicture.of(target);

        RestoreResult again = restoreWhole(overwriting(plan(root), Overwrite.ALWAYS));

        assertTargetIsSource();
        assertThat(again.files()).isEqualTo(first.files());
        assertThat(again.bytes()).isEqualTo(first.bytes());
        assertThat(TreePicture.of(target).stat("files/tiny").inode())
                .isNotEqualTo(before.stat("files/tiny").inode());
    }

    /** Any tree over any other: with all that is besides removed, the target is the snapshot. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4, 7, 8})
    void run_deletingOverAnotherTree_makesItEqual(long seed) throws IOException {
        System.out.println("seed=" + seed);
        new RandomTree(new Random(seed)).make(source);
        Files.createDirectory(target);
        new RandomTree(new Random(seed + 100)).make(target);
        ObjectId root = capture();

        RestorePlan plan = deleting(plan(root));
        RestoreResult expected = restore(dry(plan));
        RestoreResult result = restoreWhole(plan);

        assertTargetIsSource();
        assertThat(result).isEqualTo(expected);
    }

    @Test
    void run_pathsBeyondTheSystemsLimit_comeBack() throws IOException {
        byte[] name = new byte[250];
        Arrays.fill(name, (byte) 'p');
        int depth = 60;
        Directory folder = Directory.open(source);
        for (int level = 0; level < depth; level++) {
            folder.createDirectory(name, 0755);
            Directory next = folder.openDirectory(name);
            folder.createSymlink(RawName.of("link"), RawName.of("file"));
            try (OpenFile file = folder.createFile(RawName.of("file"), 0644)) {
                file.write(0, noise(600, level), 0, 600);
            }
            folder.setTimes(1_600_000_000 + level, level);
            folder.close();
            folder = next;
        }
        // Linked to one near the top: it is reached from the root again.
        try (Directory root = Directory.open(source)) {
            folder.createLink(RawName.of("linked"), root, RawName.of("file"));
        }
        folder.close();
        ObjectId root = capture();

        RestoreResult result = restoreWhole(verifying(plan(root)));

        assertTargetIsSource();
        assertThat(result.files()).isEqualTo(2 * depth + 1);
        assertThat(result.verified()).isEqualTo(depth + 1);
        // A path of that length is more than the tests' own cleaning takes.
        for (Path tree : new Path[] {source, target}) {
            Path above = Objects.requireNonNull(tree.getParent());
            assertThat(removeAll(above, String.valueOf(tree.getFileName()))).isEqualTo(3 * depth + 2);
        }
    }
}
