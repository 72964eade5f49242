package dev.cairn.bench.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the suites and keeps the results, or makes a page of results that were kept.
 *
 * <pre>
 *   java -jar benchmarks.jar [--short | --full] [--out FILE] [options of JMH] [regular expressions]
 *   java -jar benchmarks.jar report A.json [B.json] &gt; page.html
 * </pre>
 */
public final class Main {

    /** What LMDB and the foreign-function API need of a JVM: the manifest gives it to this one, not to those that are forked. */
    private static final List<String> JVM_ARGUMENTS = List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final String USAGE = """
        Usage: java -jar benchmarks.jar [--short | --full] [--out FILE] [options of JMH] [regular expressions]
               java -jar benchmarks.jar report A.json [B.json] > page.html

          --short      everything once, in less than 5 minutes
          --full       three forks of everything, an hour or two
          --out FILE   where results go; default: bench-DATE-TIME.json

        Below are JMH's own options, all of which work here too.
        """;

    private Main() {}

    /** Exits with 0, or 1 if it failed, or 2 if the command line is wrong. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            if (!arguments.isEmpty() && arguments.getFirst().equals("report")) {
                List<Path> files = arguments.stream().skip(1).map(Path::of).toList();
                String page = ReportPage.builtIn().bake(files);
                // The page says that it is UTF-8, whatever the system's own encoding is.
                out.writeBytes(page.getBytes(StandardCharsets.UTF_8));
                return out.checkError() ? 1 : 0;
            }
            Arguments parted = Arguments.parse(arguments, LocalDateTime.now(ZoneId.systemDefault()));
            if (parted.onlyTells()) {
                if (parted.jmh().contains("-h")) {
                    out.println(USAGE);
                }
                org.openjdk.jmh.Main.main(parted.jmh().toArray(String[]::new));
                return 0;
            }
            measure(parted, arguments, out);
            return 0;
        } catch (IllegalArgumentException | CommandLineOptionException e) {
            err.println(e.getMessage());
            err.println("For all options: java -jar benchmarks.jar -h");
            return 2;
        } catch (IOException | RunnerException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private static void measure(Arguments parted, List<String> arguments, PrintStream out)
            throws IOException, RunnerException, CommandLineOptionException {
        Options options = options(parted);
        Path above = parted.out().toAbsolutePath().getParent();
        if (above != null) {
            // Before anything is measured, rather than after.
            Files.createDirectories(above);
        }
        Instant started = Instant.now();
        Collection<RunResult> results = new Runner(options).run();
        ResultFile file = ResultFile.of(started, arguments, results);
        file.write(parted.out());
        out.printf("%nResults are in %s (%.0f s).%n", parted.out(), file.seconds());
    }

    /** The command line of JMH, what the profile adds to it, and what every fork needs. */
    static Options options(Arguments parted) throws CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(parted.jmh().toArray(String[]::new));
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
        parted.profile().apply(given, options);
        List<String> first = new ArrayList<>(JVM_ARGUMENTS);
        first.addAll(given.getJvmArgsPrepend().orElse(List.of()));
        return options.jvmArgsPrepend(first.toArray(String[]::new))
                .shouldFailOnError(true)
                .build();
    }
}
