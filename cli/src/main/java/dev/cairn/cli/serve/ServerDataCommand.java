package dev.cairn.cli.serve;

import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.text.PathText;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that works on a server's data folder, whether a server runs on it or not. */
abstract class ServerDataCommand extends TimedCommand {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The server's data folder; else what $CAIRN_SERVER_DATA or the server's file says, else the user's"
                            + " default.")
    private @Nullable String data;

    @Mixin
    private final DryRun dryRun = new DryRun();

    /** Whether nothing is to be written. */
    final DryRun dryRun() {
        return dryRun;
    }

    private @Nullable ServerSettings settings;

    /** What the server's file and the environment say; read once. */
    final ServerSettings settings() throws IOException {
        ServerSettings read = settings == null ? ServerSettings.read(cairn()) : settings;
        settings = read;
        return read;
    }

    /** The data folder; need not exist. */
    final Path dataFolder() throws IOException {
        return data != null
                ? PathText.path(data)
                : settings()
                        .path(ServerKey.DATA)
                        .orElseGet(() -> cairn().places().defaultServerData());
    }
}
