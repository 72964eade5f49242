package dev.cairn.replicator.net;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * One direction of a {@link SlowLink}: when each byte leaves and arrives, and what faults are due. All connections share it.
 *
 * <p>Thread-safe; only what is called {@code await} blocks.
 */
public final class LinkDirection {

    /** What waits at the slow end, as in a router: further bytes stay with their sender. */
    private static final int WAITING_BYTES_MAX = 64 << 10;

    private final LinkTerms terms;
    private final Duration roundTrip;
    private final SplittableRandom random;
    private long freeAtNanos = System.nanoTime();
    private long forwarded;
    private long losses;
    private long cutAt = Long.MAX_VALUE;
    private Optional<SlowLink.Cut> cut = Optional.empty();
    private long stallAt = Long.MAX_VALUE;
    private boolean stalled;

    LinkDirection(LinkTerms terms, Duration roundTrip, SplittableRandom random) {
        this.terms = terms;
        this.roundTrip = roundTrip;
        this.random = random;
    }

    /** Bytes that came out at the other end so far. */
    public synchronized long forwarded() {
        return forwarded;
    }

    /** How often what followed was late by a round trip. */
    public synchronized long losses() {
        return losses;
    }

    /** Breaks the connection that brings the last of {@code bytes} further ones, once. Those still come out. */
    public synchronized void cutAfter(long bytes, SlowLink.Cut how) {
        cutAt = forwarded + bytes;
        cut = Optional.of(how);
    }

    /** Whether a cut that was asked for is still to come. */
    public synchronized boolean isCutPending() {
        return cut.isPresent();
    }

    /** Nothing comes out any more, but connections stay open. */
    public synchronized void stall() {
        stalled = true;
    }

    /** As {@link #stall}, once {@code bytes} further ones have come out, or some more. */
    public synchronized void stallAfter(long bytes) {
        stallAt = forwarded + bytes;
    }

    /** Goes on after a stall. */
    public synchronized void resume() {
        stallAt = Long.MAX_VALUE;
        stalled = false;
        notifyAll();
    }

    /** The most bytes of one connection that are on their way. */
    int bytesUnderWayMax() {
        return 2 * WAITING_BYTES_MAX + terms.bytesWithin(terms.delay()) * 5 / 4;
    }

    /** How much is read at once: two milliseconds' worth. */
    int segmentBytes() {
        return Math.clamp(terms.bytesWithin(Duration.ofMillis(2)), 1460, 64 << 10);
    }

    /** Waits until there is room at the slow end. */
    void awaitRoom() throws InterruptedException {
        long ahead;
        synchronized (this) {
            ahead = freeAtNanos - System.nanoTime();
        }
        sleep(ahead - terms.nanos(WAITING_BYTES_MAX));
    }

    /** Puts bytes on the link; tells when they are to come out, as {@link System#nanoTime}. */
    synchronized long send(int bytes) {
        freeAtNanos = Math.max(freeAtNanos, System.nanoTime()) + terms.nanos(bytes);
        if (random.nextDouble() * 1e6 < bytes * terms.lossesPerMegabyte()) {
            losses++;
            freeAtNanos += roundTrip.toNanos();
        }
        return freeAtNanos + terms.delay().toNanos();
    }

    /** Waits until bytes that were sent may come out. */
    void awaitArrival(long dueNanos) throws InterruptedException {
        sleep(dueNanos - System.nanoTime());
        synchronized (this) {
            while (stalled) {
                wait();
            }
        }
    }

    /** How many of {@code bytes} come out before a cut. */
    synchronized int untilCut(int bytes) {
        return (int) Math.min(bytes, cutAt - forwarded);
    }

    /** These have come out. Gives the cut that is due after them, if one is. */
    synchronized Optional<SlowLink.Cut> arrived(int bytes) {
        forwarded += bytes;
        stalled |= forwarded >= stallAt;
        if (forwarded < cutAt) {
            return Optional.empty();
        }
        Optional<SlowLink.Cut> due = cut;
        cutAt = Long.MAX_VALUE;
        cut = Optional.empty();
        return due;
    }

    private static void sleep(long nanos) throws InterruptedException {
        if (nanos > 0) {
            Thread.sleep(Duration.ofNanos(nanos));
        }
    }
}
