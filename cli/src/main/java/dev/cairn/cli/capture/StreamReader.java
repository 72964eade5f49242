package dev.cairn.cli.capture;

import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.ContentStream;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream ahead on a thread of its own, so that waiting for its next bytes can be broken off. Holds {@value #BLOCKS} blocks of
 * {@value #BLOCK_BYTES} bytes at most.
 */
final class StreamReader implements ContentStream, AutoCloseable {

    /** As in {@code Exec failed, error: 2 (No such file or directory)}. */
    private static final Pattern NUMBERED = Pattern.compile("error[:=] ?\\d+,? \\(?([^()]+?)\\)?\\s*$");

    private static final int BLOCKS = 8;
    private static final int BLOCK_BYTES = 256 << 10;
    private static final long POLL_MILLIS = 100;
    private static final long KILL_MILLIS = 300;

    private final InputStream in;
    private final Cancellation cancellation;
    private final @Nullable Process process;
    private final String shown;
    private final BlockingQueue<Block> blocks = new ArrayBlockingQueue<>(BLOCKS);
    private final Thread thread;
    private @Nullable Block block;
    private int position;

    /** What was read at once; empty at the end. */
    private record Block(byte[] bytes, int length, @Nullable IOException failure) {}

    private StreamReader(InputStream in, Cancellation cancellation, @Nullable Process process, String shown) {
        this.in = in;
        this.cancellation = cancellation;
        this.process = process;
        this.shown = shown;
        this.thread = Thread.ofPlatform().daemon().name("stream").start(this::readAll);
    }

    static StreamReader ofStandardInput(Cancellation cancellation) {
        return new StreamReader(System.in, cancellation, null, "standard input");
    }

    /**
     * Runs a command, whose output is the stream; its standard input and error are this process's own.
     *
     * @throws CommandFailure if it cannot be started
     */
    static StreamReader ofCommand(List<String> command, Cancellation cancellation) {
        String shown = ShownText.oneLine(command.getFirst());
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "cannot run '%s': %s".formatted(shown, reason(e)),
                    "Nothing was captured. Check the name behind --.");
        }
        return new StreamReader(process.getInputStream(), cancellation, process, shown);
    }

    /** Why it could not be started. The JDK's own message says first that it could not, and of what. */
    private static String reason(IOException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String message = ShownText.oneLine(String.valueOf(cause.getMessage()));
        Matcher numbered = NUMBERED.matcher(message);
        return numbered.find() ? numbered.group(1) : message;
    }

    private void readAll() {
        try {
            while (true) {
                Block next = next();
                blocks.put(next);
                if (next.length() <= 0) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Block next() {
        byte[] bytes = new byte[BLOCK_BYTES];
        try {
            return new Block(bytes, in.read(bytes, 0, bytes.length), null);
        } catch (IOException e) {
            return new Block(bytes, -1, e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Block current = block;
        if (current == null || (current.length() > 0 && position == current.length())) {
            current = arrived();
            block = current;
            position = 0;
        }
        IOException failure = current.failure();
        if (failure != null) {
            throw failure;
        }
        if (current.length() <= 0) {
            return -1;
        }
        int taken = Math.min(length, current.length() - position);
        System.arraycopy(current.bytes(), position, buffer, offset, taken);
        position += taken;
        return taken;
    }

    private Block arrived() throws IOException {
        try {
            while (true) {
                cancellation.check();
                Block next = blocks.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + shown, e);
        }
    }

    /** @throws CommandFailure if the command ended with anything but 0 */
    @Override
    public void finish() throws IOException {
        if (process == null) {
            return;
        }
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                cancellation.check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + shown, e);
        }
        int status = process.exitValue();
        if (status != 0) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "the command '%s' failed with exit status %d".formatted(shown, status),
                    "No snapshot was made of its output; the branch is where it was.");
        }
    }

    /** Stops reading, and ends the command if it still runs. */
    @Override
    public void close() {
        thread.interrupt();
        if (process != null && process.isAlive()) {
            process.destroy();
            try {
                if (!process.waitFor(KILL_MILLIS, TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
