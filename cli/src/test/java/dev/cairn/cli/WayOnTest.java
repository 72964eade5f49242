package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

    @Test
    void duration_thatIsNone_namesTheOptionThatHasIt() {
        hasSnapshot();
        String url = "http://127.0.0.1:1/default/x";
        for (String[] line : new String[][] {
            {"snapshots", "--lock-wait", "soon"},
            {"push", "--retry-for", "soon"},
            {"pull", "--retry-for", "soon"},
            {"repair", "--retry-for", "soon"},
            {"remote", "add", "o", url, "--retry-for", "soon"},
            {"clone", url, folder.resolve("c").toString(), "--retry-for", "soon"},
            {"scrub", "--time", "soon"},
            {"scrub", "--older-than", "soon"},
            {"serve", "--data", folder.resolve("s").toString(), "--scrub-every", "soon"}
        }) {
            assertThat(told(2, line)).contains(line[line.length - 2] + ": not a duration: 'soon'");
        }
    }

    @Test
    void doctor_ofANamedRepositoryThatIsNotThere_isNoRepository() {
        String none = folder.resolve("none").toString();
        assertThat(told(10, "doctor", "-r", none)).contains("no repository at " + none, "cairn init -r");
        told(10, "--json", "doctor", "-r", none);
        user.ok("doctor");
    }

    @Test
    void profileList_withoutAFile_isNoMistakeUnlessOneWasNamed() {
        TestUser.Ending ending = user.ok("profile", "list");
        assertThat(ending.out()).contains("No profiles: there is no file", "config.toml");
        assertThat(user.json("profile", "list").path("profiles")).isEmpty();
        told(2, "profile", "list", "--config", folder.resolve("none.toml").toString());
        told(2, "-P", "x", "snapshots");
    }

    @Test
    void log_whereNoServerIs_namesWhatShowsTheHistoryOfARepository() {
        hasSnapshot();
        assertThat(told(10, "log")).contains("--data", "'cairn snapshots'").doesNotContain("cairn serve");
    }

    @Test
    void chunks_thatDoNotFit_areToldInTheWordsAndUnitsOfTheHelp() {
        for (String[] wrong : new String[][] {
            {"16/100/256", "the average size, 100 KiB, must be a power of two, such as 64 or 128"},
            {"64/16/256", "the average size, 16 KiB, must not be below the smallest, 64 KiB"},
            {"16/64/64", "the largest size, 64 KiB, must be above the average, 64 KiB"},
            {"0/64/256", "the smallest size, 0, must be at least 1 (KiB)"}
        }) {
            assertThat(told(2, "init", "--chunks", wrong[0]))
                    .contains("--chunks: " + wrong[1])
                    .doesNotContain("Bytes");
        }
    }

    @Test
    void verify_ofASnapshot_countsNoBytesWhereNoneAreRead() {
        user.write("data/two", "2".repeat(5000));
        hasSnapshot();
        assertThat(user.ok("verify", "main").out())
                .contains("Nothing is damaged: 3 files and folders, whose contents are there and were not read")
                .doesNotContain(" B ");
        assertThat(user.ok("verify", "main", "--data").out())
                .contains("3 files and folders, 5.00 kB with all contents");
    }

    @Test
    void newPasswordFile_thatIsNotThere_isNotTakenForOneThatOpens() {
        hasSnapshot();
        assertThat(told(
                        12,
                        "key",
                        "add",
                        "--new-password-file",
                        folder.resolve("none").toString()))
                .contains("becomes the password")
                .doesNotContain("recovery code");
    }

    @Test
    void keyFile_thatCannotBeWritten_isToldWithTheReasonAlone() {
        Path file = user.write("file", "x");
        assertThat(told(1, "key", "generate", file.resolve("key").toString()))
                .contains("cannot be written: " + file + " is no folder");
        assertThat(told(1, "key", "generate", "/proc/key"))
                .contains("cannot be written: ")
                .doesNotContain(".tmp");
    }

    @Test
    void keys_destroyed_areListedAsWords() {
        hasSnapshot();
        user.ok("key", "rotate", "--reseal");
        assertThat(user.ok("key", "rotate", "--finish").out()).contains("Destroyed: the keys of epoch 1.");
        assertThat(user.ok("-q", "key", "recovery").out()).isEmpty();
    }

    @Test
    void commandForTheStream_thatIsNot_isToldOnce() {
        hasSnapshot();
        assertThat(told(1, "snapshot", "--stdin", "x", "--stdin-from-command", "--", "no-such-command"))
                .contains("cannot run 'no-such-command': No such file or directory")
                .doesNotContain("Cannot run program", "error");
    }

    @Test
    void serve_thatCannotListen_leavesNoFolderBehind() throws IOException {
        Path data = folder.resolve("server");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThat(told(1, "serve", "--data", data.toString(), "--listen", address))
                    .contains("cannot listen on " + address, "in use");
        }
        assertThat(told(1, "serve", "--data", data.toString(), "--listen", "256.0.0.1:7000"))
                .contains("no machine has that name");
        String none = folder.resolve("none.pem").toString();
        told(1, "serve", "--data", data.toString(), "--tls-cert", none, "--tls-key", none);
        assertThat(data).doesNotExist();
    }
}
