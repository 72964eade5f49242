package dev.cairn.cli.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The person at the other end, if there is one. */
public final class Terminal {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private Terminal() {}

    /** Whether somebody can be asked, and reads what is written to standard error. */
    public static boolean isInteractive() {
        return console().isPresent();
    }

    /** Whether standard error is a terminal that can draw a line anew, whatever the other streams are. */
    static boolean showsErrors() {
        String type = System.getenv("TERM");
        if (type == null || type.isEmpty() || type.equals("dumb")) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return isInteractive();
        }
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
