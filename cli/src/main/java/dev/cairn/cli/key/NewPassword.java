package dev.cairn.cli.key;

import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.repository.KeySource;
import dev.cairn.cli.command.KeyChoice;
import dev.cairn.cli.console.Terminal;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.nio.file.Path;
import java.util.Arrays;

/** A password that somebody chooses: typed twice, or from a file or a command. Never shown, never empty. */
final class NewPassword {

    private NewPassword() {}

    /** Asks for it twice at the terminal. */
    static char[] asked() {
        char[] first = typed("New password: ");
        char[] second = typed("Again: ");
        boolean isSame = Arrays.equals(first, second);
        Arrays.fill(second, ' ');
        if (!isSame) {
            throw new CommandFailure(ExitCode.WRONG_KEY, "the two passwords differ", "Run the command again.");
        }
        if (first.length == 0) {
            throw new CommandFailure(ExitCode.WRONG_KEY, "the password is empty", "Choose one with some characters.");
        }
        return first;
    }

    private static char[] typed(String question) {
        return Terminal.askSecret(question)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.WRONG_KEY,
                        "a password is wanted and there is no terminal to ask at",
                        "Give it by a file or a command: see the options with --help."));
    }

    /** The first line of a file. */
    static char[] fromFile(Path file) {
        try {
            return new KeySource.PasswordFile(file).password();
        } catch (WrongKeyException e) {
            // The hint is of a password that opens something.
            throw new CommandFailure(
                    ExitCode.WRONG_KEY,
                    String.valueOf(e.getMessage()),
                    "The first line of that file becomes the password: write it there, or name another file.");
        }
    }

    /** The first line that a command prints. */
    static char[] fromCommand(String command) {
        KeySource.PasswordText text = KeyChoice.ofCommand(command);
        if (text.password().length == 0) {
            throw new CommandFailure(
                    ExitCode.WRONG_KEY, "the password command printed nothing", "It must print a password.");
        }
        return text.password();
    }
}
