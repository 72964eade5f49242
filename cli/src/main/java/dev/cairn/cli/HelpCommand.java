package dev.cairn.cli;

import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cairn help}: what {@code --help} shows, for those who ask with a word, and a few topics beside. */
@Command(
        name = "help",
        description = "Show what a command does and takes; without one, what commands there are.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn help restore",
            "  cairn help exit-codes",
            "Topics beside the commands: exit-codes, environment, snapshot-names, patterns, progress."
        })
final class HelpCommand extends TimedCommand {

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Such as 'snapshot' or 'remote add', or a topic.")
    private List<String> words = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    protected ExitCode run() {
        CommandLine line = spec.root().commandLine();
        Optional<HelpTopic> topic = words.size() == 1 ? HelpTopic.of(words.getFirst()) : Optional.empty();
        if (topic.isPresent()) {
            return show(topic.get().text());
        }
        for (String word : words) {
            CommandLine next = line.getSubcommands().get(word);
            if (next == null) {
                throw UsageText.noSuchCommand(line, word);
            }
            line = next;
        }
        return show(line.getUsageMessage().stripTrailing());
    }

    private ExitCode show(String text) {
        console()
                .result(
                        () -> Console.object()
                                .put("topic", String.join(" ", words))
                                .put("text", text)
                                .put("seconds", seconds()),
                        () -> text);
        return ExitCode.DONE;
    }
}
