package dev.cairn.cli.retention;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn pin}: keeps a snapshot from being forgotten. */
@Command(name = "pin", description = "Keep a snapshot from being forgotten, whatever the rules say.")
public final class PinCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot.")
    private String place = "";

    @Option(names = "--remove", description = "Take the pin away.")
    private boolean remove;

    @Override
    protected ExitCode run() {
        ObjectId snapshot;
        try (Repository repository = access().open()) {
            snapshot = SnapshotPlace.id(repository, place);
            if (repository.store().notes(snapshot).isPinned() == remove) {
                repository.notes().pin(snapshot, !remove);
            }
        }
        console()
                .result(
                        () -> Console.object()
                                .put("snapshot", snapshot.toString())
                                .put("pinned", !remove)
                                .put("seconds", seconds()),
                        () -> "%s is %s.".formatted(snapshot.abbreviated(), remove ? "no longer pinned" : "pinned"));
        return ExitCode.DONE;
    }
}
