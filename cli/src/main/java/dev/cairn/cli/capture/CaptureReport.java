package dev.cairn.cli.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.capture.CaptureError;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a new snapshot is told of, whether of folders or of an archive.
 *
 * @param verb what a dry run would do
 * @param created the repository, if it was made for this snapshot
 */
record CaptureReport(
        Console console, String verb, boolean dryRun, Repository.@Nullable Created created, double seconds) {

    /** Tells what became of it: notes, then the result, then what a person may do next. */
    void tell(RepositoryId repository, CaptureResult result) {
        String branch = result.branch();
        result.notes().forEach(console::message);
        if (!result.otherPaths().isEmpty()) {
            console.message("Branch " + branch + " held other paths before: "
                    + String.join(
                            ", ",
                            result.otherPaths().stream().map(RawName::display).toList())
                    + ". To keep them apart, use --branch NAME.");
        }
        console.done(() -> json(repository, result), () -> text(result));
        if (result.snapshot() != null) {
            console.message(
                    "Next: cairn restore " + branch + " --target DIR    cairn snapshots    cairn remote add NAME URL");
        }
    }

    private String text(CaptureResult result) {
        StringBuilder text = new StringBuilder(dryRun ? "Would " + verb + " " : "Snapshot ");
        if (result.snapshot() != null) {
            text.append(result.snapshot().abbreviated())
                    .append(" on ")
                    .append(result.branch())
                    .append(": ");
        }
        text.append("%s in %s, %s. %,d new, %,d changed, %,d unmodified.%n"
                .formatted(
                        CountText.of(result.files(), "file"),
                        CountText.of(result.directories(), "folder"),
                        SizeText.of(result.bytes()),
                        result.filesNew(),
                        result.filesChanged(),
                        result.filesUnmodified()));
        text.append("%s %s in %s as %s, in %.1f s."
                .formatted(
                        dryRun ? "Would store" : "Stored",
                        SizeText.of(result.bytesNew()),
                        CountText.of(result.chunksNew(), "new chunk"),
                        SizeText.of(result.bytesStored()),
                        seconds));
        if (result.excluded() > 0) {
            text.append("%nLeft out: %s%s."
                    .formatted(
                            CountText.of(result.excluded(), "path"),
                            result.excludedBefore() == 0
                                    ? ""
                                    : ", and with them %,d entries that the previous snapshot has"
                                            .formatted(result.excludedBefore())));
        }
        if (result.errorCount() > 0) {
            text.append("%n%,d could not be read as they are; they are listed above.".formatted(result.errorCount()));
        }
        return text.toString();
    }

    private ObjectNode json(RepositoryId repository, CaptureResult result) {
        ObjectNode node = Console.object().put("repository", repository.toString());
        if (created != null) {
            node.put("recoveryCode", created.recoveryCode());
        }
        node.put(
                        "snapshot",
                        result.snapshot() == null ? null : result.snapshot().toString())
                .put("root", result.root().toString())
                .put("branch", result.branch())
                .put("parent", result.parent() == null ? null : result.parent().toString())
                .put("files", result.files())
                .put("directories", result.directories())
                .put("bytes", result.bytes())
                .put("filesNew", result.filesNew())
                .put("filesChanged", result.filesChanged())
                .put("filesUnmodified", result.filesUnmodified())
                .put("chunksNew", result.chunksNew())
                .put("bytesNew", result.bytesNew())
                .put("bytesStored", result.bytesStored())
                .put("pathsExcluded", result.excluded())
                .put("entriesNowExcluded", result.excludedBefore())
                .put("errorCount", result.errorCount())
                .put("dryRun", dryRun)
                .put("seconds", seconds);
        ArrayNode errors = node.putArray("errors");
        for (CaptureError error : result.errors()) {
            ObjectNode one = errors.addObject();
            Console.putPath(one, error.path().bytes());
            one.put("operation", error.operation())
                    .put("reason", error.reason())
                    .put("kept", error.kept().name().toLowerCase(Locale.ROOT));
        }
        return node;
    }
}
