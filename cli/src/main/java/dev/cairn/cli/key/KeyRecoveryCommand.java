package dev.cairn.cli.key;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn key recovery}: a new recovery code in place of the old ones. */
@Command(name = "recovery", description = "Print a new recovery code. Those there were stop opening the repository.")
final class KeyRecoveryCommand extends RepositoryCommand {

    @Option(names = "--keep", description = "Leave the recovery codes that there are in force.")
    private boolean keep;

    @Option(names = "--label", paramLabel = "TEXT", description = "For people; servers see it.")
    private String label = "";

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open()) {
            String code = repository.keyring().addRecoveryCode(label, !keep);
            console()
                    .result(
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
}
