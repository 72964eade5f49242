import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the ahead-of-time caches of a jar (JEP 514): a JVM runs {@code cairn rehearse} and records which classes it loaded, how it
 * linked them and what its methods did, and a second one writes that down beside the jar, as {@code cairn-JAVA_VERSION.aot}. Since
 * all classes of a cache are loaded at every start, 10 µs each, there is one more for what talks to a server, {@code
 * cairn-JAVA_VERSION-network.aot}, and one each for what is over in a moment: {@code -look}, and {@code -version}.
 * The launcher uses a file when it starts the same JDK; any other JVM refuses it without a word.
 *
 * <p>A build without the cache is a whole build, only slower to start: where it cannot be made this says so, and exits with 0.
 *
 * <p>The JVM is told what to compile and what to open as the launcher tells it: by the same options, read from there.
 *
 * <p>Arguments: {@code LAUNCHER JAR [RUNTIME]}, the last for a runtime that was made from this JDK and has no compiler to run this with.
 * It runs as a source file, under the JDK that Maven's toolchain selected.
 */
final class Rehearse {
    private static final long PATIENCE_MINUTES = 10;

    /** What the launcher says of the compilers, and of what may be opened: the words of two variables, and each command. */
    private static final Pattern WORDS = Pattern.compile("(?m)^(?:patience|access)='([^']+)'$");

    private static final Pattern COMMAND = Pattern.compile("(?m)^    '?(-XX:CompileCommand=[^' ]+)'? \\\\$");

    private Rehearse() {}

    public static void main(String... arguments) throws IOException, InterruptedException {
        if (arguments.length < 2 || arguments.length > 3) {
            System.err.println("usage: java Rehearse.java LAUNCHER JAR [RUNTIME]");
            System.exit(2);
        }
        List<String> options = options(Path.of(arguments[0]));
        Path jar = Path.of(arguments[1]);
        Path folder = jar.toAbsolutePath().getParent();
        removeOld(folder);
        Path runtime = Path.of(arguments.length == 3 ? arguments[2] : System.getProperty("java.home"));
        Recorder recorder = new Recorder(runtime, options, jar, folder);
        // Side by side: each leaves half of the time most of a second processor idle.
        List<Recording> recordings = new ArrayList<>();
        recordings.add(recorder.start("", "rehearse"));
        recordings.add(recorder.start("-network", "rehearse", "--network"));
        recordings.add(recorder.start("-version", "version"));
        Path lookedAt = folder.resolve("looked-at");
        delete(lookedAt);
        Files.createDirectory(lookedAt);
        if (prepares(recorder, lookedAt)) {
            recordings.add(recorder.start("-look", "rehearse", "--look", lookedAt.toString()));
        }
        for (Recording recording : recordings) {
            recording.finish();
        }
        delete(lookedAt);
    }

    /** Makes the repository that is looked at, in a process that nothing is recorded of. */
    private static boolean prepares(Recorder recorder, Path folder) throws IOException, InterruptedException {
        ProcessBuilder command = recorder.command("-prepared", List.of(), "rehearse", "--prepare", folder.toString());
        boolean isMade = ended(command.start());
        if (!isMade) {
            System.err.println("Rehearse: nothing to look at was made, starts will be slower; see "
                    + command.redirectOutput().file());
        }
        return isMade;
    }

    /** Whether a process ended well. It is gone then, in any case. */
    private static boolean ended(Process process) throws InterruptedException {
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        return ended && process.exitValue() == 0;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    /** What all recordings have in common. */
    private record Recorder(Path runtime, List<String> options, Path jar, Path folder) {

        Recording start(String kind, String... arguments) throws IOException {
            Path cache = folder.resolve("cairn-" + Runtime.version() + kind + ".aot");
            ProcessBuilder command = command(kind, List.of("-XX:AOTCacheOutput=" + cache), arguments);
            return new Recording(command.start(), cache, log(kind));
        }

        private Path log(String kind) {
            return folder.resolve("rehearsal" + kind + ".log");
        }

        ProcessBuilder command(String kind, List<String> more, String... arguments) {
            // The collector is the launcher's: the cache holds objects as that one lays them out.
            List<String> command = new ArrayList<>();
            command.add(runtime.resolve("bin/java").toString());
            command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow"));
            command.addAll(options);
            command.addAll(more);
            command.addAll(List.of("-cp", jar.toString(), "dev.cairn.cli.Main"));
            command.addAll(List.of(arguments));
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log(kind).toFile());
        }
    }

    /** A rehearsal that was started. */
    private record Recording(Process process, Path cache, Path log) {
        void finish() throws IOException, InterruptedException {
            if (ended(process) && Files.exists(cache)) {
                System.out.printf("Rehearse: %s, %d MB%n", cache.getFileName(), Files.size(cache) >> 20);
            } else {
                Files.deleteIfExists(cache);
                System.err.println("Rehearse: no ahead-of-time cache was made, starts will be slower; see " + log);
            }
        }
    }

    private static List<String> options(Path launcher) throws IOException {
        String text = Files.readString(launcher);
        List<String> variables = groups(WORDS, text);
        List<String> options = groups(COMMAND, text);
        long told = text.lines()
                .filter(line -> line.contains("-XX:CompileCommand="))
                .count();
        if (variables.size() != 2 || options.isEmpty() || options.size() != told) {
            throw new IOException(launcher + " tells something of the compilers that this does not understand");
        }
        variables.forEach(words -> options.addAll(List.of(words.split(" "))));
        return options;
    }

    private static List<String> groups(Pattern pattern, String text) {
        List<String> groups = new ArrayList<>();
        pattern.matcher(text).results().forEach(found -> groups.add(found.group(1)));
        return groups;
    }

    private static void removeOld(Path folder) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, "cairn-*.aot*")) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
    }
}
