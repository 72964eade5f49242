package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Removes from the target what the snapshot does not have, if the plan says so: in each folder the sorted listing runs beside
 * the sorted entries, and what falls between two of them goes. Nothing after the last entry that was read is removed
 * before the folder is left, so a manifest that breaks off deletes nothing.
 */
final class Surplus {

    private static final class Level {
        private final Listing listing;
        private int next;

        private Level(Listing listing) {
            this.listing = listing;
        }
    }

    private final RestorePlan plan;
    private final TreeRemoval removal;
    private final RestoreTally tally;
    private final RestoreProgress progress;
    private final Deque<Level> levels = new ArrayDeque<>();

    /** What stands between two entries, until the folder is left. */
    Surplus(RestorePlan plan, TreeRemoval removal, RestoreTally tally, RestoreProgress progress) {
        this.plan = plan;
        this.removal = removal;
        this.tally = tally;
        this.progress = progress;
    }

    /** A folder was entered. */
    void enter(Directory directory) throws IOException {
        if (plan.delete()) {
            levels.push(new Level(directory.list()));
        }
    }

    /** The snapshot has {@code path}, which stands in {@code directory}, the folder entered last. */
    void keep(Directory directory, EntryPath path) {
        Level level = levels.peek();
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
            EntryPath parent = path.parent();
            remove(directory, parent == null ? EntryPath.ROOT : parent, present);
        }
    }

    /** The folder entered last is left; the snapshot has nothing more in it. */
    void leave(Directory directory, EntryPath path) {
        if (!plan.delete()) {
            return;
        }
        Level level = levels.pop();
        while (level.next < level.listing.size()) {
            remove(directory, path, level.listing.name(level.next++));
        }
    }

    private void remove(Directory directory, EntryPath folder, byte[] name) {
        EntryPath path = folder.child(name);
        try {
            tally.removed += plan.dryRun() ? 1 : removal.remove(directory, name);
            progress.removed(path);
        } catch (PosixException e) {
            tally.fail(RestoreError.of(path, e));
        } catch (IOException e) {
            tally.fail(new RestoreError(path, "remove", String.valueOf(e.getMessage()), false));
        }
    }
}
