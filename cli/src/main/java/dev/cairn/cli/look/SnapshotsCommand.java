package dev.cairn.cli.look;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.SizeText;
import dev.cairn.cli.text.TimeText;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cairn snapshots}: what is kept, oldest first. */
@Command(
        name = "snapshots",
        description = "List the snapshots.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn snapshots",
            "  cairn snapshots --branch work --tag before-move",
            "Next: 'cairn ls SNAPSHOT', 'cairn diff SNAPSHOT SNAPSHOT', 'cairn restore SNAPSHOT --target DIR'. How"
                    + " SNAPSHOT is written: 'cairn help snapshot-names'."
        })
public final class SnapshotsCommand extends RepositoryCommand {

    @Option(names = "--branch", paramLabel = "B", description = "Only those in the history of this branch.")
    private @Nullable String branch;

    @Option(names = "--tag", paramLabel = "T", description = "Only those with this tag.")
    private @Nullable String tag;

    @Mixin
    private final TimeOptions times = new TimeOptions();

    @Override
    protected ExitCode run() {
        Predicate<SnapshotRecord> inTime = times.wanted();
        try (Repository repository = access().open()) {
            List<SnapshotList.Listed> listed = SnapshotList.of(repository, branch, inTime).stream()
                    .filter(one -> tag == null || one.marks().tags().contains(tag))
                    .toList();
            console().result(() -> json(listed), () -> text(listed));
        }
        return ExitCode.DONE;
    }

    private static ArrayNode json(List<SnapshotList.Listed> listed) {
        ArrayNode array = Console.object().putArray("snapshots");
        for (SnapshotList.Listed one : listed) {
            SnapshotDescription description = one.snapshot().description();
            ObjectNode node = array.addObject()
                    .put("snapshot", one.snapshot().id().toString())
                    .put("branch", one.branch().isEmpty() ? null : one.branch())
                    .put("time", description.time().toString())
                    .put("host", description.host())
                    .put("user", description.user())
                    .put("files", description.totals().files())
                    .put("directories", description.totals().directories())
                    .put("bytes", description.totals().bytes())
                    .put("unreadable", description.unreadable())
                    .put("pinned", one.marks().isPinned())
                    .put("root", one.snapshot().manifest().toString());
            ArrayNode parents = node.putArray("parents");
            one.snapshot().parents().forEach(parent -> parents.add(parent.toString()));
            ArrayNode paths = node.putArray("paths");
            description.paths().forEach(path -> paths.add(RawName.text(path)));
            ArrayNode tags = node.putArray("tags");
            one.marks().tags().forEach(tags::add);
        }
        return array;
    }

    private static String text(List<SnapshotList.Listed> listed) {
        if (listed.isEmpty()) {
            return "No snapshots.";
        }
        StringBuilder text = new StringBuilder("%-12s  %-12s  %-19s  %9s  %8s  %-12s  %s"
                .formatted("snapshot", "branch", "time", "files", "size", "host", "paths"));
        for (SnapshotList.Listed one : listed) {
            SnapshotDescription description = one.snapshot().description();
            List<String> paths = description.paths().stream()
                    .map(path -> RawName.display(path))
                    .toList();
            List<String> tags =
                    one.marks().tags().stream().map(tag -> RawName.display(tag)).toList();
            text.append("%n%-12s  %-12s  %-19s  %,9d  %8s  %-12s  %s%s%s"
                    .formatted(
                            one.snapshot().id().abbreviated(),
                            one.branch(),
                            TimeText.shown(description.time()),
                            description.totals().files(),
                            SizeText.of(description.totals().bytes()),
                            RawName.display(description.host()),
                            String.join(" ", paths),
                            tags.isEmpty() ? "" : "  " + tags,
                            one.marks().isPinned() ? "  pinned" : ""));
        }
        return text.toString();
    }
}
