package dev.cairn.cli.key;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.SlotKind;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cairn key recovery}: a new recovery code in place of the old ones. */
@Command(
        name = "recovery",
        description = "Print a new recovery code. Those there were stop opening the repository.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key recovery",
            "  cairn key recovery --keep",
            "Keep the code on paper. 'cairn --recovery-code-file FILE ...' opens the repository with it."
        })
final class KeyRecoveryCommand extends RepositoryCommand {

    @Option(names = "--keep", description = "Leave the recovery codes that there are in force.")
    private boolean keep;

    @Option(names = "--label", paramLabel = "TEXT", description = "For people; servers see it.")
    private String label = "";

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        if (dryRun.isWanted()) {
            return rehearse();
        }
        try (Repository repository = access().open()) {
            String code = repository.keyring().addRecoveryCode(label, !keep);
            console()
                    .done(
                            () -> Console.object()
                                    .put("repository", repository.id().toString())
                                    .put("recoveryCode", code)
                                    .put("replaced", !keep)
                                    .put("seconds", seconds()),
                            () -> keep ? "Added a recovery code." : "Replaced the recovery code.");
            RecoveryNotice.print(console(), code);
            console().message("Next: 'cairn push' tells the remotes.");
        }
        return ExitCode.DONE;
    }

    private ExitCode rehearse() {
        try (Repository repository = access().openToRead()) {
            long there = repository.configuration().slots().stream()
                    .filter(slot -> slot.kind() == SlotKind.RECOVERY_CODE)
                    .count();
            console()
                    .result(
                            () -> dryRun.mark(Console.object()
                                            .put("repository", repository.id().toString()))
                                    .put("replaced", !keep)
                                    .put("recoveryCodes", there)
                                    .put("seconds", seconds()),
                            () -> "Would add a recovery code %s the %,d there."
                                    .formatted(keep ? "beside" : "in place of", there));
        }
        return ExitCode.DONE;
    }
}
