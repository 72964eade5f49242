package dev.cairn.cli;

import dev.cairn.cas.file.FolderTree;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn rehearse}: for the launcher, which has the JVM record it; keeps and shows nothing. */
@Command(name = "rehearse", hidden = true, description = "Run every common command once, on made-up data.")
final class RehearseCommand extends TimedCommand {

    @Option(names = "--network", description = "Those that talk to a server instead, and the server.")
    private boolean network;

    @Override
    protected ExitCode run() throws IOException {
        Path scratch = Files.createTempDirectory("cairn-rehearsal-");
        try {
            Rehearsal rehearsal = new Rehearsal(scratch);
            if (network) {
                rehearsal.network();
            } else {
                rehearsal.local();
            }
        } finally {
            FolderTree.deleteIfExists(scratch);
        }
        return ExitCode.DONE;
    }
}
