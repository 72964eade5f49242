package dev.cairn.cli.capture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cli.fixture.TestUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access lists in archives that GNU tar made, and in those that it reads. */
class AccessListArchiveTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void filesWithLists() throws Exception {
        for (String program : List.of("tar", "setfacl", "getfacl")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(":"))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                    "skipped: this machine has no " + program);
        }
        user = new TestUser(folder.resolve("home"));
        Path from = Files.createDirectories(folder.resolve("from"));
        Files.writeString(from.resolve("file"), "one");
        Files.writeString(from.resolve("plain"), "two");
        Files.createDirectory(from.resolve("folder"));
        assumeTrue(
                run("setfacl", "-m", "u:daemon:rw-,u:54321:---,g:daemon:r-x", "from/file") == 0,
                "skipped: this file system has no access lists");
        assertThat(run("setfacl", "-m", "u:root:rwx,d:u:daemon:r-x,d:g:54321:rwx", "from/folder"))
                .isZero();
        assertThat(run("setfacl", "-m", "d:u::rwx,d:g::r-x,d:o::---", "from")).isZero();
    }

    @Test
    void import_ofWhatGnuTarWroteWithAcls_isTheManifestOfACaptureOfTheFiles() throws Exception {
        assertThat(run("tar", "--acls", "-cf", "gnu.tar", "-C", "from", ".")).isZero();
        assertThat(text("gnu.tar"))
                .contains("SCHILY.acl.access=", "SCHILY.acl.default=")
                .doesNotContain("SCHILY.xattr");
        user.ok("snapshot", folder + "/from", "--branch", "files");
        user.ok("import", folder + "/gnu.tar", "--branch", "tar");
        assertThat(user.ok("diff", "files", "tar").out()).isEmpty();

        user.ok("restore", "tar", "--target", folder + "/restored");
        assertThat(lists("restored")).isEqualTo(lists("from")).contains("user:54321:---");
    }

    @Test
    void export_readByGnuTarWithAcls_hasTheLists() throws Exception {
        user.ok("snapshot", folder + "/from");
        user.ok("export", "main", "-o", folder + "/cairn.tar");
        for (List<String> options :
                List.of(List.of("--acls"), List.of("--acls", "--xattrs"), List.of("--xattrs", "--xattrs-include=*"))) {
            Path to = Files.createDirectory(folder.resolve("to" + options.size() + options.getFirst()));
            assertThat(run(Stream.of(List.of("tar", "-xpf", "cairn.tar", "-C", to.toString()), options)
                            .flatMap(List::stream)
                            .toArray(String[]::new)))
                    .isZero();
            assertThat(lists(to.getFileName().toString()))
                    .as(options.toString())
                    .isEqualTo(lists("from"));
        }
        user.ok("import", folder + "/cairn.tar", "--branch", "again");
        assertThat(user.ok("diff", "main", "again").out()).isEmpty();
    }

    @Test
    void import_listWithANameThatNobodyHasHere_isTold() throws Exception {
        assertThat(run("tar", "--acls", "-cf", "gnu.tar", "-C", "from", "file")).isZero();
        Path archive = folder.resolve("gnu.tar");
        Files.writeString(
                archive, Files.readString(archive, ISO_8859_1).replace("user:daemon:", "user:nobod?:"), ISO_8859_1);
        user.ok("init");
        TestUser.Ending ending = user.run("import", archive.toString(), "--json");
        assertThat(ending.exitCode()).isEqualTo(3);
        assertThat(ending.json().path("errors").toString())
                .contains("SCHILY.acl.access", "this machine has no user 'nobod?'");
    }

    private String text(String file) throws IOException {
        return new String(Files.readAllBytes(folder.resolve(file)), UTF_8);
    }

    private String lists(String top) throws Exception {
        Process process = new ProcessBuilder("getfacl", "-n", "-R", ".")
                .directory(folder.resolve(top).toFile())
                .start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return text.lines().sorted().toList().toString();
    }

    private int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start()
                .waitFor();
    }
}
