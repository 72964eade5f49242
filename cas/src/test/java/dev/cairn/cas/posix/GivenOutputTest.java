package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Descriptors that somebody else opened. */
@Isolated("looks at the whole process")
class GivenOutputTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void onLinux() {
        assumeTrue(Kernel.isAvailable() && Files.isDirectory(DESCRIPTORS), "Linux");
    }

    private static int numberOf(Path target) throws IOException {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            for (Path one : descriptors.toList()) {
                if (Files.isSymbolicLink(one)
                        && one.toFile()
                                .getCanonicalPath()
                                .equals(target.toRealPath().toString())) {
                    return Integer.parseInt(one.getFileName().toString());
                }
            }
        }
        throw new AssertionError("no descriptor of " + target);
    }

    @Test
    void write_behindWhatIsThere_goesOnWhereItsOwnerIs() throws IOException {
        Path file = folder.resolve("out");
        try (FileOutputStream owner = new FileOutputStream(file.toFile())) {
            owner.write("one ".getBytes(StandardCharsets.US_ASCII));
            try (GivenOutput output = GivenOutput.open(numberOf(file))) {
                output.write("two ".getBytes(StandardCharsets.US_ASCII));
            }
            // Only the duplicate was closed.
            owner.write("three".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(file).hasContent("one two three");
    }

    @Test
    void open_ofWhatIsNotOpenOrOnlyRead_fails() throws IOException {
        assertThatThrownBy(() -> GivenOutput.open(987_654)).isInstanceOf(PosixException.class);
        Path file = Files.writeString(folder.resolve("in"), "x");
        try (FileInputStream reader = new FileInputStream(file.toFile())) {
            assertThat(reader.available()).isEqualTo(1);
            int number = numberOf(file);
            assertThatThrownBy(() -> GivenOutput.open(number)).isInstanceOf(PosixException.class);
        }
    }

    @Test
    void write_afterClose_fails() throws IOException {
        Path file = folder.resolve("out");
        try (FileOutputStream owner = new FileOutputStream(file.toFile())) {
            owner.flush();
            GivenOutput output = GivenOutput.open(numberOf(file));
            output.close();
            output.close();
            assertThatThrownBy(() -> output.write(new byte[1])).isInstanceOf(IOException.class);
        }
    }

    @Test
    void freeNodes_ofThisFolder_areToldOrUnknown() {
        assertThat(FileNodes.free(folder.toString().getBytes(StandardCharsets.UTF_8))
                        .orElse(1))
                .isPositive();
        assertThat(FileNodes.free("/no such folder".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }
}
