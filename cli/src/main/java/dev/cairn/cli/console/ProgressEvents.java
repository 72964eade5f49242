package dev.cairn.cli.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.posix.GivenOutput;
import dev.cairn.cli.failure.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Progress for a program: a JSON document a line, to a file descriptor that it gave.
 *
 * <p>The work is never held up: documents are written by a thread of their own. Where the reader is slow they pile up to a limit, and
 * what comes then is dropped, reports of progress first; where it is gone all are. Threading: any thread may send.
 */
public final class ProgressEvents implements AutoCloseable {

    /** Reports of progress are dropped where so many documents wait, beginnings and ends where four times as many do. */
    private static final int WAITING_MAX = 16;

    private static final int ENDS_WAITING_MAX = 4 * WAITING_MAX;

    /** How long the end of the process waits for a reader that is slow. */
    private static final long CLOSE_MILLIS = 300;

    private final GivenOutput output;
    private final String command;

    /** Guarded by this, as what follows. */
    private final Deque<byte[]> waiting = new ArrayDeque<>();

    private boolean isWriting;
    private boolean isGone;

    private ProgressEvents(GivenOutput output, String command) {
        this.output = output;
        this.command = command;
    }

    /**
     * Takes over the descriptor.
     *
     * @param command whose progress it is, such as {@code key rotate}
     * @throws CommandFailure wrong usage, if it is not open for writing
     */
    public static ProgressEvents open(int descriptor, String command) {
        if (descriptor < 1) {
            throw notWritable(descriptor, "it is standard input");
        }
        ProgressEvents events;
        try {
            events = new ProgressEvents(GivenOutput.open(descriptor), command);
        } catch (IOException e) {
            throw notWritable(descriptor, "it is not open for writing");
        }
        Thread.ofPlatform().daemon().name("progress-json").start(events::write);
        return events;
    }

    private static CommandFailure notWritable(int descriptor, String reason) {
        return CommandFailure.usage(
                "--progress-json: file descriptor %d cannot be used: %s".formatted(descriptor, reason),
                "Open it with the command: cairn --progress-json 3 ... 3>progress.jsonl");
    }

    /**
     * Tells how far a phase is.
     *
     * @param event {@code start}, {@code progress} or {@code end}
     * @param total negative while it is not known
     */
    void send(String event, String phase, String unit, long done, long total, double seconds) {
        double rate = seconds > 0 ? done / seconds : 0;
        ObjectNode node = Console.object()
                .put("event", event)
                .put("command", command)
                .put("phase", phase)
                .put("done", done);
        if (total < 0) {
            node.putNull("total");
        } else {
            node.put("total", total);
        }
        node.put("unit", unit).put("rate", Math.round(rate));
        if (total >= done && rate > 0) {
            node.put("etaSeconds", Math.round((total - done) / rate * 10) / 10.0);
        } else {
            node.putNull("etaSeconds");
        }
        node.put("seconds", Math.round(seconds * 1e3) / 1e3);
        offer((Console.write(node) + "\n").getBytes(StandardCharsets.UTF_8), !event.equals("progress"));
    }

    private synchronized void offer(byte[] line, boolean isEdge) {
        if (!isGone && waiting.size() < (isEdge ? ENDS_WAITING_MAX : WAITING_MAX)) {
            waiting.add(line);
            notifyAll();
        }
    }

    private void write() {
        try {
            while (true) {
                output.write(next());
            }
        } catch (IOException e) {
            // Nobody reads any more: the work goes on.
            gone();
        } catch (InterruptedException e) {
            gone();
            Thread.currentThread().interrupt();
        }
    }

    private synchronized byte[] next() throws InterruptedException {
        isWriting = false;
        notifyAll();
        while (waiting.isEmpty()) {
            wait();
        }
        isWriting = true;
        return waiting.remove();
    }

    private synchronized void gone() {
        isGone = true;
        waiting.clear();
        notifyAll();
    }

    /** Gives the last documents a moment to be taken. */
    @Override
    public synchronized void close() {
        long until = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
        long left = CLOSE_MILLIS;
        while (!isGone && left > 0 && (isWriting || !waiting.isEmpty())) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            left = (until - System.nanoTime()) / 1_000_000;
        }
    }
}
