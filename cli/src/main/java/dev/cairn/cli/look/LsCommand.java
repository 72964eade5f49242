package dev.cairn.cli.look;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.failure.ExitCode;
import java.util.Iterator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn ls}: what stands in a folder of a snapshot. */
@Command(
        name = "ls",
        description = "List a folder of a snapshot.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn ls main",
            "  cairn ls main~1:photos -R",
            "Next: 'cairn cat SNAPSHOT:PATH' shows a file, 'cairn restore SNAPSHOT:PATH --target DIR' brings it back."
        })
public final class LsCommand extends RepositoryCommand {

    @Parameters(paramLabel = "SNAPSHOT[:PATH]", description = "What to list.")
    private String place = "";

    @Option(
            names = {"-R", "--recursive"},
            description = "With all that is beneath it.")
    private boolean recursive;

    @Option(names = "--human", description = "Sizes in kB, MB and so on.")
    private boolean human;

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open()) {
            SnapshotPlace found = SnapshotPlace.find(repository, place);
            MerkleMap<Entry> map = MerkleMap.ofEntries(found.snapshot().manifest(), repository.objects());
            Entry top = map.get(found.path()).orElseThrow(() -> SnapshotPlace.noSuchPath(found.path()));
            if (!top.isDirectory()) {
                print(top);
                return ExitCode.DONE;
            }
            Iterator<Entry> entries = recursive ? map.subtree(found.path()) : map.children(found.path());
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (!entry.path().equals(found.path())) {
                    print(entry);
                }
            }
        }
        return ExitCode.DONE;
    }

    private void print(Entry entry) {
        EntryText text = new EntryText(human);
        console().entry(() -> EntryText.json(entry), () -> text.line(entry));
    }
}
