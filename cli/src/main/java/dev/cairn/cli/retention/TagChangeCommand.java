package dev.cairn.cli.retention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.NoteSeal;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteBook;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** What {@code tag add} and {@code tag remove} have in common. */
abstract class TagChangeCommand extends RepositoryCommand {

    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "The snapshot.")
    private String place = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TAG", description = "The tags.")
    private List<String> tags = new ArrayList<>();

    /** Whether the snapshot shall have them. */
    abstract boolean isTagged();

    @Override
    protected final ExitCode run() {
        tags.forEach(TagChangeCommand::requireTag);
        SnapshotRecord snapshot;
        NoteBook.Marks marks;
        try (Repository repository = access().open()) {
            snapshot = repository.snapshot(SnapshotPlace.id(repository, place));
            NoteBook notes = repository.notes();
            List<String> held = notes.marks(snapshot).tags();
            List<String> changed = tags.stream()
                    .filter(tag -> held.contains(tag) != isTagged())
                    .toList();
            if (!changed.isEmpty()) {
                notes.tag(snapshot.id(), changed, isTagged());
            }
            marks = notes.marks(snapshot);
        }
        console()
                .result(
                        () -> json(snapshot, marks),
                        () -> marks.tags().isEmpty()
                                ? snapshot.id().abbreviated() + " has no tags."
                                : "%s has the tags %s."
                                        .formatted(
                                                snapshot.id().abbreviated(),
                                                ShownText.oneLine(String.join(", ", marks.tags()))));
        return ExitCode.DONE;
    }

    private ObjectNode json(SnapshotRecord snapshot, NoteBook.Marks marks) {
        ObjectNode node = Console.object().put("snapshot", snapshot.id().toString());
        ArrayNode array = node.putArray("tags");
        marks.tags().forEach(array::add);
        return node.put("seconds", seconds());
    }

    private static void requireTag(String tag) {
        int bytes = tag.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > NoteSeal.TAG_BYTES_MAX) {
            throw CommandFailure.usage(
                    "a tag has 1 to %,d bytes, not %,d".formatted(NoteSeal.TAG_BYTES_MAX, bytes), "");
        }
    }
}
