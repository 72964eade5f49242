package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of somebody who is new to it: the right exit code, and what to do next. */
class WayOnTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    private void hasSnapshot() {
        user.write("data/one", "1");
        user.ok("snapshot", user.home.resolve("data").toString());
    }

    private String told(int code, String... line) {
        TestUser.Ending ending = user.run(line);
        assertThat(ending.exitCode())
                .as("%s: %s", String.join(" ", line), ending)
                .isEqualTo(code);
        return ending.err();
    }

    @Test
    void remotes_ofAFolderWithoutARepository_areNoRepository() {
        Path other = user.write("other/file", "x").getParent();
        for (String[] line : new String[][] {
            {"remote", "list"},
            {"remote", "remove", "origin"},
            {"push"},
            {"pull"},
            {"branch", "delete", "main", "--remote", "origin"}
        }) {
            String[] all = Arrays.copyOf(line, line.length + 2);
            all[line.length] = "-r";
            all[line.length + 1] = other.toString();
            assertThat(told(10, all)).contains("no repository at " + other, "cairn init");
            all[line.length + 1] = other.resolve("file").toString();
            assertThat(told(10, all)).contains("That is a file");
        }
        assertThat(other.resolve("remotes.json")).doesNotExist();
    }

    @Test
    void tag_thatIsNone_isRefusedWhereverItIsGiven() {
        hasSnapshot();
        String data = user.home.resolve("data").toString();
        String archive = folder.resolve("all.tar").toString();
        user.ok("export", "main", "-o", archive);
        for (String tag : new String[] {"", "x".repeat(1025)}) {
            assertThat(told(2, "snapshot", data, "--tag", tag)).contains("a tag has 1 to", "short name");
            assertThat(told(2, "import", archive, "--tag", tag)).contains("a tag has 1 to");
            assertThat(told(2, "tag", "add", "main", tag)).contains("a tag has 1 to", "short name");
        }
    }
}
