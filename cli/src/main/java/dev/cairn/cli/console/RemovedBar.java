package dev.cairn.cli.console;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;

/** Draws a bar that leaves no line behind: what comes next stands where it stood. */
final class RemovedBar extends ConsoleProgressBarConsumer {

    private final PrintStream stream;

    RemovedBar(PrintStream stream) {
        super(stream);
        this.stream = stream;
    }

    /** The bar was blanked before, and the cursor stands at the line's beginning. */
    @Override
    public void close() {
        stream.flush();
    }
}
