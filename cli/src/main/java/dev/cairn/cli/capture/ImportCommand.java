package dev.cairn.cli.capture;

import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.archive.ArchiveInput;
import dev.cairn.cas.snapshot.archive.Import;
import dev.cairn.cas.snapshot.capture.AbsolutePath;
import dev.cairn.cas.snapshot.capture.BringPlan;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cli.command.HostName;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryAccess;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.TagName;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.RawText;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn import}: makes an archive a snapshot, and moves a branch to it. */
@Command(
        name = "import",
        description = "Make an archive a new snapshot: tar (also .gz, .zst, .bz2, .xz), zip or 7z, by its content.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn import old-backup.tar.gz --branch old",
            "  ssh host tar c /etc | cairn import - --branch host-etc",
            "Next: 'cairn snapshots --branch B' shows it, 'cairn restore B --target DIR' writes it out."
        })
public final class ImportCommand extends RepositoryCommand {

    @Parameters(paramLabel = "ARCHIVE", description = "The archive; - for standard input.")
    private String archive = "";

    @Option(
            names = "--branch",
            paramLabel = "B",
            defaultValue = "main",
            description = "The branch to move. Default: main.")
    private String branch = "main";

    @Option(names = "--tag", paramLabel = "T", description = "Tag the snapshot; may be given several times.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be stored.")
    private boolean dryRun;

    @Override
    protected ExitCode run() throws IOException {
        ArchiveInput input = input();
        BringPlan plan = plan();
        CaptureResult result;
        Repository repository = access().open();
        try (repository;
                Interruption interruption = Interruption.watch();
                CaptureDisplay display = new CaptureDisplay("import", console())) {
            Capture capture = new Capture(RepositoryAccess.captureStore(repository));
            result = new Import(capture, repository.sealer(), repository.temporaryFolder())
                    .run(input, plan, display, interruption);
        }
        if (result.snapshot() != null) {
            cairn().made(result.snapshot(), result.branch());
        }
        new CaptureReport(console(), "import", dryRun, null, seconds()).tell(repository.id(), result);
        return result.isPartial() ? ExitCode.PARTIAL : ExitCode.DONE;
    }

    private ArchiveInput input() {
        if (archive.equals(FileText.STANDARD)) {
            return new ArchiveInput.OfStream(System.in);
        }
        if (Files.isDirectory(FileText.path(archive))) {
            throw new CommandFailure(
                    ExitCode.FAILED, "a folder, not an archive: " + archive, "'cairn snapshot' captures folders.");
        }
        return new ArchiveInput.OfFile(FileText.path(archive));
    }

    private BringPlan plan() throws IOException {
        tags.forEach(TagName::require);
        List<byte[]> paths = archive.equals(FileText.STANDARD)
                ? List.of()
                : List.of(AbsolutePath.of(RawText.bytes(archive), AbsolutePath.workingFolder())
                        .bytes());
        try {
            return new BringPlan(
                    branch,
                    tags,
                    paths,
                    dryRun,
                    HostName.text(),
                    cairn().places().userName());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn import --help'.");
        }
    }
}
