package dev.cairn.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A place where threads wait until a test lets them go on. */
final class Gate {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private int arrived;
    private boolean open;

    /** Waits here until {@link #open}. */
    synchronized void pass() {
        arrived++;
        notifyAll();
        await(() -> open);
    }

    /** Lets all pass from now on. */
    synchronized void open() {
        open = true;
        notifyAll();
    }

    /** Waits until so many have come here. */
    synchronized void awaitArrivals(int count) {
        await(() -> arrived >= count);
    }

    private interface Condition {
        boolean holds();
    }

    private synchronized void await(Condition condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean interrupted = false;
        while (!condition.holds()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                throw new AssertionError("nobody came to the gate, or opened it, in " + PATIENCE);
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
