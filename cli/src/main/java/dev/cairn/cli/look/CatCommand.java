package dev.cairn.cli.look;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn cat}: the bytes of one file. */
@Command(
        name = "cat",
        description = "Write a file of a snapshot to standard output.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn cat main:notes/todo.txt",
            "  cairn cat 'main@{yesterday}:dump.sql' | less",
            "Next: 'cairn restore SNAPSHOT:PATH --target DIR' writes it back with its time and permissions."
        })
public final class CatCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SNAPSHOT:PATH", description = "The file.")
    private String place = "";

    @Override
    protected ExitCode run() throws IOException {
        try (Repository repository = access().open()) {
            new FileOutput(repository, console()).write(SnapshotPlace.find(repository, place));
        }
        return ExitCode.DONE;
    }
}
