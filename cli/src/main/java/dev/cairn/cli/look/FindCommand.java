package dev.cairn.cli.look;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryVersions;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.failure.ExitCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code cairn find}: which snapshots have files of that name. Whatever several snapshots have in common is looked through once for
 * all of them.
 */
@Command(
        name = "find",
        description = "Find files by name, in all snapshots.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn find '*.odt'",
            "  cairn find report.pdf",
            "Next: 'cairn restore SNAPSHOT:PATH --target DIR' with a snapshot and a path that it shows."
        })
public final class FindCommand extends RepositoryCommand {

    /** How many ids of snapshots stand in a line; of more, the first and the last. */
    private static final int IDS_SHOWN = 4;

    @Parameters(
            paramLabel = "PATTERN",
            description = "Glob, by gitignore's rules: without a / for the name, with one for the whole path.")
    private String pattern = "";

    @Mixin
    private final EntryOptions entries = new EntryOptions();

    @Mixin
    private final TimeOptions times = new TimeOptions();

    @Option(names = "--branch", paramLabel = "B", description = "Only in snapshots in the history of this branch.")
    private @Nullable String branch;

    @Option(
            names = "--snapshot",
            paramLabel = "SNAPSHOT",
            description = "Only in this snapshot; may be given several times.")
    private List<String> snapshots = new ArrayList<>();

    @Option(
            names = "--all",
            description = "A line for each snapshot that has a file, not one for each file that differs.")
    private boolean all;

    @Option(names = "--human", description = "Sizes in kB, MB and so on.")
    private boolean human;

    private long found;

    @Override
    protected ExitCode run() {
        Predicate<Entry> wanted = entries.wanted(pattern);
        Predicate<SnapshotRecord> inTime = times.wanted();
        try (Repository repository = access().open();
                Interruption interruption = Interruption.watch()) {
            Set<ObjectId> named = new HashSet<>();
            for (String snapshot : snapshots) {
                named.add(
                        SnapshotPlace.findWhole(repository, snapshot).snapshot().id());
            }
            List<SnapshotList.Listed> listed = SnapshotList.of(
                    repository,
                    branch,
                    snapshot -> (named.isEmpty() || named.contains(snapshot.id())) && inTime.test(snapshot));
            List<ObjectId> roots =
                    listed.stream().map(one -> one.snapshot().manifest()).toList();
            EntryVersions versions = EntryVersions.of(roots, repository.objects(), entry -> {
                interruption.check();
                return wanted.test(entry);
            });
            versions.forEachRemaining(version -> print(version, listed));
        }
        if (found == 0) {
            console().message("Nothing found.");
        }
        return ExitCode.DONE;
    }

    private void print(EntryVersions.Version version, List<SnapshotList.Listed> listed) {
        List<SnapshotList.Listed> in =
                version.maps().stream().mapToObj(listed::get).toList();
        found++;
        if (all) {
            in.forEach(one -> print(version.entry(), one));
            return;
        }
        console()
                .entry(
                        () -> {
                            ObjectNode node = EntryText.json(version.entry());
                            ArrayNode ids = node.putArray("snapshots");
                            in.forEach(one -> ids.add(one.snapshot().id().toString()));
                            return node;
                        },
                        () -> new EntryText(human).line(version.entry()) + "  [" + ids(in) + "]");
    }

    private void print(Entry entry, SnapshotList.Listed one) {
        console()
                .entry(
                        () -> EntryText.json(entry)
                                .put("snapshot", one.snapshot().id().toString())
                                .put("branch", one.branch().isEmpty() ? null : one.branch())
                                .put("time", one.snapshot().description().time().toString()),
                        () -> one.snapshot().id().abbreviated() + "  " + new EntryText(human).line(entry));
    }

    private static String ids(List<SnapshotList.Listed> in) {
        List<String> ids =
                in.stream().map(one -> one.snapshot().id().abbreviated()).toList();
        return ids.size() <= IDS_SHOWN
                ? String.join(" ", ids)
                : "%,d: %s to %s".formatted(ids.size(), ids.getFirst(), ids.getLast());
    }
}
