package dev.cairn.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/run} in a folder with a README, and with a Maven and an apt-get that only write down what they were asked. */
final class CiScriptTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void layOut() throws IOException {
        Files.createDirectories(folder.resolve(".ci"));
        Files.copy(SourceTree.ofProject().root().resolve(".ci/run"), folder.resolve(".ci/run"));
        Files.createDirectories(folder.resolve("bin"));
        script("mvn", "echo \"mvn $*\" >>asked\n[ ! -f refuse ]\n");
        script("apt-get", "echo \"apt-get $*\" >>asked\n");
    }

    @Test
    void run_readmeOfProject_runsItsTestCommand() throws Exception {
        Files.copy(SourceTree.ofProject().root().resolve("README.md"), folder.resolve("README.md"));
        assertThat(run()).isZero();
        assertThat(Files.readAllLines(folder.resolve("asked")))
                .last()
                .isEqualTo("mvn --batch-mode --no-transfer-progress verify");
    }

    @Test
    void run_readmeWithAnotherCommand_runsThatOne() throws Exception {
        Files.writeString(folder.resolve("README.md"), """
            ```sh
            mvn nothing
            ```
            <!-- test command: .ci/run reads the next code block -->
            ```sh
            mvn one
            mvn two
            ```
            ```sh
            mvn three
            ```
            """);
        assertThat(run()).isZero();
        assertThat(Files.readString(folder.resolve("asked")))
                .contains("progress one\n", "progress two\n")
                .doesNotContain("nothing", "three");
    }

    @Test
    void run_readmeWithoutMark_fails() throws Exception {
        Files.writeString(folder.resolve("README.md"), "```sh\nmvn verify\n```\n");
        assertThat(run()).isEqualTo(1);
    }

    @Test
    void run_testsFail_fails() throws Exception {
        Files.copy(SourceTree.ofProject().root().resolve("README.md"), folder.resolve("README.md"));
        Files.createFile(folder.resolve("refuse"));
        assertThat(run()).isNotZero();
    }

    private int run() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", folder.resolve(".ci/run").toString())
                .directory(folder.getRoot().toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(output).contains(".ci/run: ");
        return process.waitFor();
    }

    private void script(String name, String body) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
