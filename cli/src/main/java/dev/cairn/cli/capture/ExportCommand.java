package dev.cairn.cli.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.archive.Export;
import dev.cairn.cas.snapshot.archive.ExportFormat;
import dev.cairn.cas.snapshot.archive.ExportLoss;
import dev.cairn.cas.snapshot.archive.ExportPlan;
import dev.cairn.cas.snapshot.archive.ExportProgress;
import dev.cairn.cas.snapshot.archive.ExportResult;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.console.Terminal;
import dev.cairn.cli.console.WholeFile;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn export}: writes a snapshot, or a part of it, as an archive. */
@Command(
        name = "export",
        description = "Write a snapshot, or a part of one, as a tar or zip archive.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn export main -o home.tar.zst",
            "  cairn export main:photos --format zip -o photos.zip",
            "Next: 'cairn import ARCHIVE' makes an archive a snapshot."
        })
public final class ExportCommand extends RepositoryCommand {

    /** What people may hope for; the name alone would make it a plain tar. */
    private static final List<String> UNWRITTEN =
            List.of(".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".7z", ".rar", ".lz4");

    @Parameters(paramLabel = "SNAPSHOT[:PATH]", description = "What to export.")
    private String place = "";

    @Option(
            names = "--format",
            paramLabel = "tar|tar.zst|zip",
            description = "The format. Default: what the name of the file ends with, else tar.")
    private @Nullable ExportFormat format;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = FileText.STANDARD,
            description = "Where to; - or none for standard output.")
    private String output = FileText.STANDARD;

    @Option(
            names = {"-f", "--force"},
            description = "Replace a file that is there.")
    private boolean force;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() throws IOException {
        boolean isStandard = output.equals(FileText.STANDARD) && !dryRun.isWanted();
        if (isStandard && Terminal.isInteractive()) {
            throw CommandFailure.usage("an archive does not go to a terminal", "Give -o FILE, or a pipe.");
        }
        ExportResult result;
        long archiveBytes;
        try (Repository repository = access().open(dryRun);
                Interruption interruption = Interruption.watch()) {
            SnapshotPlace found = SnapshotPlace.find(repository, place);
            ExportPlan plan = new ExportPlan(found.snapshot().manifest(), found.path(), format());
            AtomicLong done = new AtomicLong();
            long total = found.path().isRoot()
                    ? found.snapshot().description().totals().bytes()
                    : -1;
            try (WholeFile file = dryRun.isWanted()
                            ? WholeFile.rehearse(output, force)
                            : WholeFile.open(output, force, console());
                    ProgressDisplay _ = ProgressDisplay.start("export", console(), done::get, () -> total)) {
                result = new Export(repository.objects(), repository.sealer(), repository.temporaryFolder())
                        .run(plan, file.stream(), progress(done), interruption);
                file.publish();
                archiveBytes = file.bytes();
            } catch (NoSuchElementException e) {
                throw SnapshotPlace.noSuchPath(found.path());
            }
        }
        if (!isStandard) {
            console().done(() -> json(result, archiveBytes), () -> text(result, archiveBytes));
        }
        return result.lossCount() > 0 ? ExitCode.PARTIAL : ExitCode.DONE;
    }

    private ExportFormat format() {
        if (format != null) {
            return format;
        }
        String name = output.toLowerCase(Locale.ROOT);
        if (name.endsWith(".zip")) {
            return ExportFormat.ZIP;
        }
        if (UNWRITTEN.stream().anyMatch(name::endsWith)) {
            throw CommandFailure.usage(
                    "archives of this kind are not written: " + output,
                    "End the name in .tar, .tar.zst or .zip, or say with --format what is meant.");
        }
        return name.endsWith(".tar.zst") || name.endsWith(".tzst") ? ExportFormat.TAR_ZST : ExportFormat.TAR;
    }

    private ExportProgress progress(AtomicLong done) {
        return new ExportProgress() {
            @Override
            public void bytes(long count) {
                done.addAndGet(count);
            }

            @Override
            public void written(EntryPath path) {
                console().detail(() -> "written    " + path);
            }

            @Override
            public void lost(ExportLoss loss) {
                console().always("not as it is: " + loss);
            }
        };
    }

    private String text(ExportResult result, long archiveBytes) {
        String text = "%s %s (%s) and %s to %s, %s, in %.1f s."
                .formatted(
                        dryRun.said("Would export", "Exported"),
                        CountText.of(result.files(), "file"),
                        SizeText.of(result.bytes()),
                        CountText.of(result.directories(), "folder"),
                        output.equals(FileText.STANDARD) ? "standard output" : output,
                        SizeText.of(archiveBytes),
                        seconds());
        return result.lossCount() == 0
                ? text
                : text
                        + "%n%,d are not in it as they are, since its format cannot say it; they are listed above."
                                .formatted(result.lossCount());
    }

    private ObjectNode json(ExportResult result, long archiveBytes) {
        ObjectNode node = dryRun.mark(Console.object())
                .put("format", format().toString())
                .put("files", result.files())
                .put("directories", result.directories())
                .put("bytes", result.bytes())
                .put("archiveBytes", archiveBytes)
                .put("errorCount", result.lossCount())
                .put("seconds", seconds());
        ArrayNode errors = node.putArray("errors");
        for (ExportLoss loss : result.losses()) {
            ObjectNode one = errors.addObject();
            Console.putPath(one, loss.path().bytes());
            one.put("reason", loss.reason()).put("leftOut", loss.leftOut());
        }
        return node;
    }
}
