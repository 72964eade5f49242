package dev.cairn.cli;

import dev.cairn.cas.posix.ProcessArguments;
import dev.cairn.cas.repository.Preparation;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.text.RawText;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Where the process begins: parses the command line, runs one command, and turns what became of it into an exit code. */
public final class Main {

    /** Ways to ask for the version alone: what scripts ask first of all takes no parser. */
    private static final Set<String> VERSION = Set.of("version", "--version", "-V");

    /** Words of a command line that hardly opens a repository, or is about to say why none can be opened. */
    private static final Set<String> APART =
            Set.of("help", "--help", "-h", "completion", "complete", "manual", "profile", "rdiff", "doctor", "serve");

    /** Words of one that seals or opens much. */
    private static final Set<String> OF_CONTENTS =
            Set.of("snapshot", "restore", "verify", "scrub", "import", "export", "drill");

    /** Words of one that reads or writes many files. */
    private static final Set<String> OF_FILES = Set.of("snapshot", "restore", "import", "export", "drill");

    private Main() {}

    /** Runs the command line and exits. */
    public static void main(String[] args) {
        // Numbers are written one way, wherever it runs: scripts read them. The JDK knows this one without tables of
        // locales.
        Locale.setDefault(Locale.Category.FORMAT, Locale.US);
        String[] arguments = ProcessArguments.of(args).stream().map(RawText::of).toArray(String[]::new);
        if (arguments.length > 0
                && !isVersion(arguments)
                && Stream.of(arguments).noneMatch(APART::contains)) {
            Preparation.begin(
                    Stream.of(arguments).anyMatch(OF_CONTENTS::contains),
                    Stream.of(arguments).anyMatch(OF_FILES::contains));
        }
        int code = run(Places.system(), Console.utf8(System.out), Console.utf8(System.err), arguments);
        Interruption.told();
        // Not a return: threads of a library must not keep the process.
        System.exit(code);
    }

    /** Runs the command line with these streams and returns the exit code. */
    public static int run(Places places, PrintStream out, PrintStream err, String... arguments) {
        if (isVersion(arguments)) {
            return version(new Console(out, err));
        }
        return ProfiledRun.isAsked(arguments)
                ? new ProfiledRun(places, out, err, arguments).run()
                : new CommandRun(places, out, err, null).run(arguments);
    }

    private static boolean isVersion(String... arguments) {
        return arguments.length == 1 && VERSION.contains(arguments[0]);
    }

    private static int version(Console console) {
        try {
            console.line(VersionCommand.text());
            return ExitCode.DONE.number();
        } catch (CommandFailure e) {
            Problem problem = Failures.problem(e);
            console.problem(problem);
            return problem.exitCode().number();
        }
    }
}
