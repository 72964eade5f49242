package dev.cairn.cas.lmdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.kenai.jffi.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AbortExitTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"segmentation", "abort", "truncated"})
    void install_nativeDeath_exitsWithCodeAndSentence(String death) throws Exception {
        Process process = probe(death);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        int exitCode = process.waitFor();
        assumeTrue(exitCode != 77, "skipped: no handler for this machine, " + System.getProperty("os.arch"));
        assertThat(exitCode).as(err).isEqualTo(13);
        assertThat(err).endsWith("the store is damaged: ä\n");
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("hs_err") || name.startsWith("core"));
    }

    @Test
    void install_ordinaryExit_keepsItsCode() throws Exception {
        Process process = probe("none");
        int exitCode = process.waitFor();
        assumeTrue(exitCode != 77, "skipped: no handler for this machine, " + System.getProperty("os.arch"));
        assertThat(exitCode).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 256})
    void install_codeThatNoProcessCanHave_refused(int exitCode) {
        assertThatThrownBy(() -> AbortExit.install(exitCode, "x")).hasMessageContaining("exit code " + exitCode);
    }

    @Test
    void install_sentenceLongerThanItsPage_refused() {
        assertThatThrownBy(() -> AbortExit.install(13, "x".repeat(5000))).hasMessageContaining("5001 bytes");
    }

    @Test
    void instructions_arm_areThoseOfTheReferenceAssembler() {
        byte[] code = AbortExit.instructions(Platform.CPU.AARCH64, 13, "hi\n".getBytes(UTF_8))
                .orElseThrow();
        // mov x0,#2; adr x1,.+28; mov x2,#3; mov x8,#64; svc #0; mov x0,#13; mov x8,#94; svc #0
        assertThat(HexFormat.of().formatHex(code))
                .isEqualTo("400080d2" + "e1000010" + "620080d2" + "080880d2" + "010000d4" + "a00180d2" + "c80b80d2"
                        + "010000d4" + "68690a");
    }

    @Test
    void instructions_unknownProcessor_none() {
        assertThat(AbortExit.instructions(Platform.CPU.S390X, 13, new byte[0])).isEmpty();
    }

    private Process probe(String death) throws IOException {
        List<String> command = Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+SuppressFatalErrorMessage",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx64m",
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        AbortExitProbe.class.getName(),
                        death,
                        folder.resolve("mapped").toString())
                .toList();
        return new ProcessBuilder(command).directory(folder.toFile()).start();
    }
}
