package dev.cairn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckoutTest {
    private static final String ID = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Checkout deepInside() throws IOException {
        write("bench/target/benchmarks.jar", "");
        return new Checkout(root.resolve("bench/target/benchmarks.jar"));
    }

    @Test
    void commit_branch_isLookedUp() throws IOException {
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(".git/refs/heads/main", ID + "\n");
        assertThat(deepInside().commit()).contains(ID);
    }

    @Test
    void commit_packedBranch_isLookedUp() throws IOException {
        write(".git/HEAD", "ref: refs/heads/main\n");
        write(
                ".git/packed-refs",
                "# pack-refs with: peeled\n" + "f".repeat(40) + " refs/heads/remain\n" + ID + " refs/heads/main\n");
        assertThat(deepInside().commit()).contains(ID);
    }

    @Test
    void commit_detached_isTheHead() throws IOException {
        write(".git/HEAD", ID + "\n");
        assertThat(deepInside().commit()).contains(ID);
    }

    @Test
    void commit_linkedWorkingCopy_isFollowed() throws IOException {
        write(".git", "gitdir: elsewhere/worktrees/w\n");
        write("elsewhere/worktrees/w/HEAD", "ref: refs/heads/side\n");
        write("elsewhere/worktrees/w/commondir", "../..\n");
        write("elsewhere/refs/heads/side", ID + "\n");
        assertThat(deepInside().commit()).contains(ID);
    }

    @Test
    void commit_nonsenseOrNothing_isUnknown() throws IOException {
        write(".git/HEAD", "ref: refs/heads/../../../secret\n");
        assertThat(deepInside().commit()).isEmpty();
        write(".git/HEAD", "no id\n");
        assertThat(deepInside().commit()).isEmpty();
        write(".git/HEAD", "ref: refs/heads/unborn\n");
        assertThat(deepInside().commit()).isEmpty();
        assertThat(new Checkout(null).commit()).isEmpty();
    }
}
