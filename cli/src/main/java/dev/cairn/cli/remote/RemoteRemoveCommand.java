package dev.cairn.cli.remote;

import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn remote remove}. */
@Command(name = "remove", description = "Forget a remote; nothing on its server changes.")
final class RemoteRemoveCommand extends RepositoryCommand {

    @Parameters(paramLabel = "NAME", description = "The remote.")
    private String name = "";

    @Override
    protected ExitCode run() throws IOException {
        Remotes remotes = Remotes.read(access().requireFolder());
        if (!remotes.all().containsKey(name)) {
            throw new CommandFailure(
                    ExitCode.FAILED, "no remote '" + name + "'", "'cairn remote list' shows which there are.");
        }
        remotes.remove(name);
        console()
                .result(
                        () -> Console.object().put("name", name).put("seconds", seconds()),
                        () -> "Removed remote " + name + ".");
        return ExitCode.DONE;
    }
}
