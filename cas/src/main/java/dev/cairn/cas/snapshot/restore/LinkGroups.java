package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Restores files that have several names: the first path of a group as a file, the later ones as links to it. Where the first
 * does not hold what it should, because it lies outside what is restored, is damaged or was to be left alone, the next
 * path that can be restored takes its part. Where the file system does not link two paths, each gets the content.
 */
final class LinkGroups {

    /** Above this many groups whose first path is not to be linked to, each further link becomes a file of its own. */
    private static final int GROUPS_MAX = 100_000;

    private final RestorePass.Place place;
    private final TargetFolders folders;
    private final FileRestorer files;
    private final boolean dryRun;

    /** By the first path of a group whose first is not to be linked to: the path of the target that is, null for none yet. */
    private final Map<EntryPath, @Nullable EntryPath> standIns = new HashMap<>();

    /** In a dry run: the first paths of groups that would be made anew, and whose links would be with them. */
    private final Set<EntryPath> anew = new HashSet<>();

    /** Whether there were more stand-ins than are remembered, so that no first path is trusted any more. */
    private boolean overflown;

    LinkGroups(RestorePass.Place place, TargetFolders folders, FileRestorer files, boolean dryRun) {
        this.place = place;
        this.folders = folders;
        this.files = files;
        this.dryRun = dryRun;
    }

    /**
     * Restores {@code entry}, which is no folder, as {@code path} of the target, in its open folder.
     *
     * @param prepared the file made ahead for it, null if none was
     */
    void restore(Directory parent, Entry entry, EntryPath path, @Nullable PreparedFile prepared) throws IOException {
        EntryPath first = entry.linkedTo();
        if (first == null) {
            restoreFirst(parent, entry, path, prepared);
            return;
        }
        EntryPath holder = holder(first);
        if (holder == null || !link(parent, entry, path, first, holder)) {
            FileRestorer.Outcome outcome =
                    files.restore(parent, path.name(), first(first).withPath(entry.path()), null);
            note(first, outcome == FileRestorer.Outcome.LEFT ? null : path, outcome);
        }
    }

    /** In a dry run: counts an entry where nothing of the target stands in its way. */
    void count(Entry entry, EntryPath path) {
        EntryPath first = entry.linkedTo();
        if (first == null) {
            files.count(entry);
            if (entry.hardLink() instanceof HardLink.First) {
                remember(entry.path(), FileRestorer.Outcome.WRITTEN);
            }
        } else if (holder(first) == null) {
            files.count(first(first).withPath(entry.path()));
            note(first, path, FileRestorer.Outcome.WRITTEN);
        } else {
            files.countLink(entry);
        }
    }

    /** Nothing was restored at {@code entry}: what stands there is not what the later links of a group are. */
    void lost(Entry entry) {
        if (entry.hardLink() instanceof HardLink.First) {
            note(entry.path(), null, FileRestorer.Outcome.LEFT);
        }
    }

    private void restoreFirst(Directory parent, Entry entry, EntryPath path, @Nullable PreparedFile prepared)
            throws IOException {
        FileRestorer.Outcome outcome = FileRestorer.Outcome.LEFT;
        try {
            outcome = files.restore(parent, path.name(), entry, prepared);
        } finally {
            if (outcome == FileRestorer.Outcome.LEFT) {
                lost(entry);
            } else if (entry.hardLink() instanceof HardLink.First) {
                // A try before this one may have failed.
                standIns.remove(entry.path());
                remember(entry.path(), outcome);
            }
        }
    }

    /** The path of the target that holds the content of a group, null if none is known to. */
    private @Nullable EntryPath holder(EntryPath first) {
        if (overflown || !first.startsWith(place.top()) || standIns.containsKey(first)) {
            return standIns.get(first);
        }
        return first.relativeTo(place.base());
    }

    private void note(EntryPath first, @Nullable EntryPath standIn, FileRestorer.Outcome outcome) {
        if (standIns.size() < GROUPS_MAX || standIns.containsKey(first)) {
            standIns.put(first, standIn);
        } else {
            overflown |= first.startsWith(place.top());
        }
        remember(first, outcome);
    }

    private void remember(EntryPath first, FileRestorer.Outcome outcome) {
        if (dryRun && outcome == FileRestorer.Outcome.WRITTEN && anew.size() < GROUPS_MAX) {
            anew.add(first);
        }
    }

    /** Links {@code path} to {@code holder}; whether that could be done. */
    private boolean link(Directory parent, Entry entry, EntryPath path, EntryPath first, EntryPath holder)
            throws IOException {
        if (dryRun && anew.contains(first)) {
            files.countLink(parent, path.name(), entry);
            return true;
        }
        EntryPath above = holder.parent();
        Directory folder;
        try {
            folder = folders.openFromRoot(above == null ? EntryPath.ROOT : above);
        } catch (PosixException e) {
            if (FileRestorer.isFatal(e)) {
                throw e;
            }
            return false;
        }
        try {
            return files.link(parent, path.name(), entry, folder, holder.name());
        } finally {
            if (holder.depth() > 1) {
                folder.close();
            }
        }
    }

    private Entry first(EntryPath path) {
        return place.manifest()
                .get(path)
                .orElseThrow(() -> new CorruptDataException(
                        "manifest " + place.manifest().root(), "the first of a group of links at " + path, "nothing"));
    }
}
