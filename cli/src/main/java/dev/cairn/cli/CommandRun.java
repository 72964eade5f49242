package dev.cairn.cli;

import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.GlobalOptions;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.configuration.FilePlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressEvents;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.profile.ProfileOptions;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** One command line: parses it, runs its command, and turns what became of it into an exit code. */
final class CommandRun {

    private final Places places;
    private final PrintStream out;
    private final PrintStream err;
    private final @Nullable ProfileOptions profile;
    private final Console console;
    private final CairnCommand cairn;

    /** @param profile what a profile says for it; null for none */
    CommandRun(Places places, PrintStream out, PrintStream err, @Nullable ProfileOptions profile) {
        this.places = places;
        this.out = out;
        this.err = err;
        this.profile = profile;
        this.console = new Console(out, err);
        this.cairn = new CairnCommand(console, places);
        cairn.knows(Commands.names());
    }

    /** The root of the command line, with what the command has left there. */
    CairnCommand cairn() {
        return cairn;
    }

    /** What was told last to have gone wrong. */
    Optional<Problem> lastProblem() {
        return console.lastProblem();
    }

    /** Runs it and returns the exit code. */
    int run(String... arguments) {
        return run(Commands.someNamed(List.of(arguments)), arguments);
    }

    /** The parser of a command line for {@code cairn}; {@code someCommands}: it knows only the commands that the arguments name. */
    static CommandLine parser(CairnCommand cairn, boolean someCommands, String... arguments) {
        CommandLine line = new CommandLine(cairn);
        if (someCommands) {
            Commands.addNamed(line, List.of(arguments));
        } else {
            Commands.addAll(line);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedOptionsAllowed(false);
    }

    /** Knowing only some commands is enough unless it has to tell of the others. */
    private int run(boolean someCommands, String... arguments) {
        CommandLine line = parser(cairn, someCommands, arguments);
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        if (profile != null) {
            line.setDefaultValueProvider(profile);
        }
        line.setExecutionStrategy(parsed -> {
            if (someCommands && parsed.isUsageHelpRequested()) {
                return withAllCommands(arguments);
            }
            GlobalOptions global = cairn.global();
            console.configure(global.json(), global.quiet(), global.verbose());
            console.rehearses(deepest(parsed).hasMatchedOption("--dry-run"));
            if (profile != null) {
                profile.setLists(deepest(parsed));
            }
            return ran(global.progressJson(), parsed);
        });
        line.setParameterExceptionHandler((wrong, args) -> {
            boolean aboutCommands = wrong.getCommandLine().getParent() == null;
            return someCommands && aboutCommands && placeOf(wrong).isEmpty()
                    ? withAllCommands(arguments)
                    : usage(wrong, args);
        });
        line.setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown));
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError | LinkageError e) {
            // What was asked for may be the reason of the one, the machine of the other; picocli passes on exceptions
            // only.
            return failed(e);
        }
    }

    /** Runs the command that was parsed, and has its progress told to the descriptor, if one is given. */
    private int ran(@Nullable Integer descriptor, ParseResult parsed) {
        if (descriptor == null) {
            return new CommandLine.RunLast().execute(parsed);
        }
        String command = deepest(parsed).commandSpec().qualifiedName().replaceFirst("^cairn ?", "");
        try (ProgressEvents events = ProgressEvents.open(descriptor, command)) {
            console.tell(events);
            return new CommandLine.RunLast().execute(parsed);
        } catch (CommandFailure e) {
            return failed(e);
        }
    }

    private int withAllCommands(String... arguments) {
        return new CommandRun(places, out, err, null).run(false, arguments);
    }

    /** The command itself, below those that only hold others. */
    static ParseResult deepest(ParseResult parsed) {
        ParseResult deepest = parsed;
        while (deepest.hasSubcommand()) {
            deepest = deepest.subcommand();
        }
        return deepest;
    }

    private Optional<FilePlace> placeOf(ParameterException wrong) {
        return profile == null ? Optional.empty() : profile.placeOf(wrong.getArgSpec());
    }

    private int usage(ParameterException wrong, String... arguments) {
        boolean json = List.of(arguments).contains("--json");
        console.configure(json, false, false);
        Problem problem = UsageText.problem(wrong);
        console.problem(placeOf(wrong).map(place -> at(place, problem)).orElse(problem));
        return ExitCode.USAGE.number();
    }

    int failed(Throwable thrown) {
        Problem problem = Failures.problem(thrown);
        Optional<FilePlace> place = profile == null || problem.exitCode() != ExitCode.USAGE
                ? Optional.empty()
                : profile.placeOf(problem.message());
        console.problem(place.map(at -> at(at, problem)).orElse(problem));
        if (System.getenv("CAIRN_DEBUG") != null) {
            thrown.printStackTrace(console.err());
        }
        return problem.exitCode().number();
    }

    private static Problem at(FilePlace place, Problem problem) {
        return problem.message().startsWith(place.toString())
                ? problem
                : new Problem(problem.exitCode(), problem.code(), place + ": " + problem.message(), problem.hint());
    }
}
