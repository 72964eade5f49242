package dev.cairn.cli.console;

import java.util.Optional;

/** The person at the other end, if there is one. */
public final class Terminal {

    private Terminal() {}

    /** Whether somebody can be asked, and reads what is written to standard error. */
    public static boolean isInteractive() {
        return console().isPresent();
    }

    /** Asks for a line; empty where nobody can be asked, or they end the input. */
    public static Optional<String> ask(String question) {
        return console().map(console -> console.readLine("%s", question));
    }

    /** Asks for a password without showing it; empty where nobody can be asked. */
    public static Optional<char[]> askSecret(String question) {
        return console().map(console -> console.readPassword("%s", question));
    }

    /** From JDK 25 on there is none again where standard input or output is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static Optional<java.io.Console> console() {
        return Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal);
    }
}
