package dev.cairn.cli.look;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.FileContentStream;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import java.io.IOException;

/** Writes the bytes of a file to standard output. Reads one page a level, and the file's own chunks. */
public record FileOutput(Repository repository, Console console) {

    private static final int BUFFER_BYTES = 64 << 10;

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
        write(FileContentStream.of(source.requireContent(), repository.objects()));
    }

    private static Entry entry(MerkleMap<Entry> map, EntryPath path) {
        return map.get(path).orElseThrow(() -> SnapshotPlace.noSuchPath(path));
    }

    private void write(FileContentStream content) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
            console.out().write(buffer, 0, count);
            console.requireWritten();
        }
    }
}
