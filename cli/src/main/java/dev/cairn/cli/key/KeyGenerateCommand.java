package dev.cairn.cli.key;

import dev.cairn.cas.repository.RecipientKeyFile;
import dev.cairn.cas.seal.RecipientPublicKey;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.PathText;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn key generate}: a key pair of one's own, for repositories of others. Needs no repository. */
@Command(name = "generate", description = "Make a key of your own; its public half goes to who shall let you in.")
final class KeyGenerateCommand extends TimedCommand {

    @Parameters(paramLabel = "FILE", description = "Where the private key goes.")
    private String name = "";

    @Override
    protected ExitCode run() {
        Path file = PathText.path(name);
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
