package dev.cairn.cli.command;

import dev.cairn.cas.ObjectId;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.PathText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of the command line; says what there is when called alone. */
@Command(
        name = "cairn",
        description = "Keeps folders as encrypted, deduplicated snapshots and replicates them.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn snapshot ~/documents              makes a repository where none is",
            "  cairn snapshots",
            "  cairn restore main --target ~/restored",
            "'cairn help COMMAND' tells more of each, 'cairn help TOPIC' of: exit-codes,",
            "environment, snapshot-names, patterns, progress."
        },
        mixinStandardHelpOptions = false)
public final class CairnCommand implements Runnable {

    @Mixin
    private final GlobalOptions global = new GlobalOptions();

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Console console;
    private final Places places;
    private final KeyChoice keys;
    private Set<String> commands = Set.of();
    private @Nullable String madeSnapshot;
    private @Nullable String madeOn;

    public CairnCommand(Console console, Places places) {
        this.console = console;
        this.places = places;
        this.keys = new KeyChoice(global, places);
    }

    public Places places() {
        return places;
    }

    /** Where the key comes from: one for the whole command, which may open a repository more than once. */
    KeyChoice keys() {
        return keys;
    }

    /** Says which commands there are, of which a parser may have been given only some. */
    public void knows(Set<String> names) {
        commands = Set.copyOf(names);
    }

    /** The names of all commands. */
    public Set<String> commands() {
        return commands;
    }

    public GlobalOptions global() {
        return global;
    }

    /** The file of profiles that was named, else the usual one. */
    public Path profilesFile() {
        return global.configuration().map(PathText::path).orElseGet(places::profiles);
    }

    /** Keeps which snapshot a command has made, for those who ask when it is over. */
    public void made(ObjectId snapshot, String branch) {
        madeSnapshot = snapshot.toString();
        madeOn = branch;
    }

    /** The id of the snapshot that was made. */
    public Optional<String> madeSnapshot() {
        return Optional.ofNullable(madeSnapshot);
    }

    /** The branch that points at it. */
    public Optional<String> madeOn() {
        return Optional.ofNullable(madeOn);
    }

    Console console() {
        return console;
    }

    @Override
    public void run() {
        if (!help) {
            throw CommandFailure.usage(
                    "a command is missing; there are " + String.join(", ", shown()), "See 'cairn --help'.");
        }
    }

    /** The names of the commands that are for people. */
    private List<String> shown() {
        return spec.subcommands().entrySet().stream()
                .filter(command ->
                        !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }
}
