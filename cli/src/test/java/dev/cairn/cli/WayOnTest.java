package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
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
        Path other = user.home.resolve("other");
        user.write("other/file", "x");
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

    @Test
    void choice_thatThereIsNot_isToldInTheWordsOfTheHelp() {
        assertThat(told(2, "restore", "main", "--target", "t", "--overwrite", "sometimes"))
                .contains("expected always or changed or never, not 'sometimes'");
        assertThat(told(2, "export", "main", "--format", "arj")).contains("expected tar or tar.zst or zip, not 'arj'");
        assertThat(told(2, "key", "add")).contains("--new-password").doesNotContain("Error:");
    }

    @Test
    void file_thatIsNotThere_isToldWithTheWayOn() {
        hasSnapshot();
        String none = folder.resolve("none").toString();
        String data = user.home.resolve("data").toString();
        for (String[] line : new String[][] {
            {"snapshot", data, "--exclude-file", none},
            {"snapshot", "--files-from", none},
            {"import", none},
            {"rdiff", "signature", none, folder.resolve("s").toString()}
        }) {
            assertThat(told(1, line)).contains(none, "Check the path");
        }
    }

    @Test
    void recoveryCodeFile_thatIsEmpty_isNotCalledAPasswordFile() {
        hasSnapshot();
        String empty = user.write("code", "").toString();
        assertThat(told(12, "snapshots", "--recovery-code-file", empty))
                .contains("the recovery code's file " + empty + " is empty");
    }

    @Test
    void id_ofFewerThanSixDigits_isToldHowManyItTakes() {
        hasSnapshot();
        assertThat(told(1, "ls", "ab12f")).contains("six digits or more");
        assertThat(told(1, "ls", "none")).doesNotContain("six digits");
    }

    /** A verification is not noted: advising it would leave the warning where it is. */
    @Test
    void doctor_ofVolumesNeverLookedThrough_advisesWhatEndsTheWarning() {
        hasSnapshot();
        assertThat(user.run("doctor").out()).contains("never looked through").doesNotContain("or 'cairn verify");
        user.ok("scrub");
        assertThat(user.run("doctor").out()).contains("every volume was looked through");
    }

    /** They look at whole snapshots: a path, there or not, must not be answered as if it had been looked at. */
    @Test
    void verifyAndDrill_ofAPath_areWrongUsage() {
        hasSnapshot();
        for (String command : new String[] {"verify", "drill"}) {
            for (String path : new String[] {"main:one", "main:none"}) {
                assertThat(told(2, command, path)).contains("a whole snapshot is wanted", "Leave out");
            }
            user.ok(command, "main");
        }
    }

    @Test
    void init_inAFolderWithFiles_doesNotAdviseARepositoryThatIsNot() {
        Path other = user.home.resolve("other");
        user.write("other/file", "x");
        assertThat(told(1, "init", "-r", other.toString()))
                .contains("is not an empty folder", "Name a folder that is empty")
                .doesNotContain("repository that is there");
    }

    @Test
    void output_whereThisUserMayNotWrite_isNamedAsItWasGiven() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may write anywhere");
        hasSnapshot();
        Path closed = Files.createDirectories(folder.resolve("closed"));
        String output = closed.resolve("all.tar").toString();
        Files.setPosixFilePermissions(closed, Set.of(PosixFilePermission.OWNER_READ));
        try {
            assertThat(told(1, "export", "main", "-o", output)).contains("permission denied: " + output, "Choose");
        } finally {
            Files.setPosixFilePermissions(closed, Set.of(PosixFilePermission.values()));
        }
    }

    @Test
    void serversData_thatIsClosedToThisUser_isNotCalledNone() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read everything");
        Path data = Files.createDirectories(folder.resolve("server"));
        Files.setPosixFilePermissions(data, Set.of());
        try {
            assertThat(told(1, "device", "list", "--data", data.toString()))
                    .contains("may not be read by this user", "the user that the server runs as")
                    .doesNotContain("cairn serve");
        } finally {
            Files.setPosixFilePermissions(data, Set.of(PosixFilePermission.values()));
        }
    }
}
