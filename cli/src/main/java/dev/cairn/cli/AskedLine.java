package dev.cairn.cli;

import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.profile.GivenOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What a command line says by itself, before any profile.
 *
 * @param command the words of the command: {@code remote add}
 * @param options the longest names of the options that it gives
 * @param hasArguments whether it gives arguments
 * @param global those options, with their values, that every command takes; but for the profile and its file
 */
record AskedLine(
        List<String> command, CommandSpec spec, Set<String> options, boolean hasArguments, List<String> global) {

    private static final Set<String> NOT_PASSED_ON = Set.of("--profile", "--config", "--help");

    /** Parses a line without minding what is missing or wrong; null where it names no command, or asks for help. */
    static @Nullable AskedLine of(CairnCommand cairn, List<String> arguments) {
        String[] words = arguments.toArray(String[]::new);
        CommandLine line = CommandRun.parser(cairn, true, words);
        collectErrors(line);
        ParseResult parsed = line.parseArgs(words);
        List<String> command = new ArrayList<>();
        Set<String> options = new TreeSet<>();
        List<String> global = new ArrayList<>();
        boolean isHelp = parsed.isUsageHelpRequested();
        for (ParseResult level = parsed; level != null; level = level.hasSubcommand() ? level.subcommand() : null) {
            isHelp |= level.isUsageHelpRequested();
            if (level.commandSpec().parent() != null) {
                command.add(level.commandSpec().name());
            }
            for (OptionSpec option : level.matchedOptions()) {
                options.add(option.longestName());
                if (parsed.commandSpec().findOption(option.longestName()) != null
                        && !NOT_PASSED_ON.contains(option.longestName())) {
                    global.addAll(words(option));
                }
            }
        }
        if (command.isEmpty() || isHelp) {
            return null;
        }
        ParseResult deepest = CommandRun.deepest(parsed);
        return new AskedLine(
                List.copyOf(command),
                deepest.commandSpec(),
                options,
                !deepest.matchedPositionals().isEmpty(),
                List.copyOf(global));
    }

    private static void collectErrors(CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        line.getSubcommands().values().forEach(AskedLine::collectErrors);
    }

    private static List<String> words(OptionSpec option) {
        if (option.type() == boolean.class) {
            return List.of(option.longestName());
        }
        return option.originalStringValues().stream()
                .map(value -> option.longestName() + "=" + value)
                .toList();
    }

    GivenOptions given(Places places) {
        return new GivenOptions(options, hasArguments, places.environment());
    }

    boolean isDryRun() {
        return options.contains("--dry-run");
    }
}
