package dev.cairn.cli.rdiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.WholeFile;
import dev.cairn.cli.fixture.TestUser;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cairn rdiff}: its streams, its outputs and its failures, and exchange with the real rdiff. */
@ResourceLock("System.in")
class RdiffCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestUser user;

    @BeforeEach
    void aUser() throws IOException {
        user = new TestUser(folder.resolve("home"));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content).toString();
    }

    private byte[] content(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private static byte[] noise(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** {@code old} with a piece put in at its middle. */
    private static byte[] edited(byte[] old) {
        byte[] piece = "a few bytes more".getBytes(StandardCharsets.US_ASCII);
        byte[] edited = Arrays.copyOf(old, old.length + piece.length);
        System.arraycopy(piece, 0, edited, old.length / 2, piece.length);
        System.arraycopy(old, old.length / 2, edited, old.length / 2 + piece.length, old.length - old.length / 2);
        return edited;
    }

    private TestUser.Ending withInput(byte[] input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return user.ok(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private static void assumeRdiff() {
        boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "rdiff")));
        assumeThat(installed)
                .as("skipped: rdiff (package rdiff) is not installed")
                .isTrue();
    }

    private static void theirs(String arguments, String... files) throws Exception {
        String[] options = ("rdiff -f " + arguments).split(" ");
        String[] command = Arrays.copyOf(options, options.length + files.length);
        System.arraycopy(files, 0, command, options.length, files.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), said)
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "'', 1",
        "'', 100",
        "'', 3000000",
        "-H md4, 70000",
        "-R rollsum, 70000",
        "-H md4 -R rollsum, 1500000",
        "-H md4 -R rabinkarp -b 512 -S 8, 70001",
        "-H blake2 -R rollsum -b 7 -S 31, 999",
        "-b 100000 -S 12, 5000000",
        "-b 1048577, 4000000",
        "-b 2048 -S -1, 300000",
        "-b 0 -S 0, 300000"
    })
    void everyStep_byEither_fitsTheOther(String options, int length) throws Exception {
        assumeRdiff();
        String old = file("old", noise(length, length));
        byte[] changed = edited(noise(length, length));
        String fresh = file("new", changed);
        String signature = ("rdiff signature -f " + options).strip();

        user.ok(Stream.concat(Stream.of(signature.split(" ")), Stream.of(old, file("ours.sig")))
                .toArray(String[]::new));
        theirs((options + " signature").strip(), old, file("theirs.sig"));
        assertThat(content("ours.sig")).isEqualTo(content("theirs.sig"));

        user.ok("rdiff", "delta", file("theirs.sig"), fresh, file("ours.delta"));
        theirs("patch", old, file("ours.delta"), file("their.new"));
        assertThat(content("their.new")).isEqualTo(changed);

        theirs("delta", file("ours.sig"), fresh, file("theirs.delta"));
        user.ok("rdiff", "patch", old, file("theirs.delta"), file("our.new"));
        assertThat(content("our.new")).isEqualTo(changed);
    }

    @Test
    void streams_everyStep_giveWhatFilesGive() throws IOException {
        byte[] old = noise(1, 100_000);
        byte[] changed = edited(old);
        String basis = file("old", old);

        byte[] signature = withInput(old, "rdiff", "signature", "-b", "384").outBytes();
        user.ok("rdiff", "-b", "384", "signature", basis, file("sig"));
        assertThat(signature).isEqualTo(content("sig"));

        byte[] delta =
                withInput(changed, "rdiff", "delta", file("sig"), "-", "-").outBytes();
        assertThat(withInput(signature, "rdiff", "delta", "-", file("new", changed), "--json")
                        .outBytes())
                .isEqualTo(delta);
        assertThat(withInput(delta, "rdiff", "patch", basis).outBytes()).isEqualTo(changed);
        assertThat(withInput(old, "rdiff", "signature", "-S", "-1").outBytes())
                .startsWith(HexFormat.of().parseHex("72730147000008000000000c"));
    }

    @Test
    void json_everyStep_tellsLengths() throws IOException {
        byte[] old = noise(2, 10_000);
        String basis = file("old", old);
        JsonNode signature =
                user.json("rdiff", "signature", "-b", "1000", "-S", "16", "-R", "rollsum", basis, file("sig"));
        assertThat(signature.path("basisBytes").asLong()).isEqualTo(10_000);
        assertThat(signature.path("signatureBytes").asLong()).isEqualTo(12 + 10 * 20);
        assertThat(signature.path("blockBytes").asLong()).isEqualTo(1000);
        assertThat(signature.path("sumBytes").asLong()).isEqualTo(16);
        assertThat(signature.path("hash").asText()).isEqualTo("blake2");
        assertThat(signature.path("rollsum").asText()).isEqualTo("rollsum");
        assertThat(signature.has("seconds")).isTrue();

        JsonNode delta = user.json("rdiff", "delta", file("sig"), basis, file("delta"));
        assertThat(delta.path("newBytes").asLong()).isEqualTo(10_000);
        assertThat(delta.path("deltaBytes").asLong()).isEqualTo(content("delta").length);

        assertThat(user.json("rdiff", "patch", basis, file("delta"), file("out"))
                        .path("newBytes")
                        .asLong())
                .isEqualTo(10_000);
    }

    @Test
    void output_thatIsThere_isReplacedWithForceOnly() throws IOException {
        String basis = file("old", noise(3, 5_000));
        String there = file("there", new byte[] {1, 2, 3});
        Files.setPosixFilePermissions(Path.of(there), PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("there"));

        for (String name : new String[] {there, file("link")}) {
            TestUser.Ending refused = user.run("rdiff", "signature", basis, name, "--json");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.error().path("message").asText()).contains("there is a file already", name);
            assertThat(refused.error().path("hint").asText()).contains("-f");
        }
        assertThat(content("there")).containsExactly(1, 2, 3);

        user.ok("rdiff", "signature", "-f", basis, file("link"));

        assertThat(content("there")).hasSizeGreaterThan(12);
        assertThat(folder.resolve("link")).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(there))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void patch_intoItsOwnBasis_isRight() throws IOException {
        byte[] old = noise(4, 200_000);
        byte[] changed = edited(old);
        String basis = file("old", old);
        user.ok("rdiff", "signature", basis, file("sig"));
        user.ok("rdiff", "delta", file("sig"), file("new", changed), file("delta"));

        user.ok("rdiff", "patch", "-f", basis, file("delta"), basis);

        assertThat(content("old")).isEqualTo(changed);
    }

    @Test
    void input_damaged_is13AndLeavesNothing() throws IOException {
        byte[] old = noise(5, 100_000);
        String basis = file("old", old);
        user.ok("rdiff", "signature", basis, file("sig"));
        user.ok("rdiff", "delta", file("sig"), file("new", edited(old)), file("delta"));
        byte[] delta = content("delta");
        file("shortDelta", Arrays.copyOf(delta, delta.length - 1));
        file("shortSig", Arrays.copyOf(content("sig"), 100));
        String kept = file("kept", new byte[] {7});
        String[][] lines = {
            {"delta", file("shortSig"), basis, kept},
            {"delta", basis, basis, kept},
            {"patch", basis, file("shortDelta"), kept},
            {"patch", basis, basis, kept},
            {"patch", file("other", noise(6, 10_000)), file("delta"), kept}
        };
        long before = count();
        for (String[] line : lines) {
            String[] all = Stream.concat(Stream.of("rdiff", "-f", "--json"), Stream.of(line))
                    .toArray(String[]::new);
            TestUser.Ending ending = user.run(all);
            assertThat(ending.exitCode()).as(String.join(" ", all)).isEqualTo(13);
            assertThat(ending.error().path("code").asText()).isEqualTo("damaged");
            assertThat(ending.error().path("message").asText()).contains("at byte");
            assertThat(ending.out()).isEmpty();
        }
        assertThat(user.run("rdiff", "-f", "patch", file("other"), file("delta"), kept)
                        .err())
                .contains("reaches beyond the basis", "not the file that its signature was made of");
        assertThat(content("kept")).containsExactly(7);
        assertThat(count()).isEqualTo(before);
    }

    private long count() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void commandLine_wrong_isToldWithTheWay() throws IOException {
        String basis = file("old", noise(7, 100));
        for (String[] line : new String[][] {
            {"rdiff"},
            {"rdiff", "delta"},
            {"rdiff", "signature", "-S", "33", basis, file("x")},
            {"rdiff", "signature", "-H", "md4", "-S", "17", basis, file("x")},
            {"rdiff", "signature", "-b", "-2", basis, file("x")},
            {"rdiff", "signature", "-b", "-2", "-S", "-1", basis, file("x")},
            {"rdiff", "signature", "-b", "16777217", basis, file("x")},
            {"rdiff", "signature", "-H", "sha1", basis, file("x")},
            {"rdiff", "delta", "-", "-", file("x")},
            {"rdiff", "delta", "", basis, file("x")},
            {"rdiff", "patch", "-", basis, file("x")}
        }) {
            assertThat(user.run(line).exitCode()).as(String.join(" ", line)).isEqualTo(2);
        }
        assertThat(user.run("rdiff", "signature", file("none"), file("x")).exitCode())
                .isEqualTo(1);
        assertThat(user.run("rdiff", "signature", folder.toString(), file("x")).err())
                .contains("a folder, not a file");
        assertThat(user.run("rdiff", "signature", basis, file("nowhere/x")).err())
                .contains("no such file or folder: " + file("nowhere") + System.lineSeparator());
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void publish_whereAFileHasAppeared_keepsThatFile() throws IOException {
        Console console = new Console(System.out, System.err);
        Path target = folder.resolve("late");
        try (WholeFile file = WholeFile.open(target.toString(), false, console)) {
            file.stream().write(1);
            Files.writeString(target, "came first");
            assertThatThrownBy(file::publish).hasMessageContaining("there is a file already");
        }
        assertThat(target).hasContent("came first");
        try (WholeFile file = WholeFile.open(file("stopped"), false, console)) {
            file.stream().write(1);
            file.abandon();
            assertThatThrownBy(file::publish).hasMessageContaining("interrupted");
        }
        assertThat(folder.resolve("stopped")).doesNotExist();
        assertThat(count()).isEqualTo(2);
    }
}
