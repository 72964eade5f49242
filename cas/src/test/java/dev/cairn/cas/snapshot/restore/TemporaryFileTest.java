package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stands in the target while a file is being made: nobody else can read it, and it has no right that it should not have yet. */
final class TemporaryFileTest extends RestoreFixture {

    private final List<String> calls = new ArrayList<>();

    @Test
    void next_manyNames_areSafeAndAllDifferent() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] name = TemporaryName.next();
            assertThat(RawName.isValid(name)).isTrue();
            names.add(new String(name, StandardCharsets.US_ASCII));
        }
        assertThat(names).hasSize(10_000).allMatch(name -> name.matches("\\.cairn-restore-[0-9a-f]{16}"));
    }

    /** Watches the temporary file of the one file that is restored: each call with the mode that the file has before it. */
    private void watch() {
        access = WatchedTarget.access((operation, name) -> {
            if (name.startsWith(TemporaryName.PREFIX)) {
                try (Directory folder = Directory.open(target)) {
                    FileStat stat = folder.statIfPresent(RawName.of(name));
                    calls.add(
                            stat == null ? operation : "%s of %d: %04o".formatted(operation, stat.uid(), stat.mode()));
                }
            } else if (operation.equals("rename")) {
                calls.add("rename to " + name);
            }
        });
    }

    @Test
    void run_file_isPrivateUntilItIsWholeAndGetsSetIdBitsLast() throws IOException {
        assumeTrue(EverythingThereIs.isSuperuser(), "only root may give files away");
        write("secret", noise(60_000, 1));
        try (Directory folder = Directory.open(source)) {
            byte[] name = RawName.of("secret");
            folder.setXattr(name, RawName.of("user.x"), RawName.of("1"));
            folder.chown(name, 1234, 5678);
            folder.chmod(name, 06755);
            folder.setXattr(name, RawName.of(AccessControl.CAPABILITY), AccessControl.bindLowPorts());
        }
        ObjectId root = capture();
        watch();

        restoreWhole(plan(root));

        assertTargetIsSource();
        assertThat(calls.stream().filter(call -> !call.startsWith("stat") && !call.startsWith("xattr")))
                .containsExactly(
                        "createFile",
                        "write of 0: 0600",
                        "chown of 0: 0600",
                        "setXattr of 1234: 0600",
                        "setXattr of 1234: 0600",
                        "chmod of 1234: 0600",
                        "setTimes of 1234: 6755",
                        "rename to secret");
    }

    @Test
    void run_umaskThatTakesNothing_makesNoDifference() throws IOException {
        write("d/a", "1");
        try (Directory folder = Directory.open(source)) {
            folder.chmod(RawName.of("d"), 0777);
            folder.chmod(0777);
        }
        ObjectId root = capture();
        List<String> modes = new ArrayList<>();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("createFile")) {
                modes.add("%04o".formatted(TreePicture.of(target).stat(".").mode()));
                modes.add("%04o".formatted(TreePicture.of(target).stat("d").mode()));
            }
        });

        restoreWhole(plan(root));

        assertThat(modes)
                .as("until all is in them, folders are closed to others")
                .containsExactly("0700", "0700");
        assertTargetIsSource();
    }

    /** The new content never shows under the name before it is whole, nor does the name vanish. */
    @Test
    void run_fileThatIsReplaced_isTheOldOneUntilTheRename() throws IOException {
        write("a", noise(70_000, 1));
        ObjectId root = capture();
        Files.createDirectory(target);
        Files.writeString(target.resolve("a"), "old");
        List<String> contents = new ArrayList<>();
        access = WatchedTarget.access((operation, name) -> {
            if (!operation.startsWith("list")) {
                contents.add(Files.size(target.resolve("a")) == 3 ? "old" : operation);
            }
        });

        restoreWhole(plan(root));

        // The attributes of the target are all that is looked at behind the rename.
        List<String> after =
                contents.stream().filter(call -> !call.equals("old")).toList();
        assertThat(after).isSubsetOf("stat", "xattrNames", "setTimes", "chmod");
        assertThat(contents).startsWith("old", "old", "old");
    }
}
