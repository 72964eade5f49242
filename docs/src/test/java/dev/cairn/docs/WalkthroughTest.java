package dev.cairn.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's walk-through, as it stands there, by a person with an empty home: only port, fingerprint and code are filled in. */
final class WalkthroughTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    private final Path project = SourceTree.ofProject().root();

    @Test
    void walkThrough_readme_works() throws Exception {
        Path log = home.resolve("log");
        int port = freePort();
        run("one", log);
        assertThat(log).content().contains("Made repository").contains("on main");
        run("two", log);
        assertThat(log).content().contains("M  README.md").contains("papers");
        assertSame(project.resolve("docs/decisions"), home.resolve("as-it-was"));

        Path announced = home.resolve("server-says");
        Process server = start(block("server").strip() + " --listen 127.0.0.1:" + port, announced);
        try {
            String fingerprint = await(announced, "Fingerprint: sha256:([0-9a-f]{64})");
            String code = await(announced, "within a day: ([0-9A-Z-]+)");
            run("three", log, "FINGERPRINT", fingerprint, "CODE", code, "7420", String.valueOf(port));
            run("four", log, "FINGERPRINT", fingerprint, "7420", String.valueOf(port));
        } finally {
            server.destroy();
            assertThat(server.waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(server.exitValue()).isZero();
        assertThat(log).content().contains("Nothing is damaged");
        assertSame(home.resolve("papers"), home.resolve("from-the-replica"));
        assertThat(home.resolve("from-the-replica/README.md")).content().endsWith("one more line\n");
    }

    /** Runs a block; stops at the first command that fails. */
    private void run(String name, Path log, String... replacements) throws IOException, InterruptedException {
        String script = block(name);
        for (int i = 0; i < replacements.length; i += 2) {
            assertThat(script).contains(replacements[i]);
            script = script.replace(replacements[i], replacements[i + 1]);
        }
        Process process = start(script, log);
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s%n%s", script, Files.readString(log))
                .isZero();
    }

    private Process start(String script, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", withExec(script))
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .keySet()
                .removeIf(variable -> variable.startsWith("CAIRN_") || variable.startsWith("XDG_"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("CAIRN_JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    /** A block of one command becomes the process, so that a signal reaches it. */
    private static String withExec(String script) {
        return script.strip().contains("\n") ? script : "exec " + script;
    }

    private String block(String name) throws IOException {
        Matcher matcher = Pattern.compile("<!-- walk-through: " + name + " -->\n```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(project.resolve("README.md"), UTF_8));
        assertThat(matcher.find()).as("block '%s' of README.md", name).isTrue();
        return matcher.group(1);
    }

    private static String await(Path log, String pattern) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(log));
            if (matcher.find()) {
                return matcher.group(1);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the server never said " + pattern + ": " + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void assertSame(Path expected, Path actual) throws IOException {
        try (Stream<Path> all = Files.walk(expected)) {
            for (Path path : all.toList()) {
                Path other = actual.resolve(expected.relativize(path).toString());
                assertThat(Files.isDirectory(other)).isEqualTo(Files.isDirectory(path));
                if (Files.isRegularFile(path)) {
                    assertThat(other).hasSameBinaryContentAs(path);
                }
            }
        }
    }
}
