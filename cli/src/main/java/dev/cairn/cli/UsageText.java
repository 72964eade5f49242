package dev.cairn.cli;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Problem;
import dev.cairn.cli.text.ShownText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in words that name the mistake and, where it looks like a slip, what was meant. */
final class UsageText {

    private static final String ERROR = "Error: ";
    private static final Pattern CHOICES =
            Pattern.compile("expected one of \\[([^\\]]*)\\] \\(case-insensitive\\) but was ");

    private UsageText() {}

    /** The problem that picocli found. */
    static Problem problem(ParameterException wrong) {
        CommandLine line = wrong.getCommandLine();
        if (wrong instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unmatched(line, unmatched.getUnmatched().getFirst());
        }
        if (wrong instanceof MissingParameterException) {
            // A misspelt option is the likelier mistake, and what it took with it is what is missing now.
            List<String> options = line.getUnmatchedArguments().stream()
                    .filter(UsageText::looksLikeAnOption)
                    .toList();
            if (!options.isEmpty()) {
                return unmatched(line, options.getFirst());
            }
        }
        String message = wrong.getMessage();
        return usage(message == null ? "wrong usage" : asWritten(message), seeHelp(line));
    }

    /** picocli's message in the words of the help: the choices of an option as they stand there. */
    private static String asWritten(String message) {
        Matcher choices = CHOICES.matcher(message.startsWith(ERROR) ? message.substring(ERROR.length()) : message);
        return choices.replaceFirst(found -> "expected "
                + Arrays.stream(found.group(1).split(", "))
                        .map(choice -> choice.toLowerCase(Locale.ROOT).replace('_', '.'))
                        .distinct()
                        .collect(Collectors.joining(" or "))
                + ", not ");
    }

    /** {@code line} has no command {@code word}, and help was asked for it. */
    static CommandFailure noSuchCommand(CommandLine line, String word) {
        Problem problem = unmatched(line, word);
        String topics = line.getParent() == null ? " Topics: " + String.join(", ", HelpTopic.words()) + "." : "";
        return new CommandFailure(usage(problem.message(), problem.hint() + topics));
    }

    private static Problem unmatched(CommandLine line, String word) {
        if (looksLikeAnOption(word)) {
            String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
            String command = line.getCommandSpec().qualifiedName().replaceFirst("^cairn ?", "");
            Optional<ForeignOption> foreign = ForeignOption.of(command, name);
            if (foreign.isPresent()) {
                return usage("there is no option '" + name + "'", foreign.get().purpose() + " " + seeHelp(line));
            }
            return usage(
                    "there is no option '" + name + "'",
                    didYouMean(line, name) + "Before a path that begins with a hyphen, write --. " + seeHelp(line));
        }
        if (line.getSubcommands().isEmpty()) {
            return usage(
                    "'" + word + "' is more than '" + line.getCommandSpec().qualifiedName() + "' takes",
                    placeWithin(line, word) + seeHelp(line));
        }
        String message = "there is no command '" + line.getCommandSpec().qualifiedName() + " " + word + "'";
        String group = line.getCommandSpec().qualifiedName().replaceFirst("^cairn ?", "");
        String purpose = ForeignCommand.of(group, word)
                .map(foreign -> foreign.purpose() + " ")
                .orElseGet(() -> didYouMean(line, word));
        return usage(message, (purpose.isEmpty() && !group.isEmpty() ? parts(line) : purpose) + seeHelp(line));
    }

    /** What a group of commands has: a line that fits nowhere else. */
    private static String parts(CommandLine group) {
        return "There are: " + String.join(", ", group.getSubcommands().keySet()) + ". ";
    }

    /** Other tools have the path as a word of its own. */
    private static String placeWithin(CommandLine line, String word) {
        return line.getCommandSpec().positionalParameters().stream()
                        .anyMatch(parameter -> parameter.paramLabel().contains(":PATH"))
                ? "A path in a snapshot is written behind it: SNAPSHOT:" + ShownText.oneLine(word) + ". "
                : "";
    }

    private static boolean looksLikeAnOption(String word) {
        return word.startsWith("-") && word.length() > 1;
    }

    private static String didYouMean(CommandLine line, String word) {
        List<String> close = new UnmatchedArgumentException(line, List.of(word)).getSuggestions();
        return close.isEmpty() ? "" : "Did you mean " + String.join(" or ", close) + "? ";
    }

    private static String seeHelp(CommandLine line) {
        return "See '" + line.getCommandSpec().qualifiedName() + " --help'.";
    }

    private static Problem usage(String message, String hint) {
        return new Problem(ExitCode.USAGE, message, hint);
    }
}
