package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Single files that an argument names, {@code -} for the standard streams. */
public final class FileText {

    /** Standard input or output. */
    public static final String STANDARD = "-";

    private static final Path STANDARD_INPUT = Path.of("/dev/stdin");

    private FileText() {}

    /** The path that an argument names. */
    public static Path path(String name) {
        if (name.isEmpty()) {
            throw CommandFailure.usage("the name of a file is empty", "Write - for standard input or output.");
        }
        return PathText.path(name);
    }

    /** Opens a file for reading from its beginning on. */
    public static InputStream open(String name) throws IOException {
        if (name.equals(STANDARD)) {
            return System.in;
        }
        Path path = path(name);
        if (Files.isDirectory(path)) {
            throw isFolder(name);
        }
        return Files.newInputStream(path);
    }

    /** Length in bytes, or -1 where it is not known beforehand. */
    public static long length(String name) throws IOException {
        Path path = name.equals(STANDARD) ? STANDARD_INPUT : path(name);
        return Files.isRegularFile(path) ? Files.size(path) : -1;
    }

    public static CommandFailure isFolder(String name) {
        return new CommandFailure(ExitCode.FAILED, "a folder, not a file: " + name, "");
    }
}
