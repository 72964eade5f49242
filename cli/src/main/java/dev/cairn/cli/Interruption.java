package dev.cairn.cli;

import dev.cairn.cas.snapshot.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: the first asks the command to stop, and the process ends within a second whether it did or not. The exit code is
 * then 130, the JVM's own for an interrupt.
 */
final class Interruption implements Cancellation, AutoCloseable {

    private static final long GRACE_MILLIS = 900;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::requested, "interruption");
    private volatile boolean requested;

    private final Runnable stop;

    private Interruption(Runnable stop) {
        this.stop = stop;
    }

    /** Watches until it is closed; the command asks {@link #isRequested}. */
    static Interruption watch() {
        return watch(() -> {});
    }

    /** Watches until it is closed; runs {@code stop} when it is time to. */
    static Interruption watch(Runnable stop) {
        Interruption interruption = new Interruption(stop);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    @Override
    public boolean isRequested() {
        return requested;
    }

    @SuppressWarnings("ReturnValueIgnored")
    private void requested() {
        requested = true;
        stop.run();
        try {
            // Whether it ended in time makes no difference: what was committed stays.
            boolean _ = ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // Shutting down already; the hook runs and finds that everything has ended.
                requested = true;
            }
        }
    }
}
