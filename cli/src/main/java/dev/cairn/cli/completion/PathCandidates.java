package dev.cairn.cli.completion;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.text.RawText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What a word such as {@code main:pho} may become: the paths in that snapshot that begin so, one folder deep. A folder ends with a
 * slash, as a sign that more may follow. Names that are no text, or that a line cannot hold, are left out.
 */
final class PathCandidates {

    /** More than anybody reads; a shell asks before it shows a tenth of them. */
    static final int NAMES_MAX = 2_000;

    /** Then what was found is offered: a folder of folders with millions of files costs pages. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private PathCandidates() {}

    /**
     * The candidates, in order, each the whole word with what it begins with as it was typed.
     *
     * @param word has a {@linkplain SnapshotPlace#colon colon}
     * @throws dev.cairn.cli.failure.CommandFailure if there is no such snapshot, or what stands before the last slash is no path
     */
    static List<String> of(Repository repository, String word) {
        int end = Math.max(word.lastIndexOf('/'), SnapshotPlace.colon(word)) + 1;
        String typed = word.substring(0, end);
        byte[] prefix = RawText.bytes(word.substring(end));
        List<String> names = new ArrayList<>();
        if (word.indexOf('\0') >= 0) {
            return names;
        }
        SnapshotPlace folder = SnapshotPlace.find(repository, typed);
        Iterator<Entry> entries = MerkleMap.ofEntries(folder.snapshot().manifest(), repository.objects())
                .children(folder.path(), prefix);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (names.size() < NAMES_MAX && System.nanoTime() < deadline && entries.hasNext()) {
            Entry entry = entries.next();
            String name = name(entry.path());
            if (!name.isEmpty()) {
                names.add(typed + name + (entry.isDirectory() ? "/" : ""));
            }
        }
        return names;
    }

    /** Empty for one that is no text or has control characters. */
    private static String name(EntryPath path) {
        byte[] bytes = path.name();
        String name = new String(bytes, UTF_8);
        boolean isText =
                Arrays.equals(name.getBytes(UTF_8), bytes) && name.codePoints().noneMatch(Character::isISOControl);
        return isText ? name : "";
    }
}
