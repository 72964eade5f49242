package dev.cairn.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limit of memory, as files of the kernel tell it. */
class MemoryCheckTest {

    private static final long MIB = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.resolve("..").normalize());
        Files.writeString(file, text);
    }

    private Finding look(long heapBytes) {
        Findings findings = new Findings();
        new MemoryCheck(findings, root).run(heapBytes);
        return findings.all().getFirst();
    }

    @Test
    void limit_ofAGroupAbove_countsToo() throws IOException {
        write("proc/meminfo", "MemTotal:       16000000 kB\nMemFree: 1 kB\n");
        write("proc/self/cgroup", "0::/a/b\n");
        write("sys/fs/cgroup/a/memory.max", "209715200\n");
        write("sys/fs/cgroup/a/b/memory.max", "max\n");
        assertThat(look(144 * MIB).level()).isEqualTo(Level.WARNING);
        assertThat(look(144 * MIB).message()).contains("210 MB", "control group");
        assertThat(look(300 * MIB).level()).isEqualTo(Level.PROBLEM);
        assertThat(look(16 * MIB).level()).isEqualTo(Level.OK);
    }

    @Test
    void limit_ofVersionOne_isUnderstoodAndItsNoneToo() throws IOException {
        write("proc/meminfo", "MemTotal:       16000000 kB\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(look(144 * MIB).level()).isEqualTo(Level.OK);
        assertThat(look(144 * MIB).message()).contains("the machine has");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "104857600\n");
        assertThat(look(144 * MIB).level()).isEqualTo(Level.PROBLEM);
    }

    @Test
    void nothingKnown_isSaid() {
        assertThat(look(MIB).message()).contains("does not say");
    }
}
