package dev.cairn.cli.command;

import dev.cairn.cas.snapshot.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: the first asks the command to stop and to say so, and the process ends within a second whether it did or not. The exit
 * code is then 130, the JVM's own for an interrupt.
 */
public final class Interruption implements Cancellation, AutoCloseable {

    /** Tests set another, since on a busy machine nothing is certain to be told in so short a time. */
    private static final long GRACE_MILLIS = Long.getLong("cairn.interruption.grace", 700);

    /** The command has told what became of it. One for the process, as the command is. */
    private static final CountDownLatch TOLD = new CountDownLatch(1);

    private final Thread hook = new Thread(this::requested, "interruption");
    private volatile boolean requested;

    private final Runnable stop;

    private Interruption(Runnable stop) {
        this.stop = stop;
    }

    /** Watches until it is closed; the command asks {@link #isRequested}. */
    public static Interruption watch() {
        return watch(() -> {});
    }

    /** Watches until it is closed; runs {@code stop} when it is time to. */
    public static Interruption watch(Runnable stop) {
        Interruption interruption = new Interruption(stop);
        try {
            Runtime.getRuntime().addShutdownHook(interruption.hook);
        } catch (IllegalStateException e) {
            // Shutting down already: it was requested before anybody watched.
            interruption.requested = true;
            stop.run();
        }
        return interruption;
    }

    /** The command has ended and told what became of it: the process need not wait for it any longer. */
    public static void told() {
        TOLD.countDown();
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
            // Whether it did in time makes no difference: what was committed stays.
            boolean _ = TOLD.await(GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // Shutting down already: the hook runs.
                requested = true;
            }
        }
    }
}
