package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Removes from the target what the snapshot does not have, if the plan says so: in each folder the sorted listing runs beside
 * the sorted entries, and what falls between two of them goes. Nothing after the last entry that was read is removed
 * before the folder is left, so a manifest that breaks off deletes nothing.
 *
 * <p>A folder that could not be listed loses nothing, and neither does one that is left without being told here.
 */
final class Surplus {

    /** A folder on the way down, and how far its listing was compared. */
    private static final class Level {
        private final EntryPath folder;
        private final Listing listing;
        private int next;

        private Level(EntryPath folder, Listing listing) {
            this.folder = folder;
            this.listing = listing;
        }
    }

    private final RestorePlan plan;
    private final TreeRemoval removal;
    private final RestoreTally tally;
    private final RestoreProgress progress;
    private final FolderAccess.Work before;
    private final Deque<Level> levels = new ArrayDeque<>();
    private boolean stopped;

    /**
     * What stands between two entries, until the folder is left.
     *
     * @param before done before anything is removed
     */
    Surplus(
            RestorePlan plan,
            TreeRemoval removal,
            RestoreTally tally,
            RestoreProgress progress,
            FolderAccess.Work before) {
        this.plan = plan;
        this.removal = removal;
        this.tally = tally;
        this.progress = progress;
        this.before = before;
    }

    /** Removes nothing any more. */
    void stop() {
        stopped = true;
        levels.clear();
    }

    /** The folder at {@code path} was entered. */
    void enter(Directory directory, EntryPath path) throws IOException {
        if (plan.delete() && !stopped) {
            Listing listing = directory.list();
            levels.push(new Level(path, listing));
        }
    }

    /** The snapshot has {@code path}, which stands in {@code directory}, the folder entered last. */
    void keep(Directory directory, EntryPath path) throws IOException {
        EntryPath parent = path.parent();
        Level level = parent == null ? null : level(parent);
        if (level == null) {
            return;
        }
        byte[] name = path.name();
        while (level.next < level.listing.size()) {
            byte[] present = level.listing.name(level.next);
            int order = Arrays.compareUnsigned(present, name);
            if (order > 0) {
                return;
            }
            level.next++;
            if (order == 0) {
                return;
            }
            remove(directory, level.folder, present);
        }
    }

    /** Whether {@link #leave} would remove anything. */
    boolean isLeft(EntryPath path) {
        Level level = level(path);
        return level != null && level.next < level.listing.size();
    }

    /** The folder entered last is left; the snapshot has nothing more in it. */
    void leave(Directory directory, EntryPath path) throws IOException {
        Level level = level(path);
        while (level != null && level.next < level.listing.size()) {
            remove(directory, path, level.listing.name(level.next++));
        }
    }

    /** The level of that folder if it is the one entered last, once those that were left without a word are gone. */
    private @Nullable Level level(EntryPath folder) {
        while (!levels.isEmpty() && !folder.startsWith(levels.getFirst().folder)) {
            levels.pop();
        }
        Level level = levels.peek();
        return level != null && level.folder.equals(folder) ? level : null;
    }

    private void remove(Directory directory, EntryPath folder, byte[] name) throws IOException {
        before.run();
        EntryPath path = shown(folder, name);
        try {
            FolderAccess.in(directory, () -> tally.removed += removal.remove(directory, name));
            progress.removed(path);
        } catch (PosixException e) {
            tally.fail(RestoreError.of(path, e));
        } catch (IOException e) {
            tally.fail(new RestoreError(path, "remove", String.valueOf(e.getMessage()), false));
        }
    }

    /** For a message: what stands in the target can be deeper than any path of a snapshot, and is then told by its folder. */
    private static EntryPath shown(EntryPath folder, byte[] name) {
        try {
            return folder.child(name);
        } catch (IllegalArgumentException e) {
            return folder;
        }
    }
}
