package dev.cairn.cli.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.fixture.TestUser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cairn export} and {@code cairn import}. */
@ResourceLock("System.in")
class ArchiveCommandsTest extends SmallSnapshotFixture {

    private Path archive(String name) {
        return folder.resolve(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.tar", "x.tar.zst", "x.zip"})
    void exportThenImport_byName_bringsFilesBack(String name) {
        String file = archive(name).toString();
        JsonNode exported = user.json("export", "main", "-o", file);
        assertThat(exported.path("format").asText()).isEqualTo(name.substring(2));
        assertThat(exported.path("files").asInt()).isEqualTo(2);
        assertThat(exported.path("bytes").asInt()).isEqualTo(300_005);
        assertThat(exported.path("archiveBytes").asLong())
                .isEqualTo(archive(name).toFile().length());

        JsonNode imported = user.json("import", file, "--branch", "copy", "--tag", "t");
        assertThat(imported.path("branch").asText()).isEqualTo("copy");
        assertThat(imported.path("files").asInt()).isEqualTo(2);
        assertThat(imported.path("chunksNew").asInt()).isZero();
        assertThat(imported.path("errors")).isEmpty();
        assertThat(user.ok("cat", "copy:a.txt").out()).isEqualTo("alpha");
        JsonNode listed =
                user.ok("snapshots", "--branch", "copy", "--json").jsonLines().getFirst();
        assertThat(listed.toString()).contains(file, "\"t\"");
    }

    @Test
    void export_standardOutput_isTheArchiveAndNothingElse() throws IOException {
        String file = archive("x").toString();
        user.ok("export", "main:sub", "--format", "tar.zst", "-o", file);
        TestUser.Ending ending = user.ok("export", "main:sub", "--format", "tar.zst");
        assertThat(ending.outBytes()).isEqualTo(Files.readAllBytes(Path.of(file)));
    }

    @Test
    void export_fileThatIsThere_isReplacedOnlyWithForce() throws IOException {
        Path file = Files.writeString(archive("x.tar"), "mine");
        assertThat(user.run("export", "main", "-o", file.toString()).exitCode()).isEqualTo(1);
        assertThat(file).hasContent("mine");
        user.ok("export", "main", "-f", "-o", file.toString());
        assertThat(Files.size(file)).isGreaterThan(300_000);
    }

    @Test
    void export_nameOfAKindThatIsNotWritten_isWrongUsage() {
        TestUser.Ending ending =
                user.run("export", "main", "-o", archive("x.tar.gz").toString());
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains(".tar.zst");
        user.ok("export", "main", "--format", "tar", "-o", archive("x.tar.gz").toString());
    }

    @Test
    void export_noSuchPath_leavesNoFile() {
        Path file = archive("x.tar");
        assertThat(user.run("export", "main:nothing", "-o", file.toString()).exitCode())
                .isEqualTo(1);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("home", "data");
    }

    @Test
    void export_whatZipCannotHold_isListedAndPartial() throws IOException {
        Files.createLink(data().resolve("z"), data().resolve("a.txt"));
        user.ok("snapshot", data().toString());
        TestUser.Ending ending =
                user.run("export", "main", "-o", archive("x.zip").toString(), "--json");
        assertThat(ending.exitCode()).isEqualTo(3);
        assertThat(ending.json().path("errors").path(0).path("path").asText()).isEqualTo("z");
        assertThat(ending.err()).contains("not as it is: z: zip has no hard links");
    }

    @Test
    void import_standardInput_isRead() throws IOException {
        byte[] archive = user.ok("export", "main", "--format", "zip").outBytes();
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(archive));
            assertThat(user.json("import", "-", "--branch", "in").path("files").asInt())
                    .isEqualTo(2);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void import_damagedOrOther_saysSoAndMovesNothing() throws IOException {
        Path file = archive("x.tar");
        user.ok("export", "main", "-o", file.toString());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        String head = user.json("snapshots").toString();

        TestUser.Ending cut = user.run("import", file.toString(), "--json");
        assertThat(cut.exitCode()).isEqualTo(13);
        assertThat(cut.error().path("message").asText()).contains("damaged");
        Files.writeString(file, "no archive at all");
        assertThat(user.run("import", file.toString()).exitCode()).isEqualTo(1);
        assertThat(user.run("import", data().toString()).exitCode()).isEqualTo(1);
        assertThat(user.run("import", folder.resolve("none").toString()).exitCode())
                .isEqualTo(1);
        assertThat(user.json("snapshots").toString()).isEqualTo(head);
    }

    @Test
    void import_dryRun_movesNothing() {
        Path file = archive("x.tar");
        user.ok("export", "main", "-o", file.toString());
        JsonNode result = user.json("import", file.toString(), "--branch", "copy", "-n");
        assertThat(result.path("snapshot").isNull()).isTrue();
        assertThat(user.run("ls", "copy").exitCode()).isEqualTo(1);
    }

    /** Cairn makes a FIFO of it again; for a program for zip it is an empty file. */
    @Test
    void exportToZip_ofAFifo_isListed() throws Exception {
        Path data = Files.createDirectories(folder.resolve("pipes"));
        Process made = new ProcessBuilder("mkfifo", data.resolve("pipe").toString()).start();
        assertThat(made.waitFor()).isZero();
        user.ok("snapshot", data.toString(), "--branch", "pipes");
        TestUser.Ending zip = user.run("export", "pipes", "-o", archive("p.zip").toString());
        assertThat(zip.exitCode()).isEqualTo(3);
        assertThat(zip.err()).contains("pipe: programs for zip make an empty file of a FIFO");
        user.ok("export", "pipes", "-o", archive("p.tar").toString());
        user.ok("import", archive("p.zip").toString(), "--branch", "back");
        assertThat(user.ok("ls", "back").out()).startsWith("p");
    }
}
