package dev.cairn.cli.console;

import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a long piece of work is: after its first second, a bar with rate and remaining time on a terminal, a plain
 * line every ten seconds elsewhere, nothing with {@code -q}. Tells the same to a program that asked for it ({@link ProgressEvents}),
 * from the beginning to the end of the work.
 *
 * <p>Polls the work's own counters from a thread of its own, so that the work pays nothing. Closing removes the bar.
 */
public final class ProgressDisplay implements AutoCloseable {

    private static final long POLL_MILLIS = 200;
    private static final long FIRST_MILLIS = 1_000;
    private static final long LINE_MILLIS = 10_000;

    /** So long before a line that tells it, what there is in all begins to be counted. */
    private static final long SOONER_MILLIS = 2_000;

    private final String phase;
    private final @Nullable String noun;
    private final Console console;
    private final LongSupplier done;
    private final LongSupplier total;
    private final @Nullable ProgressEvents events;
    private final boolean isShown;
    private final long began = System.nanoTime();
    private final @Nullable Thread thread;
    private boolean closed;

    private ProgressDisplay(
            String phase,
            @Nullable String noun,
            Console console,
            boolean isShown,
            LongSupplier done,
            LongSupplier total) {
        this.phase = phase;
        this.noun = noun;
        this.console = console;
        this.done = done;
        this.total = total;
        this.events = console.events();
        this.isShown = isShown && !console.quiet();
        this.thread = this.isShown || events != null
                ? Thread.ofPlatform().daemon().name("progress").unstarted(this::show)
                : null;
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
        return start(new ProgressDisplay(phase, noun, console, true, done, total));
    }

    /** As above, of what runs beside something that is shown: only programs are told. */
    public static ProgressDisplay startUnseen(
            String phase, String noun, Console console, LongSupplier done, LongSupplier total) {
        return start(new ProgressDisplay(phase, noun, console, false, done, total));
    }

    /**
     * How long after its beginning somebody is first told of a piece of work, in milliseconds, or a little less; {@link Long#MAX_VALUE} if nobody
     * is.
     */
    public static long tellsAfterMillis(Console console) {
        if (console.events() != null) {
            return 0;
        }
        if (console.quiet()) {
            return Long.MAX_VALUE;
        }
        return Terminal.showsErrors() ? 0 : LINE_MILLIS - SOONER_MILLIS;
    }

    private static ProgressDisplay start(ProgressDisplay display) {
        display.tell("start");
        if (display.thread != null) {
            display.thread.start();
        }
        return display;
    }

    private void tell(String event) {
        if (events != null) {
            events.send(
                    event, phase, noun == null ? "bytes" : noun + "s", done.getAsLong(), total.getAsLong(), seconds());
        }
    }

    /** What there is in all; negative while that is not known, and where more was done than was expected. */
    private long knownTotal() {
        long all = total.getAsLong();
        return all < done.getAsLong() ? -1 : all;
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    private void show() {
        if (sleptUntilClosed(FIRST_MILLIS)) {
            return;
        }
        if (isShown && Terminal.showsErrors()) {
            bar();
        } else {
            lines();
        }
    }

    private void bar() {
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(phase)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(noun == null ? " MB" : " " + noun + "s", noun == null ? 1_000_000 : 1)
                .setUpdateIntervalMillis((int) POLL_MILLIS)
                .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setConsumer(new RemovedBar(console.err()))
                .clearDisplayOnFinish()
                .build()) {
            console.showsBar(true);
            do {
                bar.maxHint(knownTotal());
                long now = done.getAsLong();
                if (now == bar.getCurrent()) {
                    // By itself it is drawn anew where it moves, and would look dead while something is waited for.
                    bar.refresh();
                }
                bar.stepTo(now);
            } while (!sleptUntilClosed(POLL_MILLIS));
        } finally {
            console.showsBar(false);
        }
    }

    private void lines() {
        long next = LINE_MILLIS - FIRST_MILLIS;
        while (!sleptUntilClosed(next)) {
            next = LINE_MILLIS;
            if (!isShown) {
                continue;
            }
            long now = done.getAsLong();
            long all = knownTotal();
            double seconds = seconds();
            StringBuilder line = new StringBuilder(phase).append(": ").append(text(now));
            if (all > 0) {
                line.append(" of ").append(text(all));
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
            console.always(line.toString());
        }
    }

    private String text(long amount) {
        return noun == null ? SizeText.of(amount) : CountText.of(amount, noun);
    }

    /** Waits, and tells programs meanwhile; whether the work has ended. */
    private boolean sleptUntilClosed(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; left > 0; left = (until - System.nanoTime()) / 1_000_000) {
            synchronized (this) {
                try {
                    if (!closed) {
                        wait(Math.min(left, events == null ? left : POLL_MILLIS));
                    }
                } catch (InterruptedException e) {
                    return true;
                }
                if (closed) {
                    return true;
                }
            }
            tell("progress");
        }
        return false;
    }

    /** Ends the display. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
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
        tell("end");
    }
}
