package dev.cairn.cli.remote;

import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cairn remote remove}. */
@Command(
        name = "remove",
        description = "Forget a remote; nothing on its server changes.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn remote remove origin", "Next: 'cairn remote add' adds another."})
final class RemoteRemoveCommand extends RepositoryCommand {

    @Parameters(paramLabel = "NAME", description = "The remote.")
    private String name = "";

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() throws IOException {
        Remotes remotes = Remotes.read(access().requireRepository());
        if (!remotes.all().containsKey(name)) {
            throw new CommandFailure(
                    ExitCode.FAILED, "no remote '" + name + "'", "'cairn remote list' shows which there are.");
        }
        if (!dryRun.isWanted()) {
            remotes.remove(name);
        }
        console()
                .done(
                        () -> dryRun.mark(Console.object().put("name", name)).put("seconds", seconds()),
                        () -> dryRun.said("Would remove", "Removed") + " remote " + name + ".");
        return ExitCode.DONE;
    }
}
