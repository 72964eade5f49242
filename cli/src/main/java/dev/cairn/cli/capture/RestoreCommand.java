package dev.cairn.cli.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.lmdb.ReplicaFolder;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.restore.Overwrite;
import dev.cairn.cas.snapshot.restore.Restore;
import dev.cairn.cas.snapshot.restore.RestoreError;
import dev.cairn.cas.snapshot.restore.RestorePlan;
import dev.cairn.cas.snapshot.restore.RestoreProgress;
import dev.cairn.cas.snapshot.restore.RestoreResult;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.look.FileOutput;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.FileText;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.RawText;
import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn restore}: writes a snapshot, or a part of it, back into a folder. */
@Command(
        name = "restore",
        description = "Write a snapshot, or a part of one, into a folder: only what differs.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn restore main --target ~/restored",
            "  cairn restore main~3:photos/2025 --target ~/photos/2025 -n",
            "Next: '-n' shows what would be written. How SNAPSHOT is written: 'cairn help snapshot-names'."
        })
public final class RestoreCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SNAPSHOT[:PATH]", description = "What to restore.")
    private String place = "";

    @Option(
            names = "--target",
            paramLabel = "DIR",
            required = true,
            description = "Where to; made if it is missing. - writes a file to standard output.")
    private String target = "";

    @Option(names = "--delete", description = "Remove from the target what the snapshot does not have.")
    private boolean delete;

    @Option(
            names = "--overwrite",
            paramLabel = "always|changed|never",
            defaultValue = "changed",
            description = "What becomes of files that are there. Default: changed, where size or time differ.")
    private Overwrite overwrite = Overwrite.CHANGED;

    @Option(names = "--verify", description = "Read everything back and compare it.")
    private boolean verify;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be written.")
    private boolean dryRun;

    @Override
    protected ExitCode run() throws IOException {
        if (target.isEmpty()) {
            throw CommandFailure.usage("the target is empty", "Give --target the folder to write to.");
        }
        RestoreResult result;
        try (Repository repository = access().open()) {
            SnapshotPlace found = SnapshotPlace.find(repository, place);
            if (target.equals(FileText.STANDARD)) {
                return toStandardOutput(repository, found);
            }
            requireNoRepository();
            RestorePlan plan = new RestorePlan(
                    found.snapshot().manifest(),
                    found.path(),
                    RawText.bytes(target),
                    overwrite,
                    delete,
                    verify,
                    dryRun,
                    List.of(RawText.bytes(repository.folder().toAbsolutePath().toString())));
            AtomicLong done = new AtomicLong();
            long total = found.path().isRoot()
                    ? found.snapshot().description().totals().bytes()
                    : -1;
            try (Interruption interruption = Interruption.watch();
                    ProgressDisplay _ = ProgressDisplay.start("restore", console(), done::get, () -> total)) {
                result = new Restore(repository.objects()).run(plan, progress(done), interruption);
            } catch (NoSuchElementException e) {
                throw SnapshotPlace.noSuchPath(found.path());
            }
        }
        console().done(() -> json(result), () -> text(result));
        if (result.damageCount() > 0) {
            return ExitCode.DAMAGED;
        }
        return result.errorCount() > 0 ? ExitCode.PARTIAL : ExitCode.DONE;
    }

    /** With {@code --delete} all of it would be surplus. */
    private void requireNoRepository() {
        if (ReplicaFolder.isAt(PathText.path(target))) {
            throw new StoreAccessException(
                    "the target " + target + " is a repository",
                    "Choose another target. If that repository is really to be replaced, remove it first.",
                    null);
        }
    }

    private ExitCode toStandardOutput(Repository repository, SnapshotPlace found) throws IOException {
        if (delete || verify || dryRun) {
            throw CommandFailure.usage(
                    "--delete, --verify and --dry-run are of no meaning where the target is standard output",
                    "Leave them out, or give --target a folder; one whose name is - is ./-");
        }
        new FileOutput(repository, console()).write(found);
        return ExitCode.DONE;
    }

    private RestoreProgress progress(AtomicLong done) {
        return new RestoreProgress() {
            @Override
            public void bytes(long count) {
                done.addAndGet(count);
            }

            @Override
            public void restored(EntryPath path, boolean written) {
                console().detail(() -> (written ? "written    " : "unmodified ") + path);
            }

            @Override
            public void removed(EntryPath path) {
                console().detail(() -> "removed    " + path);
            }

            @Override
            public void failed(RestoreError error) {
                console().always("not restored: " + error);
            }
        };
    }

    private String text(RestoreResult result) {
        StringBuilder text = new StringBuilder("%s %s (%s) and %s to %s in %.1f s; %s %s."
                .formatted(
                        dryRun ? "Would restore" : "Restored",
                        CountText.of(result.files(), "file"),
                        SizeText.of(result.bytes()),
                        CountText.of(result.directories(), "folder"),
                        target,
                        seconds(),
                        CountText.of(result.filesSkipped(), "file"),
                        overwrite == Overwrite.NEVER ? "left as they were" : "the same already"));
        if (result.removed() > 0) {
            text.append("%n%s %,d that the snapshot does not have."
                    .formatted(dryRun ? "Would remove" : "Removed", result.removed()));
        }
        if (verify && !dryRun) {
            text.append("%nRead back and compared: %,d files.".formatted(result.verified()));
        }
        if (result.ownersKept()) {
            text.append("%nOwners were not set: that takes root.".formatted());
        }
        if (result.errorCount() > 0) {
            text.append("%n%,d could not be restored; they are listed above.".formatted(result.errorCount()));
        }
        return text.toString();
    }

    private ObjectNode json(RestoreResult result) {
        ObjectNode node = Console.object()
                .put("files", result.files())
                .put("directories", result.directories())
                .put("bytes", result.bytes())
                .put("filesSkipped", result.filesSkipped())
                .put("removed", result.removed())
                .put("verified", result.verified())
                .put("ownersKept", result.ownersKept())
                .put("errorCount", result.errorCount())
                .put("dryRun", dryRun)
                .put("seconds", seconds());
        ArrayNode errors = node.putArray("errors");
        for (RestoreError error : result.errors()) {
            ObjectNode one = errors.addObject();
            Console.putPath(one, error.path().bytes());
            one.put("operation", error.operation())
                    .put("reason", error.reason())
                    .put("damage", error.damage());
        }
        return node;
    }
}
