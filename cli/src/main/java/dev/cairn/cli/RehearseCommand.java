package dev.cairn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code cairn rehearse}: for the launcher, which has the JVM record it; keeps and shows nothing. */
@Command(name = "rehearse", hidden = true, description = "Run every common command once, on made-up data.")
final class RehearseCommand extends TimedCommand {

    @Override
    ExitCode run() throws IOException {
        Path scratch = Files.createTempDirectory("cairn-rehearsal-");
        try {
            new Rehearsal(scratch).run();
        } finally {
            Rehearsal.delete(scratch);
        }
        return ExitCode.DONE;
    }
}
