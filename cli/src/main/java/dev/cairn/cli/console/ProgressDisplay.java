package dev.cairn.cli.console;

import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a long piece of work is: after its first second, a bar with rate and remaining time on a terminal, a plain
 * line every ten seconds elsewhere, nothing with {@code -q}.
 *
 * <p>Polls the work's own counters from a thread of its own, so that the work pays nothing. Closing removes the bar.
 */
public final class ProgressDisplay implements AutoCloseable {

    private static final long POLL_MILLIS = 200;
    private static final long FIRST_MILLIS = 1_000;
    private static final long LINE_MILLIS = 10_000;

    private final String phase;
    private final @Nullable String noun;
    private final PrintStream err;
    private final boolean terminal;
    private final LongSupplier done;
    private final LongSupplier total;
    private final @Nullable Thread thread;
    private volatile boolean closed;

    private ProgressDisplay(
            String phase,
            @Nullable String noun,
            Console console,
            boolean terminal,
            LongSupplier done,
            LongSupplier total) {
        this.phase = phase;
        this.noun = noun;
        this.err = console.err();
        this.terminal = terminal;
        this.done = done;
        this.total = total;
        this.thread = console.quiet()
                ? null
                : Thread.ofPlatform().daemon().name("progress").unstarted(this::show);
    }

    /**
     * Starts to show progress in bytes.
     *
     * @param done bytes done so far
     * @param total bytes in all, as far as it is known; negative while it is not
     */
    public static ProgressDisplay start(String phase, Console console, LongSupplier done, LongSupplier total) {
        return start(phase, null, console, done, total);
    }

    /** As above, of things that are counted; {@code noun} is what one of them is called. */
    public static ProgressDisplay start(
            String phase, @Nullable String noun, Console console, LongSupplier done, LongSupplier total) {
        boolean terminal = Terminal.isInteractive() && System.getenv("TERM") != null;
        ProgressDisplay display = new ProgressDisplay(phase, noun, console, terminal, done, total);
        if (display.thread != null) {
            display.thread.start();
        }
        return display;
    }

    private void show() {
        long began = System.nanoTime();
        if (sleptUntilClosed(FIRST_MILLIS)) {
            return;
        }
        if (terminal) {
            bar();
        } else {
            lines(began);
        }
    }

    private void bar() {
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(phase)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(noun == null ? " MB" : " " + noun + "s", noun == null ? 1_000_000 : 1)
                .setUpdateIntervalMillis((int) POLL_MILLIS)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(err))
                .clearDisplayOnFinish()
                .build()) {
            do {
                bar.maxHint(total.getAsLong());
                bar.stepTo(done.getAsLong());
            } while (!sleptUntilClosed(POLL_MILLIS));
        }
    }

    private void lines(long began) {
        long next = LINE_MILLIS - FIRST_MILLIS;
        while (!sleptUntilClosed(next)) {
            next = LINE_MILLIS;
            long now = done.getAsLong();
            long all = total.getAsLong();
            double seconds = (System.nanoTime() - began) / 1e9;
            StringBuilder line = new StringBuilder(phase).append(": ").append(text(now));
            if (all > 0) {
                line.append(" of ").append(text(Math.max(all, now)));
            }
            line.append(", ").append(text((long) (now / seconds))).append("/s");
            if (all > now && now > 0) {
                long remaining = (long) ((all - now) / (now / seconds));
                line.append(", ")
                        .append(Duration.ofSeconds(remaining)
                                .toString()
                                .substring(2)
                                .toLowerCase(Locale.ROOT))
                        .append(" to go");
            }
            synchronized (err) {
                err.println(line);
            }
        }
    }

    private String text(long amount) {
        return noun == null ? SizeText.of(amount) : CountText.of(amount, noun);
    }

    private boolean sleptUntilClosed(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        synchronized (this) {
            long left = until - System.nanoTime();
            while (!closed && left > 0) {
                try {
                    wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    return true;
                }
                left = until - System.nanoTime();
            }
            return closed;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
