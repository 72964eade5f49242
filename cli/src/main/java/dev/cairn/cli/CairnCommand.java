package dev.cairn.cli;

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
        mixinStandardHelpOptions = false,
        subcommands = {
            InitCommand.class,
            SnapshotCommand.class,
            SnapshotsCommand.class,
            LsCommand.class,
            CatCommand.class,
            DiffCommand.class,
            RestoreCommand.class,
            VerifyCommand.class,
            RepairCommand.class,
            RemoteCommand.class,
            PushCommand.class,
            PullCommand.class,
            CloneCommand.class,
            ServeCommand.class,
            DeviceCommand.class,
            TenantCommand.class,
            VersionCommand.class,
            HelpCommand.class
        })
final class CairnCommand implements Runnable {

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

    CairnCommand(Console console, Places places) {
        this.console = console;
        this.places = places;
    }

    Places places() {
        return places;
    }

    GlobalOptions global() {
        return global;
    }

    Console console() {
        return console;
    }

    @Override
    public void run() {
        if (!help) {
            throw CommandFailure.usage(
                    "a command is missing; there are "
                            + String.join(", ", spec.subcommands().keySet()),
                    "See 'cairn --help'.");
        }
    }
}
