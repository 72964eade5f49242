package dev.cairn.cas.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open folder for each test, and what tests of folders say often. */
abstract class DirectoryFixture {
    @TempDir
    Path temp;

    Directory root;

    abstract Directory open(Path path) throws IOException;

    @BeforeEach
    void openRoot() throws IOException {
        root = open(temp);
    }

    @AfterEach
    void closeRoot() throws IOException {
        root.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    /** A name that is not UTF-8. */
    static byte[] raw(int... values) {
        byte[] raw = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            raw[i] = (byte) values[i];
        }
        return raw;
    }

    static void assertErrno(ThrowingCallable call, Errno... expected) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isIn((Object[]) expected));
    }

    void assumeCapability(Capability capability) {
        assumeTrue(root.capabilities().contains(capability), () -> "not here: " + capability);
    }

    void write(Directory directory, byte[] name, byte[] content) throws IOException {
        try (OpenFile file = directory.createFile(name, 0644)) {
            file.write(0, content, 0, content.length);
        }
    }

    byte[] read(Directory directory, byte[] name) throws IOException {
        try (OpenFile file = directory.openFile(name)) {
            byte[] content = new byte[(int) file.stat().size() + 1];
            int length = file.read(0, content, 0, content.length);
            return Arrays.copyOf(content, Math.max(0, length));
        }
    }

    List<byte[]> names(Directory directory) throws IOException {
        Listing listing = directory.list();
        List<byte[]> names = new ArrayList<>();
        for (int i = 0; i < listing.size(); i++) {
            names.add(listing.name(i));
        }
        return names;
    }

    static void assertTime(FileStat stat, long seconds, int nanos) {
        assertThat(stat.mtimeSeconds()).isEqualTo(seconds);
        assertThat(stat.mtimeNanos()).isEqualTo(nanos);
    }

    static void assumeRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may do this");
    }

    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for " + command[0], e);
        }
        assertThat(process.exitValue())
                .as("%s: %s", Arrays.toString(command), output)
                .isZero();
        return output;
    }

    static boolean installed(String program) {
        return Stream.of("/bin", "/usr/bin", "/sbin", "/usr/sbin")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
