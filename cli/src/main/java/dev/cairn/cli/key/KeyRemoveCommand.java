package dev.cairn.cli.key;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn key remove}. */
@Command(
        name = "remove",
        description = "Take a key slot off. What it opened until now it still opens from old copies.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key remove 3f9a",
            "Next: 'cairn key rotate' seals what comes under a key that whoever had the slot never saw."
        })
final class KeyRemoveCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SLOT", description = "Its id, or a unique beginning of it.")
    private String name = "";

    @Option(names = "--even-in-use", description = "Take it off although this command was opened with it.")
    private boolean evenInUse;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open(dryRun)) {
            Slot slot = KeySlotText.find(repository, name);
            if (slot.id().equals(repository.keyring().slotInUse()) && !evenInUse) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "slot %s is the one that opened the repository just now".formatted(slot.id()),
                        "Open it with another key, or say --even-in-use: the key that is used by default then opens it"
                                + " no more.");
            }
            if (!dryRun.isWanted()) {
                repository.keyring().removeSlot(slot.id());
            }
            console()
                    .done(
                            () -> dryRun.mark(Console.object()
                                            .put("repository", repository.id().toString()))
                                    .put("slot", slot.id().toString())
                                    .put("kind", KeySlotText.word(slot))
                                    .put("label", slot.label())
                                    .put("seconds", seconds()),
                            () -> "%s %s slot %s."
                                    .formatted(
                                            dryRun.said("Would remove", "Removed"), KeySlotText.word(slot), slot.id()));
            if (dryRun.isWanted()) {
                return ExitCode.DONE;
            }
            console()
                    .message("Whoever had it may have kept the keys of now. Next: 'cairn key rotate' seals what comes"
                            + " under another key, 'cairn push' tells the remotes.");
        }
        return ExitCode.DONE;
    }
}
