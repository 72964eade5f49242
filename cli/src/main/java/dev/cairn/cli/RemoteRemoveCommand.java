package dev.cairn.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn remote remove}. */
@Command(name = "remove", description = "Forget a remote; nothing on its server changes.")
final class RemoteRemoveCommand extends RepositoryCommand {

    @Parameters(paramLabel = "NAME", description = "The remote.")
    private String name = "";

    @Override
    ExitCode run() throws IOException {
        Remotes.read(access().requireFolder()).remove(name);
        console()
                .result(
                        () -> Console.object().put("name", name).put("seconds", seconds()),
                        () -> "Removed remote " + name + ".");
        return ExitCode.DONE;
    }
}
