package dev.cairn.cli.rdiff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.console.WholeFile;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.ShownText;
import dev.cairn.delta.rdiff.RdiffFormatException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.ParentCommand;

/** One of the three steps of {@code cairn rdiff}: from inputs to an output that is there whole or not at all. */
abstract class RdiffStepCommand extends TimedCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private RdiffCommand rdiff;

    final RdiffOptions options() {
        return rdiff.options();
    }

    /** What a step does with its open streams; it answers how long the file was that it read or made, in bytes. */
    @FunctionalInterface
    interface Work {
        long run(InputStream input, WholeFile output) throws IOException;
    }

    /**
     * Opens the input that is the step's bulk and the output, runs {@code work} with progress by what is read, and publishes.
     *
     * @param name of the step
     */
    final Written write(String name, String input, String output, Work work) throws IOException {
        AtomicLong done = new AtomicLong();
        long inputBytes = FileText.length(input);
        try (InputStream source = FileText.open(input);
                WholeFile file = options().dryRun()
                        ? WholeFile.rehearse(output, options().force())
                        : WholeFile.open(output, options().force(), console());
                Interruption interruption = Interruption.watch(file::abandon);
                ProgressDisplay _ = ProgressDisplay.start("rdiff " + name, console(), done::get, () -> inputBytes)) {
            long bytes = work.run(watched(source, done, interruption), file);
            file.publish();
            return new Written(bytes, file.bytes(), file.isStandard());
        }
    }

    /**
     * What came of a step.
     *
     * @param bytes length of the file that it read or made
     * @param outputBytes length of its output
     * @param standard whether that went to standard output
     */
    record Written(long bytes, long outputBytes, boolean standard) {}

    /** A document about what was made, or would be. */
    final ObjectNode document() {
        return Console.object().put("dryRun", options().dryRun());
    }

    /** Begins the sentence that tells it. */
    final String would() {
        return options().dryRun() ? "Would be made, and was not: " : "";
    }

    /** Tells a format's failure with the file that has it. */
    static CommandFailure damaged(String name, RdiffFormatException failure, String hint) {
        String shown = name.equals(FileText.STANDARD) ? "standard input" : ShownText.oneLine(name);
        return new CommandFailure(ExitCode.DAMAGED, shown + ": " + failure.getMessage(), hint);
    }

    private static InputStream watched(InputStream source, AtomicLong done, Interruption interruption) {
        return new FilterInputStream(source) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (interruption.isRequested()) {
                    throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted; nothing was written", "");
                }
                int read = super.read(target, offset, length);
                done.addAndGet(Math.max(read, 0));
                return read;
            }
        };
    }
}
