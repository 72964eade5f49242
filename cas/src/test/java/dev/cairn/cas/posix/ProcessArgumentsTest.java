package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessArgumentsTest {
    /** Runs in a process of its own: prints its arguments as hexadecimal digits. */
    static final class Echo {
        private Echo() {}

        public static void main(String[] args) {
            for (byte[] argument : ProcessArguments.of(args)) {
                System.out.println("<" + HexFormat.of().formatHex(argument) + ">");
            }
        }
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void match_lastArguments_asBytes() {
        List<byte[]> found = ProcessArguments.match(latin("java\0-cp\0x\0Main\0a\0\0b\u00FF\0"), "a", "", "b\uFFFD");
        assertThat(found).containsExactly(latin("a"), latin(""), latin("b\u00FF"));
    }

    @Test
    void match_noArguments_empty() {
        assertThat(ProcessArguments.match(latin("java\0Main\0"))).isEmpty();
        assertThat(ProcessArguments.match(new byte[0])).isEmpty();
    }

    @Test
    void match_commandLineOfSomethingElse_takesTheText() {
        byte[] umlaut = "ü".getBytes(StandardCharsets.UTF_8);
        assertThat(ProcessArguments.match(latin("java\0other\0"), "ü")).containsExactly(umlaut);
        assertThat(ProcessArguments.match(latin("java\0longer\0"), "long")).containsExactly(latin("long"));
        assertThat(ProcessArguments.match(latin("java\0long\0"), "longer")).containsExactly(latin("longer"));
        assertThat(ProcessArguments.match(new byte[0], "ü")).containsExactly(umlaut);
        assertThat(ProcessArguments.match(latin("a\0"), "a", "b")).containsExactly(latin("a"), latin("b"));
    }

    @Test
    void of_argumentsThatAreNotUtf8_bytesComeThrough() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/cmdline")), "no /proc here");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "exec \"$0\" -Xshare:auto -XX:TieredStopAtLevel=1 -cp \"$1\" \"$2\" -- \"$(printf 'a\\377b')\""
                                + " '' \"$(printf 'x\\n"
                                + "y')\"",
                        java.toString(),
                        System.getProperty("java.class.path"),
                        Echo.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output.lines()).containsExactly("<2d2d>", "<61ff62>", "<>", "<780a79>");
    }
}
