package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.Branch;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteBook;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn snapshots}: what is kept, oldest first. */
@Command(name = "snapshots", description = "List the snapshots.")
final class SnapshotsCommand extends RepositoryCommand {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    @Option(names = "--branch", paramLabel = "B", description = "Only those in the history of this branch.")
    private @Nullable String branch;

    @Option(names = "--tag", paramLabel = "T", description = "Only those with this tag.")
    private @Nullable String tag;

    private record Listed(SnapshotRecord snapshot, String branch, NoteBook.Marks marks) {}

    @Override
    ExitCode run() {
        try (Repository repository = access().open()) {
            List<Listed> listed = listed(repository);
            console().result(() -> json(listed), () -> text(listed));
        }
        return ExitCode.DONE;
    }

    private List<Listed> listed(Repository repository) {
        List<RetainedSnapshot> retained = repository.store().snapshots();
        Map<ObjectId, String> branches = branches(repository);
        NoteBook notes = repository.notes();
        if (branch != null && repository.store().branch(branch).isEmpty()) {
            throw new CommandFailure(ExitCode.FAILED, "no branch '" + branch + "'", "'cairn snapshots' lists them.");
        }
        List<Listed> listed = new ArrayList<>();
        for (RetainedSnapshot one : retained) {
            String owner = branches.getOrDefault(one.snapshot(), "");
            if (branch != null && !owner.equals(branch)) {
                continue;
            }
            SnapshotRecord snapshot = repository.snapshot(one.snapshot());
            NoteBook.Marks marks = notes.marks(snapshot);
            if (tag == null || marks.tags().contains(tag)) {
                listed.add(new Listed(snapshot, owner, marks));
            }
        }
        return listed;
    }

    /** Which branch a snapshot is in the history of; where there are several, the one asked for, else the first by name. */
    private Map<ObjectId, String> branches(Repository repository) {
        History history = History.of(repository.store());
        Map<ObjectId, String> owners = new HashMap<>();
        List<Branch> ordered = new ArrayList<>(repository.store().branches());
        ordered.sort(
                Comparator.comparing((Branch one) -> !one.name().equals(branch)).thenComparing(Branch::name));
        for (Branch one : ordered) {
            history.since(one.snapshot(), null).forEach(id -> owners.putIfAbsent(id, one.name()));
        }
        return owners;
    }

    private static ArrayNode json(List<Listed> listed) {
        ArrayNode array = Console.object().putArray("snapshots");
        for (Listed one : listed) {
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

    private static String text(List<Listed> listed) {
        if (listed.isEmpty()) {
            return "No snapshots.";
        }
        StringBuilder text = new StringBuilder("%-12s  %-12s  %-19s  %9s  %8s  %-12s  %s"
                .formatted("snapshot", "branch", "time", "files", "size", "host", "paths"));
        for (Listed one : listed) {
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
                            TIME.format(description.time()),
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
