package dev.cairn.cli;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.Repository;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn cat}: the bytes of one file. */
@Command(name = "cat", description = "Write a file of a snapshot to standard output.")
final class CatCommand extends RepositoryCommand {

    private static final byte[] ZEROS = new byte[64 << 10];

    @Parameters(paramLabel = "SNAPSHOT:PATH", description = "The file.")
    private String place = "";

    @Override
    ExitCode run() throws IOException {
        try (Repository repository = access().open()) {
            SnapshotPlace found = SnapshotPlace.find(repository, place);
            MerkleMap<Entry> map = MerkleMap.ofEntries(found.snapshot().manifest(), repository.objects());
            Entry entry = entry(map, found.path());
            EntryPath first = entry.linkedTo();
            Entry source = first == null ? entry : entry(map, first);
            if (source.content() == null) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        (found.path().isRoot() ? "the snapshot's root" : found.path()) + " is no file",
                        "'cairn ls' shows what it is; name a file as SNAPSHOT:PATH.");
            }
            write(
                    FileContentReader.of(source.requireContent(), repository.objects()),
                    console().out());
        }
        return ExitCode.DONE;
    }

    private static Entry entry(MerkleMap<Entry> map, EntryPath path) {
        return map.get(path).orElseThrow(() -> SnapshotPlace.noSuchPath(path));
    }

    private void write(FileContentReader extents, OutputStream out) throws IOException {
        while (extents.hasNext()) {
            switch (extents.next()) {
                case Extent.Data data -> out.write(data.bytes(), data.start(), (int) data.length());
                case Extent.Hole hole -> {
                    for (long left = hole.length(); left > 0; left -= ZEROS.length) {
                        out.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
                    }
                }
            }
            console().requireWritten();
        }
    }
}
