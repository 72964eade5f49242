package dev.cairn.cas.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of this process's command line. {@code main(String[])} has lost them where they are not text in the JVM's
 * encoding; Linux keeps them.
 */
public final class ProcessArguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    /** Linux limits arguments to a quarter of the stack limit, 2 MiB by default; far above that is not believed. */
    private static final int COMMAND_LINE_BYTES_MAX = 64 << 20;

    private ProcessArguments() {}

    /**
     * The bytes of each of {@code arguments}, the parameter of {@code main}, in order.
     *
     * <p>They are the last ones of the command line: the launcher puts its own options before the main class. Each is
     * compared with its text as far as that is ASCII; where anything does not agree (another operating system, an
     * embedded JVM), the result is the UTF-8 form of the texts. Reads one small file.
     */
    public static List<byte[]> of(String... arguments) {
        byte[] commandLine = new byte[0];
        try (InputStream in = Files.newInputStream(COMMAND_LINE)) {
            commandLine = in.readNBytes(COMMAND_LINE_BYTES_MAX);
        } catch (IOException e) {
            // No such file outside Linux: the texts are all there is.
        }
        return match(commandLine, arguments);
    }

    static List<byte[]> match(byte[] commandLine, String... arguments) {
        List<byte[]> all = split(commandLine);
        int skipped = all.size() - arguments.length;
        if (skipped < 0) {
            return encoded(arguments);
        }
        List<byte[]> last = all.subList(skipped, all.size());
        for (int i = 0; i < arguments.length; i++) {
            if (!agree(last.get(i), arguments[i])) {
                return encoded(arguments);
            }
        }
        return List.copyOf(last);
    }

    /** Every argument ends with a zero byte; an empty one is that byte alone. */
    private static List<byte[]> split(byte[] commandLine) {
        List<byte[]> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                parts.add(java.util.Arrays.copyOfRange(commandLine, start, i));
                start = i + 1;
            }
        }
        return parts;
    }

    /** Compares up to the first byte that is not ASCII: from there on the text depends on the JVM's encoding. */
    private static boolean agree(byte[] raw, String text) {
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] < 0) {
                return true;
            }
            if (i >= text.length() || text.charAt(i) != raw[i]) {
                return false;
            }
        }
        return raw.length == text.length();
    }

    private static List<byte[]> encoded(String... arguments) {
        List<byte[]> result = new ArrayList<>(arguments.length);
        for (String argument : arguments) {
            result.add(argument.getBytes(StandardCharsets.UTF_8));
        }
        return List.copyOf(result);
    }
}
