package dev.cairn.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    @Test
    void of_filesOfLinux_areRead() throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("proc/cpuinfo"), """
            processor\t: 0
            model\t\t: 85
            model name\t: Some CPU @ 2.00GHz
            processor\t: 1
            model name\t: Another
            """);
        Files.writeString(root.resolve("proc/meminfo"), "MemTotal:       24000000 kB\nMemFree: 1 kB\n");
        Files.writeString(root.resolve("etc/os-release"), "NAME=x\nPRETTY_NAME=\"Some Linux 12\"\n");

        Machine machine = Machine.of(root);

        assertThat(machine.cpu()).isEqualTo("Some CPU @ 2.00GHz");
        assertThat(machine.memoryBytes()).isEqualTo(24_000_000L * 1024);
        assertThat(machine.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(machine.os()).startsWith("Some Linux 12, ").endsWith(System.getProperty("os.arch"));
    }

    @Test
    void of_otherSystem_saysUnknown() {
        Machine machine = Machine.of(root);

        assertThat(machine.cpu()).isEqualTo("unknown");
        assertThat(machine.memoryBytes()).isZero();
        assertThat(machine.os()).startsWith(System.getProperty("os.name"));
    }
}
