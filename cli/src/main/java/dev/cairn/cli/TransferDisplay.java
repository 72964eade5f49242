package dev.cairn.cli;

import dev.cairn.replicator.TransferProgress;
import java.util.concurrent.atomic.AtomicLong;

/** Shows how far a push or a pull is. */
final class TransferDisplay implements TransferProgress, AutoCloseable {

    private final Console console;
    private final AtomicLong bytes = new AtomicLong();
    private final ProgressDisplay display;

    TransferDisplay(String verb, Console console) {
        this.console = console;
        this.display = ProgressDisplay.start(verb, console, bytes::get, () -> -1);
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
    public void close() {
        display.close();
    }
}
