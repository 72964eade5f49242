package dev.cairn.cli.care;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.snapshot.verify.Damage;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.text.CountText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Damage as a person wants to read it: a file that is damaged in the same way in many snapshots once, with the newest of them; all else as it
 * is found.
 *
 * <p>Memory: the paths of {@value #FILES_MAX} files; those beyond are told at once, one time for each snapshot. For one thread.
 */
final class DamageList implements AutoCloseable {

    private static final int FILES_MAX = 20_000;

    private final Console console;
    private final Map<File, Snapshots> files = new LinkedHashMap<>();
    private final Set<ObjectId> snapshots = new HashSet<>();
    private long parts;
    private long filesTold;

    /** What is wrong with a file, in whichever snapshot. */
    private record File(EntryPath path, String where, String reason) {}

    private record Snapshots(Damage newest, long others) {}

    DamageList(Console console) {
        this.console = console;
    }

    /** Takes damage; that of snapshots from the oldest to the newest. */
    void add(Damage damage) {
        EntryPath path = damage.path();
        ObjectId snapshot = damage.snapshot();
        if (snapshot != null) {
            snapshots.add(snapshot);
        }
        if (path == null || snapshot == null) {
            parts++;
            tell(damage, 0);
            return;
        }
        File file = new File(path, damage.where(), damage.reason());
        Snapshots before = files.get(file);
        if (before == null && files.size() == FILES_MAX) {
            filesTold++;
            tell(damage, 0);
        } else {
            files.put(file, new Snapshots(damage, before == null ? 0 : before.others() + 1));
        }
    }

    private void tell(Damage damage, long others) {
        console.always("damaged: " + DamageText.text(damage)
                + (others == 0 ? "" : " (and in %s)".formatted(CountText.of(others, "older snapshot"))));
    }

    /** Tells what is left to tell. Idempotent. */
    @Override
    public void close() {
        files.values().forEach(file -> tell(file.newest(), file.others()));
        filesTold += files.size();
        files.clear();
    }

    /**
     * What was told, in a sentence.
     *
     * @param lost objects that no whole record provides
     */
    String summary(long lost) {
        List<String> sums = new ArrayList<>();
        if (parts > 0) {
            sums.add(CountText.of(parts, "part") + " of what is stored");
        }
        if (lost > 0) {
            sums.add(CountText.of(lost, "object") + " lost");
        }
        if (filesTold > 0) {
            sums.add(CountText.of(filesTold, "file") + " in " + CountText.of(snapshots.size(), "snapshot"));
        }
        return "Damaged: " + String.join("; ", sums) + "; listed above.";
    }

    /** Puts the counts into a document; {@code lost} as in {@link #summary}. */
    ObjectNode count(ObjectNode node, long lost) {
        return node.put("damagedParts", parts)
                .put("lostObjects", lost)
                .put("damagedFiles", filesTold)
                .put("damagedSnapshots", snapshots.size());
    }
}
