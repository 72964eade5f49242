package dev.cairn.cli.remote;

import dev.cairn.cas.snapshot.seed.SeedProgress;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.replicator.TransferProgress;
import java.util.concurrent.atomic.AtomicLong;

/** Shows how far a push or a pull is, and the reading of seeds in its middle. */
public final class TransferDisplay implements TransferProgress, SeedProgress, AutoCloseable {

    /** The part of an estimate by which it may be too low. */
    private static final int NEAR = 10;

    private final String verb;
    private final Console console;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong expectedBytes = new AtomicLong(-1);
    private final AtomicLong seedBytes = new AtomicLong();
    private ProgressDisplay display;

    public TransferDisplay(String verb, Console console) {
        this.verb = verb;
        this.console = console;
        this.display = transfer();
    }

    private ProgressDisplay transfer() {
        return ProgressDisplay.start(verb, console, bytes::get, this::expected);
    }

    /** An estimate that turns out a little too low is no surprise: all is done then, as far as is known. */
    private long expected() {
        long done = bytes.get();
        long all = expectedBytes.get();
        return all < done && done - all <= all / NEAR ? done : all;
    }

    @Override
    public void phase(String branch, Phase phase) {
        console.detail(() -> branch + ": "
                + switch (phase) {
                    case COMPARING -> "comparing";
                    case TRANSFERRING -> "transferring";
                    case MOVING -> "moving the branch";
                });
    }

    @Override
    public void transferred(long records, long recordBytes) {
        bytes.set(recordBytes);
    }

    @Override
    public void listed(long pages) {}

    @Override
    public void expected(long recordBytes) {
        expectedBytes.set(recordBytes);
    }

    @Override
    public void scanning() {
        display.close();
        display = ProgressDisplay.start("reading the seeds", console, seedBytes::get, () -> -1);
    }

    @Override
    public void bytes(long count) {
        seedBytes.addAndGet(count);
    }

    @Override
    public void scanned(long chunks) {
        display.close();
        display = transfer();
        console.detail(() -> "the seeds hold %,d chunks".formatted(chunks));
    }

    @Override
    public void passedOver(String path, String reason) {
        console.always("seed not used: " + path + ": " + reason);
    }

    @Override
    public void changed(String path) {
        console.detail(() -> "seed changed meanwhile: " + path);
    }

    @Override
    public void close() {
        display.close();
    }
}
