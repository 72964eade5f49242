package dev.cairn.cli.look;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChange;
import dev.cairn.cas.manifest.EntryDiff;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn diff}: what changed from one snapshot to another. */
@Command(
        name = "diff",
        description = "Show what changed between two snapshots.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn diff main~1 main",
            "  cairn diff main~7:photos main:photos --stat",
            "  cairn diff main:old/site main:new/site",
            "Next: 'cairn restore SNAPSHOT:PATH --target DIR' brings one of the versions back."
        })
public final class DiffCommand extends RepositoryCommand {

    @Parameters(index = "0", paramLabel = "SNAPSHOT[:PATH]", description = "Before.")
    private String before = "";

    @Parameters(index = "1", paramLabel = "SNAPSHOT[:PATH]", description = "After.")
    private String after = "";

    @Option(names = "--stat", description = "Only how much changed: for each folder beside the path, and in all.")
    private boolean stat;

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open()) {
            SnapshotPlace from = SnapshotPlace.find(repository, before);
            SnapshotPlace to = SnapshotPlace.find(repository, after);
            Iterator<EntryChange> changes = changes(repository, from, to);
            DiffStat summary = stat ? new DiffStat(to.path(), console()) : null;
            while (changes.hasNext()) {
                EntryChange change = changes.next();
                if (!change.path().startsWith(to.path())) {
                    continue;
                }
                if (summary == null) {
                    print(change);
                } else {
                    summary.add(change);
                }
            }
            if (summary != null) {
                summary.finish();
            }
        }
        return ExitCode.DONE;
    }

    private static Iterator<EntryChange> changes(Repository repository, SnapshotPlace from, SnapshotPlace to) {
        MerkleMap<Entry> old = map(repository, from);
        MerkleMap<Entry> now = map(repository, to);
        Optional<Entry> top = old.get(from.path());
        Optional<Entry> newTop = now.get(to.path());
        if (from.path().equals(to.path())) {
            if (top.isEmpty() && newTop.isEmpty()) {
                throw SnapshotPlace.noSuchPath(to.path());
            }
            return EntryDiff.between(old, now);
        }
        boolean isFolder =
                top.orElseThrow(() -> SnapshotPlace.noSuchPath(from.path())).isDirectory();
        if (isFolder
                != newTop.orElseThrow(() -> SnapshotPlace.noSuchPath(to.path())).isDirectory()) {
            throw CommandFailure.usage(
                    "one of the two places is a folder, and the other is not", "Give two folders, or two files.");
        }
        return new PlaceDiff(old, from.path(), now, to.path());
    }

    private static MerkleMap<Entry> map(Repository repository, SnapshotPlace place) {
        return MerkleMap.ofEntries(place.snapshot().manifest(), repository.objects());
    }

    private void print(EntryChange change) {
        List<String> aspects = aspects(change);
        String word = word(change);
        console()
                .entry(
                        () -> {
                            ObjectNode node = Console.object();
                            Console.putPath(node, change.path().bytes());
                            node.put("change", word);
                            ArrayNode what = node.putArray("aspects");
                            aspects.forEach(what::add);
                            return node;
                        },
                        () -> "%s  %s%s"
                                .formatted(
                                        sign(change), shown(change.path()), aspects.isEmpty() ? "" : "  " + aspects));
    }

    private static String shown(EntryPath path) {
        return path.isRoot() ? "." : path.toString();
    }

    private static String word(EntryChange change) {
        return switch (change) {
            case EntryChange.Added _ -> "added";
            case EntryChange.Removed _ -> "removed";
            case EntryChange.Changed _ -> "changed";
        };
    }

    private static char sign(EntryChange change) {
        return switch (change) {
            case EntryChange.Added _ -> '+';
            case EntryChange.Removed _ -> '-';
            case EntryChange.Changed _ -> 'M';
        };
    }

    private static List<String> aspects(EntryChange change) {
        return change instanceof EntryChange.Changed changed
                ? changed.aspects().stream()
                        .map(aspect -> aspect.name().toLowerCase(Locale.ROOT))
                        .toList()
                : List.of();
    }
}
