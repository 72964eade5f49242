package dev.cairn.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The {@code cairn} script in a small project of its own, with a Maven that only counts and copies, and
 * {@link LauncherProbe} for the product.
 */
@Execution(ExecutionMode.CONCURRENT)
final class LauncherTest {
    private static final List<String> MODULES = List.of("chunker", "delta", "cas", "replicator", "server", "cli");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path home;

    /** What a launch ended with. */
    private record Ending(int exitCode, String out, String err) {}

    @BeforeEach
    void layOutProject() throws IOException {
        home = Files.createDirectories(folder.resolve("a home"));
        Files.copy(
                SourceTree.ofProject().root().resolve("cairn"),
                home.resolve("cairn"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        for (String module : MODULES) {
            Path sources = Files.createDirectories(home.resolve(module + "/src/main/java/p"));
            Files.writeString(home.resolve(module + "/pom.xml"), "<project/>");
            Files.writeString(sources.resolve("A.java"), "class A {}");
            Files.writeString(sources.resolve("B.java"), "class B {}");
        }
        ProbeJar.write(home.resolve("probe.jar"));
        Path maven = Files.createDirectories(home.resolve("bin")).resolve("mvn");
        script(maven, """
            echo "$*" >>builds
            if [ -f refuse ]; then echo 'the compiler says no'; exit 1; fi
            case "$*" in *clean*) rm -f leftover ;; esac
            if [ -f leftover ]; then echo 'something old is in the way'; exit 1; fi
            sleep 0.3
            mkdir -p cli/target/quick
            cp probe.jar cli/target/quick/cairn.jar
            """);
        age(home, Duration.ofHours(1));
    }

    @Test
    void cairn_noJar_buildsOnceWithOneLine() throws Exception {
        Ending first = launch(List.of("hallo"));
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).startsWith("cairn: ").contains("building it").hasLineCount(1);
        assertThat(launch(List.of("hallo")).err()).isEmpty();
        assertThat(builds()).singleElement().asString().endsWith("-pl cli -am package");
    }

    @Test
    void cairn_changedDeletedOrNewSource_buildsAgain() throws Exception {
        launch(List.of());
        touch(home.resolve("cas/src/main/java/p/A.java"));
        assertThat(launch(List.of()).err()).contains("older than its sources");
        age(home, Duration.ofHours(1));
        Files.delete(home.resolve("delta/src/main/java/p/B.java"));
        assertThat(launch(List.of()).err()).contains("older than its sources");
        age(home, Duration.ofHours(1));
        Files.writeString(home.resolve("server/src/main/java/p/New.java"), "class New {}");
        assertThat(launch(List.of()).err()).contains("older than its sources");
        age(home, Duration.ofHours(1));
        touch(home.resolve("cli/pom.xml"));
        assertThat(launch(List.of()).err()).contains("older than its sources");
        assertThat(launch(List.of()).err()).isEmpty();
        assertThat(builds()).hasSize(5);
    }

    @Test
    void cairn_jarOfAWholeBuild_isTakenWhileItIsFresh() throws Exception {
        Path checked = Files.createDirectories(home.resolve("cli/target")).resolve("cairn.jar");
        Files.copy(home.resolve("probe.jar"), checked);
        touch(checked);
        assertThat(launch(List.of("exit", "9"))).isEqualTo(new Ending(9, "", ""));
        touch(home.resolve("cas/src/main/java/p/A.java"));
        Files.setLastModifiedTime(checked, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(launch(List.of("exit", "9")).err()).contains("older than its sources");
        assertThat(launch(List.of("exit", "9"))).isEqualTo(new Ending(9, "", ""));
        assertThat(builds()).hasSize(1);
    }

    @Test
    void cairn_sourceEditedDuringBuild_buildsAgainNextTime() throws Exception {
        Process build = start(List.of(), Map.of());
        while (!Files.exists(home.resolve("builds"))) {
            Thread.sleep(5);
        }
        touch(home.resolve("cas/src/main/java/p/A.java"));
        assertThat(end(build).exitCode()).isZero();
        assertThat(launch(List.of()).err()).contains("older than its sources");
    }

    @Test
    void cairn_threeAtOnce_oneBuilds() throws Exception {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(start(List.of("hallo"), Map.of()));
        }
        for (Process each : all) {
            assertThat(end(each).exitCode()).isZero();
        }
        assertThat(builds()).hasSize(1);
    }

    @Test
    void cairn_threeAtOnceWithoutFlock_oneBuilds() throws Exception {
        Path tools = tools(
                "cat", "cp", "find", "head", "locale", "mkdir", "readlink", "rm", "rmdir", "sleep", "touch", "uname");
        // What a launcher that was killed leaves behind: a lock whose maker is gone.
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(home.resolve(".building/lock.d"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        Map<String, String> environment = Map.of("PATH", home.resolve("bin") + ":" + tools);
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(start(List.of("hallo"), environment));
        }
        for (Process each : all) {
            assertThat(end(each).exitCode()).isZero();
        }
        assertThat(builds()).hasSize(1);
        assertThat(lock).doesNotExist();
    }

    @Test
    void cairn_buildFails_showsItsOutputAndTriesAgain() throws Exception {
        Path refuse = Files.createFile(home.resolve("refuse"));
        Ending failed = launch(List.of());
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("the compiler says no", "the build failed");
        Files.delete(refuse);
        assertThat(launch(List.of()).exitCode()).isZero();
    }

    @Test
    void cairn_buildFailsOverLeftovers_buildsFromNothing() throws Exception {
        Files.createFile(home.resolve("leftover"));
        Ending ending = launch(List.of());
        assertThat(ending.exitCode()).as(ending.err()).isZero();
        assertThat(ending.err()).hasLineCount(1);
        assertThat(builds()).last().asString().endsWith("clean package");
    }

    @Test
    void cairn_noMaven_saysHowToGetIt() throws Exception {
        Path tools = tools("find", "head", "mkdir", "readlink", "flock");
        Ending ending = launch(List.of(), Map.of("PATH", tools.toString()));
        assertThat(ending.exitCode()).isEqualTo(1);
        assertThat(ending.err()).contains("Maven").contains("install maven");
    }

    @Test
    void cairn_javaHomeThatIsTooOld_goesOnOnlyWhereItWasNotAskedFor() throws Exception {
        Path old = folder.resolve("jdk-17");
        script(Files.createDirectories(old.resolve("bin")).resolve("java"), "exit 1\n");
        Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.15\"\n");
        String wanted = old.toString();
        Ending asked = launch(List.of(), Map.of("CAIRN_JAVA_HOME", wanted));
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(asked.err()).contains(wanted).contains("25");
        Map<String, String> unasked = Map.of(
                "CAIRN_JAVA_HOME",
                "",
                "JAVA_HOME",
                wanted,
                "PATH",
                home.resolve("bin") + ":" + System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
        assertThat(launch(List.of(), unasked).exitCode()).isZero();
    }

    @Test
    void cairn_linkedFromElsewhere_findsItsHome() throws Exception {
        launch(List.of());
        Path elsewhere = Files.createDirectories(folder.resolve("else where"));
        Files.createSymbolicLink(elsewhere.resolve("second"), Path.of("../a home/cairn"));
        Files.createSymbolicLink(folder.resolve("first"), Path.of("else where/second"));
        Process process = process(List.of("../first", "exit", "7"), Map.of())
                .directory(elsewhere.toFile())
                .start();
        assertThat(end(process)).isEqualTo(new Ending(7, "", ""));
    }

    @Test
    void cairn_argumentsThatAreNotUtf8_reachTheJvmAsBytes() throws Exception {
        launch(List.of());
        List<String> shell = List.of("sh", "-c", "exec ./cairn bytes 'a b' \"$(printf 'x\\377y\\nz')\" '' '*'");
        Ending ending = end(process(shell, Map.of("LC_ALL", "C")).start());
        assertThat(ending.out().strip())
                .endsWith(HexFormat.of().formatHex("bytes\0a b\0x".getBytes(UTF_8)) + "ff"
                        + HexFormat.of().formatHex("y\nz\0\0*\0".getBytes(UTF_8)));
    }

    @Test
    void cairn_localeThatIsNotUtf8_jvmNamesFilesInUtf8() throws Exception {
        launch(List.of());
        for (String locale : List.of("C", "POSIX", "xx_YY.ISO-8859-1")) {
            assertThat(launch(List.of("encoding"), Map.of("LC_ALL", locale)).out())
                    .isEqualToIgnoringWhitespace("UTF-8");
        }
    }

    @Test
    void cairn_running_isTheJvm() throws Exception {
        launch(List.of());
        Process process = start(List.of("pid"), Map.of());
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo(Long.toString(process.pid()));
            process.destroy();
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
        }
    }

    @Test
    void cairn_javaOptions_comeAfterItsOwn() throws Exception {
        launch(List.of());
        int processors = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);
        int heap = 112 + 16 * processors;
        assertThat(Integer.parseInt(launch(List.of("heap")).out().strip())).isBetween(heap * 2 / 3, heap);
        int ofSnapshots = 104 + 40 * processors;
        assertThat(Integer.parseInt(launch(List.of("heap", "snapshot")).out().strip()))
                .isBetween(heap + 1, ofSnapshots);
        assertThat(Integer.parseInt(launch(List.of("heap", "serve")).out().strip()))
                .isBetween(200, 256);
        Ending more = launch(List.of("heap"), Map.of("CAIRN_JAVA_OPTS", "-Xms8m -Xmx64m"));
        assertThat(Integer.parseInt(more.out().strip())).isBetween(50, 64);
    }

    @Test
    void cairn_jvmCrashes_leavesNothingInFolderOrOnStdout() throws Exception {
        launch(List.of());
        Ending ending = launch(List.of("crash"));
        assertThat(ending.exitCode()).isEqualTo(128 + 6);
        assertThat(ending.out()).isEmpty();
        assertThat(home.toFile().list()).noneMatch(name -> name.startsWith("hs_err") || name.startsWith("core"));
        assertThat(folder.resolve("state"))
                .as("no folder is made for a report that nobody asked for")
                .doesNotExist();
    }

    @Test
    void cairn_jvmCrashesAndReportIsAskedFor_reportIsInStateFolder() throws Exception {
        launch(List.of());
        launch(List.of("crash"), Map.of("CAIRN_JAVA_OPTS", "-XX:-SuppressFatalErrorMessage"));
        try (Stream<Path> reports = Files.list(folder.resolve("state/cairn"))) {
            assertThat(reports.toList()).singleElement().asString().contains("hs_err_pid");
        }
    }

    @Test
    void cairn_inDistribution_startsItsJarAndBuildsNothing() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("dist/bin"));
        Files.copy(home.resolve("cairn"), bin.resolve("cairn"), StandardCopyOption.COPY_ATTRIBUTES);
        Ending without =
                end(process(List.of(bin + "/cairn", "exit", "5"), Map.of()).start());
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.err()).contains("lib/cairn.jar");
        Files.createDirectories(folder.resolve("dist/lib"));
        Files.copy(home.resolve("probe.jar"), folder.resolve("dist/lib/cairn.jar"));
        assertThat(end(process(List.of(bin + "/cairn", "exit", "5"), Map.of()).start()))
                .isEqualTo(new Ending(5, "", ""));
    }

    @Test
    void cairn_inDistributionWithRuntime_startsThatOneUnlessAnotherIsNamed() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("dist/bin"));
        Files.copy(home.resolve("cairn"), bin.resolve("cairn"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(folder.resolve("dist/lib"));
        Files.copy(home.resolve("probe.jar"), folder.resolve("dist/lib/cairn.jar"));
        Path runtime = folder.resolve("dist/lib/runtime");
        script(
                Files.createDirectories(runtime.resolve("bin")).resolve("java"),
                "echo the runtime of the distribution\n");
        Files.writeString(runtime.resolve("release"), "JAVA_RUNTIME_VERSION=25.0.3+9-LTS\nJAVA_VERSION=\"25.0.3\"\n");
        List<String> command = List.of(bin + "/cairn", "exit", "5");
        Map<String, String> other = Map.of("CAIRN_JAVA_HOME", "", "JAVA_HOME", System.getProperty("java.home"));

        assertThat(end(process(command, other).start()))
                .isEqualTo(new Ending(0, "the runtime of the distribution\n", ""));
        assertThat(end(process(command, Map.of()).start())).isEqualTo(new Ending(5, "", ""));
    }

    @Test
    void cairn_cacheOlderThanTheJar_isNotUsed() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("dist/bin"));
        Files.copy(home.resolve("cairn"), bin.resolve("cairn"), StandardCopyOption.COPY_ATTRIBUTES);
        Path jar = Files.createDirectories(folder.resolve("dist/lib")).resolve("cairn.jar");
        Files.copy(home.resolve("probe.jar"), jar);
        Path runtime = folder.resolve("dist/lib/runtime");
        script(Files.createDirectories(runtime.resolve("bin")).resolve("java"), "echo \"$@\"\n");
        Files.writeString(runtime.resolve("release"), "JAVA_RUNTIME_VERSION=25.0.3+9-LTS\nJAVA_VERSION=\"25.0.3\"\n");
        FileTime built = FileTime.from(Instant.now().minusSeconds(60));
        Map<List<String>, String> kinds = Map.of(
                List.of("restore", "main"), "",
                List.of("version"), "-version",
                List.of("--version"), "-version",
                List.of("version", "--json"), "",
                List.of("snapshots", "--json"), "-look",
                List.of("branch", "create", "remote", "main"), "-look",
                List.of("push"), "-network");

        for (Map.Entry<List<String>, String> kind : kinds.entrySet()) {
            String name = "cairn-25.0.3+9-LTS" + kind.getValue() + ".aot";
            Path cache = Files.createFile(jar.resolveSibling(name));
            List<String> command = new ArrayList<>(List.of(bin + "/cairn"));
            command.addAll(kind.getKey());
            ProcessBuilder launcher = process(command, Map.of("CAIRN_JAVA_HOME", ""));
            Files.setLastModifiedTime(jar, built);
            Files.setLastModifiedTime(cache, built);
            assertThat(end(launcher.start()).out()).contains("-XX:AOTCache=").contains(name);
            touch(jar);
            assertThat(end(launcher.start()).out()).contains("-cp").doesNotContain("AOTCache");
            Files.delete(cache);
        }
    }

    @Test
    void cairn_colonInItsPlace_saysWhatToDo() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("at 10:30/bin"));
        Files.copy(home.resolve("cairn"), bin.resolve("cairn"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(
                home.resolve("probe.jar"),
                Files.createDirectories(folder.resolve("at 10:30/lib")).resolve("cairn.jar"));
        ProcessBuilder launcher = process(List.of(bin + "/cairn", "exit", "7"), Map.of());
        Ending refused = end(launcher.start());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("at 10:30/bin", "move it");
    }

    @Test
    void cairn_shellCompletesAWordAndJarIsStale_buildsNothing() throws Exception {
        assertThat(launch(List.of("complete", "branches"))).isEqualTo(new Ending(1, "", ""));
        assertThat(home.resolve("builds")).doesNotExist();
    }

    private Ending launch(List<String> arguments) throws IOException, InterruptedException {
        return launch(arguments, Map.of());
    }

    private Ending launch(List<String> arguments, Map<String, String> environment)
            throws IOException, InterruptedException {
        return end(start(arguments, environment));
    }

    private Process start(List<String> arguments, Map<String, String> environment) throws IOException {
        return process(Stream.concat(Stream.of("./cairn"), arguments.stream()).toList(), environment)
                .start();
    }

    private ProcessBuilder process(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> all = builder.environment();
        all.keySet().removeIf(name -> name.startsWith("CAIRN_") || name.startsWith("XDG_") || name.startsWith("JAVA"));
        all.put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
        all.put("CAIRN_JAVA_HOME", System.getProperty("java.home"));
        all.put("XDG_STATE_HOME", folder.resolve("state").toString());
        all.putAll(environment);
        return builder;
    }

    private static Ending end(Process process) throws IOException, InterruptedException {
        List<String> err = new ArrayList<>();
        Thread reader = Thread.ofVirtual().start(() -> err.add(text(process.getErrorStream())));
        String out = text(process.getInputStream());
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        reader.join();
        return new Ending(process.waitFor(), out, String.join("", err));
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(home.resolve("builds"));
    }

    /** A folder with these programs and no others. */
    private Path tools(String... names) throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String name : names) {
            Path program = Stream.of(System.getenv("PATH").split(":"))
                    .map(place -> Path.of(place, name))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(null);
            assumeTrue(program != null, "skipped: this machine has no " + name);
            script(tools.resolve(name), "exec " + program + " \"$@\"\n");
        }
        return tools;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Makes everything older, in the same order. */
    private static void age(Path top, Duration by) throws IOException {
        try (Stream<Path> tree = Files.walk(top)) {
            for (Path each : tree.toList()) {
                Instant time = Files.getLastModifiedTime(each).toInstant();
                Files.setLastModifiedTime(each, FileTime.from(time.minus(by)));
            }
        }
    }

    private static void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }
}
