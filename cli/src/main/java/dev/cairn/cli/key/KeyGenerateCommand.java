package dev.cairn.cli.key;

import dev.cairn.cas.repository.RecipientKeyFile;
import dev.cairn.cas.seal.RecipientPublicKey;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.PathText;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cairn key generate}: a key pair of one's own, for repositories of others. Needs no repository. */
@Command(
        name = "generate",
        description = "Make a key of your own; its public half goes to who shall let you in.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key generate ~/me.key",
            "Whoever has the repository runs 'cairn key add --recipient PUBLIC-KEY'."
        })
final class KeyGenerateCommand extends TimedCommand {

    @Parameters(paramLabel = "FILE", description = "Where the private key goes.")
    private String name = "";

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        Path file = PathText.path(name);
        if (dryRun.isWanted()) {
            if (Files.exists(file)) {
                throw new CommandFailure(ExitCode.FAILED, "there is a file already: " + file, "Give another name.");
            }
            console()
                    .result(
                            () -> dryRun.mark(Console.object().put("keyFile", name))
                                    .put("seconds", seconds()),
                            () -> "Would make a private key at " + file + " and print its public half.");
            return ExitCode.DONE;
        }
        RecipientPublicKey publicKey = RecipientKeyFile.make(file);
        console()
                .result(
                        () -> Console.object()
                                .put("keyFile", name)
                                .put("publicKey", publicKey.toString())
                                .put("seconds", seconds()),
                        () -> publicKey.toString());
        console()
                .message("Key file: " + file + " (who has it opens what is sealed to that key). Next: whoever has the"
                        + " repository runs 'cairn key add --recipient " + publicKey + "'.");
        return ExitCode.DONE;
    }
}
