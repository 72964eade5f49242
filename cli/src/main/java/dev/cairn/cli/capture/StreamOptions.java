package dev.cairn.cli.capture;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.NamedStream;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.RawText;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A stream to capture instead of files. */
final class StreamOptions {

    private static final String NAME_UNLESS_GIVEN = "stdin";

    @Option(
            names = "--stdin",
            paramLabel = "NAME",
            description = "Capture standard input, to its end, as the file NAME of the snapshot.")
    private @Nullable String name;

    @Option(
            names = "--stdin-from-command",
            description = "Run the command behind -- and capture its output. If it fails, no snapshot is made.")
    private boolean fromCommand;

    boolean isGiven() {
        return name != null || fromCommand;
    }

    /** The path of the stream in the snapshot. */
    EntryPath path() {
        String text = name == null ? NAME_UNLESS_GIVEN : name;
        try {
            EntryPath path = EntryPath.parse(RawText.bytes(text.startsWith("/") ? text.substring(1) : text));
            if (!path.isRoot()) {
                return path;
            }
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--stdin: " + e.getMessage(), "Give the file a name, such as dump.sql.");
        }
        throw CommandFailure.usage("--stdin: a file needs a name", "Give it one, such as dump.sql.");
    }

    /** Checks that the arguments fit, before anything is done. */
    void requireArguments(List<String> arguments) {
        if (fromCommand && arguments.isEmpty()) {
            throw CommandFailure.usage(
                    "--stdin-from-command: no command is given",
                    "Write it last: cairn snapshot --stdin dump.sql --stdin-from-command -- pg_dump mydb");
        }
        if (!fromCommand && !arguments.isEmpty()) {
            throw CommandFailure.usage(
                    "--stdin captures standard input alone, not '" + ShownText.oneLine(arguments.getFirst()) + "' too",
                    "Capture files with a command of their own, on a branch of their own.");
        }
        if (arguments.stream().anyMatch(argument -> !RawText.isUtf8(argument))) {
            throw CommandFailure.usage(
                    "--stdin-from-command: an argument is not UTF-8", "Put the command into a script, and run that.");
        }
    }

    /** Begins to read. */
    StreamReader open(List<String> arguments, Cancellation cancellation) throws IOException {
        return fromCommand
                ? StreamReader.ofCommand(arguments, cancellation)
                : StreamReader.ofStandardInput(cancellation);
    }

    NamedStream named(StreamReader reader) {
        return new NamedStream(path(), reader);
    }
}
