package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.posix.Directory;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Restores files that have several names: the first path of a group as a file, the later ones as links to it. Where the first
 * lies outside what is restored, the first path that lies within takes its part.
 */
final class LinkGroups {

    /** Above this many groups that begin outside, each further link becomes a file of its own. */
    private static final int OUTSIDE_MAX = 100_000;

    private final RestorePass.Place place;
    private final TargetFolders folders;
    private final FileRestorer files;
    private final Map<EntryPath, EntryPath> outside = new HashMap<>();

    LinkGroups(RestorePass.Place place, TargetFolders folders, FileRestorer files) {
        this.place = place;
        this.folders = folders;
        this.files = files;
    }

    /** Restores {@code entry}, which is no folder, as {@code path} of the target, in its open folder. */
    void restore(Directory parent, Entry entry, EntryPath path) throws IOException {
        if (!(entry.hardLink() instanceof HardLink.Later(EntryPath first))) {
            files.restore(parent, path.name(), entry);
            return;
        }
        EntryPath restored = first.startsWith(place.top()) ? first.relativeTo(place.base()) : outside.get(first);
        if (restored == null) {
            if (outside.size() < OUTSIDE_MAX) {
                outside.put(first, path);
            }
            files.restore(parent, path.name(), first(first).withPath(entry.path()));
            return;
        }
        EntryPath folder = restored.parent();
        Directory firstFolder = folders.openFromRoot(folder == null ? EntryPath.ROOT : folder);
        try {
            files.link(parent, path.name(), entry, firstFolder, restored.name());
        } finally {
            if (restored.depth() > 1) {
                firstFolder.close();
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
