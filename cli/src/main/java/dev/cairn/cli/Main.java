package dev.cairn.cli;

import dev.cairn.cas.posix.ProcessArguments;
import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.GlobalOptions;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressEvents;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.text.RawText;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where the process begins: parses the command line, runs one command, and turns what became of it into an exit code. */
public final class Main {

    private static final List<String> ONLY_VERSION = List.of("version");

    private Main() {}

    /** Runs the command line and exits. */
    public static void main(String[] args) {
        String[] arguments = ProcessArguments.of(args).stream().map(RawText::of).toArray(String[]::new);
        int code = run(Places.system(), Console.utf8(System.out), Console.utf8(System.err), arguments);
        Interruption.told();
        // Not a return: threads of a library must not keep the process.
        System.exit(code);
    }

    /** Runs the command line with these streams and returns the exit code. */
    public static int run(Places places, PrintStream out, PrintStream err, String... arguments) {
        if (List.of(arguments).equals(ONLY_VERSION)) {
            // What scripts ask first of all takes no parser.
            return version(new Console(out, err));
        }
        return run(places, out, err, Commands.someNamed(List.of(arguments)), arguments);
    }

    /** {@code someCommands}: knows only the commands that the arguments name, which is enough unless it has to tell of the others. */
    private static int run(Places places, PrintStream out, PrintStream err, boolean someCommands, String... arguments) {
        Console console = new Console(out, err);
        CairnCommand cairn = new CairnCommand(console, places);
        CommandLine line = new CommandLine(cairn);
        if (someCommands) {
            Commands.addNamed(line, List.of(arguments));
        } else {
            Commands.addAll(line);
        }
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedOptionsAllowed(false);
        line.setExecutionStrategy(parsed -> {
            if (someCommands && parsed.isUsageHelpRequested()) {
                return run(places, out, err, false, arguments);
            }
            GlobalOptions global = cairn.global();
            console.configure(global.json(), global.quiet(), global.verbose());
            return ran(console, global.progressJson(), parsed);
        });
        line.setParameterExceptionHandler((wrong, args) -> {
            boolean aboutCommands = wrong.getCommandLine().getParent() == null;
            return someCommands && aboutCommands
                    ? run(places, out, err, false, arguments)
                    : usage(console, wrong, args);
        });
        line.setExecutionExceptionHandler((thrown, command, parsed) -> failed(console, thrown));
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError e) {
            // The one error that what was asked for may be the reason of; picocli passes on exceptions only.
            return failed(console, e);
        }
    }

    /** Runs the command that was parsed, and has its progress told to the descriptor, if one is given. */
    private static int ran(Console console, @Nullable Integer descriptor, CommandLine.ParseResult parsed) {
        if (descriptor == null) {
            return new CommandLine.RunLast().execute(parsed);
        }
        CommandLine.ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        String command = last.commandSpec().qualifiedName().replaceFirst("^cairn ?", "");
        try (ProgressEvents events = ProgressEvents.open(descriptor, command)) {
            console.tell(events);
            return new CommandLine.RunLast().execute(parsed);
        } catch (CommandFailure e) {
            return failed(console, e);
        }
    }

    private static int version(Console console) {
        try {
            console.line(VersionCommand.text());
            return ExitCode.DONE.number();
        } catch (CommandFailure e) {
            return failed(console, e);
        }
    }

    private static int usage(Console console, ParameterException wrong, String... arguments) {
        boolean json = List.of(arguments).contains("--json");
        console.configure(json, false, false);
        console.problem(UsageText.problem(wrong));
        return ExitCode.USAGE.number();
    }

    private static int failed(Console console, Throwable thrown) {
        Problem problem = Failures.problem(thrown);
        console.problem(problem);
        if (System.getenv("CAIRN_DEBUG") != null) {
            thrown.printStackTrace(console.err());
        }
        return problem.exitCode().number();
    }
}
