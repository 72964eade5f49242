package dev.cairn.cli.key;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.RecipientPublicKey;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotSecret;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.RecoveryNotice;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.PathText;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cairn key add}: one more way to open the repository. The usual key options say what opens it now. */
@Command(
        name = "add",
        description = "Add a key slot: another key file, a password, or somebody's public key.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key add --new-password",
            "  cairn key add --recipient PUBLIC-KEY --label ada",
            "Next: 'cairn push' takes the slot to the remotes."
        })
final class KeyAddCommand extends RepositoryCommand {

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Kind kind;

    @Option(names = "--label", paramLabel = "TEXT", description = "For people; servers see it.")
    private String label = "";

    /** Which of them is given. */
    private static final class Kind {

        @Option(names = "--new-key-file", paramLabel = "FILE", description = "Make a key file there.")
        private @Nullable String keyFile;

        @Option(names = "--new-password", description = "A password, asked for twice.")
        private boolean password;

        @Option(names = "--new-password-file", paramLabel = "FILE", description = "The password in its first line.")
        private @Nullable String passwordFile;

        @Option(names = "--new-password-command", paramLabel = "CMD", description = "The password that it prints.")
        private @Nullable String passwordCommand;

        @Option(
                names = "--recipient",
                paramLabel = "PUBLIC-KEY",
                description = "Somebody's key, as 'cairn key generate' printed it for them.")
        private @Nullable String recipient;
    }

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        RecipientPublicKey recipient = recipient();
        if (dryRun.isWanted()) {
            return rehearse();
        }
        char[] password = password();
        try (Repository repository = access().open()) {
            Slot slot = add(repository, recipient, password);
            console()
                    .done(
                            () -> json(repository, slot),
                            () -> "Added "
                                    + KeySlotText.line(
                                            slot, repository.keyring().slotInUse()));
            next(repository, slot);
        }
        return ExitCode.DONE;
    }

    private ExitCode rehearse() {
        String file = kind.keyFile;
        if (file != null && Files.exists(PathText.path(file))) {
            throw new CommandFailure(ExitCode.FAILED, "there is a file already: " + file, "Give another name.");
        }
        String what = kind.recipient != null ? "a recipient's key" : file != null ? "a key file" : "a password";
        try (Repository repository = access().openToRead()) {
            console()
                    .result(
                            () -> dryRun.mark(Console.object()
                                            .put("repository", repository.id().toString()))
                                    .put("seconds", seconds()),
                            () -> "Would add a slot for " + what + " to repository " + repository.id() + ".");
        }
        return ExitCode.DONE;
    }

    private @Nullable RecipientPublicKey recipient() {
        try {
            return kind.recipient == null ? null : RecipientPublicKey.parse(kind.recipient);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--recipient: " + e.getMessage(), "'cairn key generate FILE' makes one.");
        }
    }

    private char @Nullable [] password() {
        if (kind.passwordFile != null) {
            return NewPassword.fromFile(PathText.path(kind.passwordFile));
        }
        if (kind.passwordCommand != null) {
            return NewPassword.fromCommand(kind.passwordCommand);
        }
        return kind.password ? NewPassword.asked() : null;
    }

    private Slot add(Repository repository, @Nullable RecipientPublicKey recipient, char @Nullable [] password) {
        if (kind.keyFile != null) {
            return repository.addKeyFile(PathText.path(kind.keyFile), label);
        }
        if (recipient != null) {
            return repository.keyring().addSlot(recipient, label);
        }
        if (password == null) {
            throw new IllegalStateException("one of the kinds is given");
        }
        return repository.addSlot(new SlotSecret.Password(password), label);
    }

    private ObjectNode json(Repository repository, Slot slot) {
        ObjectNode node = Console.object().put("repository", repository.id().toString());
        KeySlotText.put(node, slot, repository.keyring().slotInUse());
        if (kind.keyFile != null) {
            node.put("keyFile", kind.keyFile);
        }
        return node.put("seconds", seconds());
    }

    private void next(Repository repository, Slot slot) {
        if (kind.keyFile != null) {
            RecoveryNotice.keyFile(console(), kind.keyFile);
        } else if (kind.recipient != null) {
            console()
                    .message("Tell them that the repository is " + repository.id()
                            + ": 'cairn clone --repository' asks for it, so that no server can put another in"
                            + " its place.");
        }
        console().message("Next: 'cairn push' takes slot " + slot.id() + " to a remote.");
    }
}
