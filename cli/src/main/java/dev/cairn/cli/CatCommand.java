package dev.cairn.cli;

import dev.cairn.cas.repository.Repository;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn cat}: the bytes of one file. */
@Command(name = "cat", description = "Write a file of a snapshot to standard output.")
final class CatCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SNAPSHOT:PATH", description = "The file.")
    private String place = "";

    @Override
    ExitCode run() throws IOException {
        try (Repository repository = access().open()) {
            new FileOutput(repository, console()).write(SnapshotPlace.find(repository, place));
        }
        return ExitCode.DONE;
    }
}
