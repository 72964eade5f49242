package dev.cairn.cli.retention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.command.TagName;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What {@code tag add} and {@code tag remove} have in common. */
abstract class TagChangeCommand extends RepositoryCommand {

    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "The snapshot.")
    private String place = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TAG", description = "The tags.")
    private List<String> tags = new ArrayList<>();

    @Mixin
    private final DryRun dryRun = new DryRun();

    /** Whether the snapshot shall have them. */
    abstract boolean isTagged();

    @Override
    protected final ExitCode run() {
        tags.forEach(TagName::require);
        SnapshotRecord snapshot;
        List<String> after;
        try (Repository repository = access().open(dryRun)) {
            snapshot = repository.snapshot(SnapshotPlace.id(repository, place));
            NoteBook notes = repository.notes();
            List<String> held = notes.marks(snapshot).tags();
            List<String> changed = tags.stream()
                    .filter(tag -> held.contains(tag) != isTagged())
                    .toList();
            if (!changed.isEmpty() && !dryRun.isWanted()) {
                notes.tag(snapshot.id(), changed, isTagged());
            }
            after = dryRun.isWanted()
                    ? changed(held, changed)
                    : notes.marks(snapshot).tags();
        }
        console()
                .done(
                        () -> json(snapshot, after),
                        () -> "%s %s %s."
                                .formatted(
                                        snapshot.id().abbreviated(),
                                        dryRun.said("would have", "has"),
                                        after.isEmpty()
                                                ? "no tags"
                                                : (after.size() == 1 ? "the tag " : "the tags ")
                                                        + ShownText.oneLine(String.join(", ", after))));
        if (isTagged() && !dryRun.isWanted()) {
            console()
                    .message(
                            "Next: 'cairn snapshots --tag %1$s' lists what has it, 'cairn forget --keep-tag %1$s' keeps it."
                                    .formatted(ShownText.oneLine(tags.getFirst())));
        }
        return ExitCode.DONE;
    }

    private List<String> changed(List<String> held, List<String> changed) {
        Set<String> tagged = new TreeSet<>(held);
        if (isTagged()) {
            tagged.addAll(changed);
        } else {
            changed.forEach(tagged::remove);
        }
        return List.copyOf(tagged);
    }

    private ObjectNode json(SnapshotRecord snapshot, List<String> after) {
        ObjectNode node = Console.object().put("snapshot", snapshot.id().toString());
        ArrayNode array = node.putArray("tags");
        after.forEach(array::add);
        return dryRun.mark(node).put("seconds", seconds());
    }
}
