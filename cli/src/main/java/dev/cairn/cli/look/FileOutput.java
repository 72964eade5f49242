package dev.cairn.cli.look;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;
import java.io.OutputStream;

/** Writes the bytes of a file to standard output. Reads one page a level, and the file's own chunks. */
public record FileOutput(Repository repository, Console console) {

    private static final byte[] ZEROS = new byte[64 << 10];

    /**
     * Writes the file that stands at {@code place}.
     *
     * @throws CommandFailure if no file stands there, or standard output cannot be written
     */
    public void write(SnapshotPlace place) throws IOException {
        MerkleMap<Entry> map = MerkleMap.ofEntries(place.snapshot().manifest(), repository.objects());
        Entry entry = entry(map, place.path());
        EntryPath first = entry.linkedTo();
        Entry source = first == null ? entry : entry(map, first);
        if (source.content() == null) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    (place.path().isRoot() ? "the snapshot's root" : place.path()) + " is no file",
                    "'cairn ls' shows what it is; name a file as SNAPSHOT:PATH.");
        }
        write(FileContentReader.of(source.requireContent(), repository.objects()), console.out());
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
            console.requireWritten();
        }
    }
}
