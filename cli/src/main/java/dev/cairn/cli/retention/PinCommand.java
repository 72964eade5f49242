package dev.cairn.cli.retention;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn pin}: keeps a snapshot from being forgotten. */
@Command(
        name = "pin",
        description = "Keep a snapshot from being forgotten, whatever the rules say.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn pin main~2", "  cairn pin main~2 --remove", "Next: 'cairn snapshots' marks what is pinned."})
public final class PinCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot.")
    private String place = "";

    @Option(names = "--remove", description = "Take the pin away.")
    private boolean remove;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        ObjectId snapshot;
        try (Repository repository = access().open(dryRun)) {
            snapshot = SnapshotPlace.id(repository, place);
            if (!dryRun.isWanted() && repository.store().notes(snapshot).isPinned() == remove) {
                repository.notes().pin(snapshot, !remove);
            }
        }
        console()
                .done(
                        () -> dryRun.mark(Console.object()
                                .put("snapshot", snapshot.toString())
                                .put("pinned", !remove)
                                .put("seconds", seconds())),
                        () -> "%s %s %s."
                                .formatted(
                                        snapshot.abbreviated(),
                                        dryRun.said("would be", "is"),
                                        remove ? "no longer pinned" : "pinned"));
        if (!remove && !dryRun.isWanted()) {
            console()
                    .message("'cairn forget' passes it over. To take the pin away: cairn pin --remove "
                            + ShownText.oneLine(place));
        }
        return ExitCode.DONE;
    }
}
