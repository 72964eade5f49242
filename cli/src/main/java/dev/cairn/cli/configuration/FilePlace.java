package dev.cairn.cli.configuration;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.ShownText;
import java.nio.file.Path;

/**
 * A line of a file.
 *
 * @param line from 1
 */
public record FilePlace(Path file, int line) {

    /** What is wrong there, as wrong usage. */
    public CommandFailure wrong(String what, String hint) {
        return CommandFailure.usage(this + ": " + what, hint);
    }

    /** {@code FILE:LINE}, as compilers write it. */
    @Override
    public String toString() {
        return ShownText.oneLine(file.toString()) + ":" + line;
    }
}
