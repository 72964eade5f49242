package dev.cairn.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A terminal of a person: a shell that runs one command after the other, with what an earlier one exported or where it went. Standard
 * output and standard error come as one. Not for use by several threads.
 */
final class ShellSession implements AutoCloseable {

    /** Far longer than any command takes, a first build included. */
    private static final long PATIENCE_SECONDS = 300;

    private final Process shell;
    private final Writer input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final String mark = UUID.randomUUID().toString();

    /** What a command printed, and its exit code. */
    record Ending(int exitCode, List<String> lines) {}

    /**
     * Opens a terminal.
     *
     * @param home of the person
     * @param folder where the terminal begins
     */
    ShellSession(Path home, Path folder, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "--norc", "--noprofile")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("CAIRN_") || name.startsWith("XDG_"));
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        shell = builder.start();
        input = shell.outputWriter(UTF_8);
        Thread.ofVirtual().start(this::collect);
        type("umask 022");
    }

    private void collect() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(shell.getInputStream(), UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (IOException e) {
            lines.add(e.toString());
        }
    }

    /** Starts a command and does not wait for it. */
    void type(String command) throws IOException {
        input.write("{\n" + command + "\n} </dev/null\n");
        input.flush();
    }

    /** Runs a command to its end. */
    Ending run(String command) throws IOException, InterruptedException {
        type(command);
        // The blank line ends an output that does not end its last line itself.
        input.write("printf '\\n%s %d\\n' " + mark + " $?\n");
        input.flush();
        List<String> printed = new ArrayList<>();
        while (true) {
            String line = next(command);
            if (line.startsWith(mark)) {
                printed.removeLast();
                return new Ending(Integer.parseInt(line.substring(mark.length() + 1)), printed);
            }
            printed.add(line);
        }
    }

    /** The next line that is printed. */
    String next(String command) throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("no end of: " + command);
        }
        return line;
    }

    /** Closes the terminal, ends what runs in it, and waits until it has ended: a server still writes while it stops. */
    @Override
    public void close() {
        List<ProcessHandle> running = shell.descendants().toList();
        running.forEach(ProcessHandle::destroy);
        shell.destroy();
        Stream.concat(running.stream(), Stream.of(shell.toHandle()))
                .map(process -> process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .toList()
                .forEach(CompletableFuture::join);
    }
}
