package dev.cairn.cli;

import dev.cairn.cas.file.FolderTree;
import dev.cairn.cli.command.TimedCommand;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn rehearse}: for the launcher, which has the JVM record it; keeps and shows nothing. */
@Command(name = "rehearse", hidden = true, description = "Run every common command once, on made-up data.")
final class RehearseCommand extends TimedCommand {

    @Option(names = "--network", description = "Those that talk to a server instead, and the server.")
    private boolean network;

    @Option(
            names = "--prepare",
            paramLabel = "DIR",
            description = "Make the repository that '--look' looks at, in this empty folder, instead.")
    private @Nullable Path prepared;

    @Option(names = "--look", paramLabel = "DIR", description = "Those that only look instead, at what is there.")
    private @Nullable Path lookedAt;

    @Override
    protected ExitCode run() throws IOException {
        if (prepared != null) {
            new Rehearsal(prepared).prepare();
        } else if (lookedAt != null) {
            new Rehearsal(lookedAt).look();
        } else {
            inScratch();
        }
        return ExitCode.DONE;
    }

    private void inScratch() throws IOException {
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
    }
}
