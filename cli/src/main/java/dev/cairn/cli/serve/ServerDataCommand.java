package dev.cairn.cli.serve;

import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.text.PathText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that works on a server's data folder, whether a server runs on it or not. */
abstract class ServerDataCommand extends TimedCommand {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The server's data folder; else the user's default one, as for 'cairn serve'.")
    private @Nullable String data;

    @Mixin
    private final DryRun dryRun = new DryRun();

    /** Whether nothing is to be written. */
    final DryRun dryRun() {
        return dryRun;
    }

    /** The data folder; need not exist. */
    final Path dataFolder() {
        return data == null ? cairn().places().defaultServerData() : PathText.path(data);
    }
}
