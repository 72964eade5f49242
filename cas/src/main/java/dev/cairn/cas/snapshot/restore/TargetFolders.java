package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folders of the target on the way from its root to where a pass stands, each open by descriptor. Deep down, the upper
 * ones are closed and opened again from the root when they are needed, so that no tree is too deep for the limit on open
 * files.
 */
final class TargetFolders implements AutoCloseable {

    /** Descriptors kept open beside the root's. */
    private static final int OPEN_MAX = 48;

    /** A folder on the way. */
    static final class Folder {
        private final EntryPath path;
        private final Entry entry;
        private @Nullable Directory directory;

        /** Whether anything in it could be restored: it is there and is a folder. */
        private final boolean usable;

        private Folder(EntryPath path, Entry entry, @Nullable Directory directory, boolean usable) {
            this.path = path;
            this.entry = entry;
            this.directory = directory;
            this.usable = usable;
        }

        /** As seen from the target. */
        EntryPath path() {
            return path;
        }

        Entry entry() {
            return entry;
        }

        boolean usable() {
            return usable;
        }
    }

    private final Directory root;
    private final List<Folder> stack = new ArrayList<>();

    /** The folders below {@code root}, which stays open when this is closed. */
    TargetFolders(Directory root) {
        this.root = root;
    }

    boolean isEmpty() {
        return stack.isEmpty();
    }

    int depth() {
        return stack.size();
    }

    Folder top() {
        return stack.getLast();
    }

    /** Enters the target itself. */
    Folder enterRoot(Entry entry) {
        Folder folder = new Folder(EntryPath.ROOT, entry, root, true);
        stack.add(folder);
        return folder;
    }

    /** Enters the folder of that name in the top one, which must be usable. */
    Folder enter(EntryPath path, Entry entry) throws IOException {
        Folder folder = new Folder(path, entry, open(top()).openDirectory(path.name()), true);
        stack.add(folder);
        closeUpper();
        return folder;
    }

    /** Enters a folder that could not be made: what is beneath it cannot be restored either. */
    Folder enterUnusable(EntryPath path, Entry entry) {
        Folder folder = new Folder(path, entry, null, false);
        stack.add(folder);
        return folder;
    }

    /** The open folder of {@code folder}, which stands on the way and is usable. */
    Directory open(Folder folder) throws IOException {
        Directory directory = folder.directory;
        if (directory == null) {
            directory = reopen(folder);
            folder.directory = directory;
        }
        return directory;
    }

    /** Leaves the top folder. */
    void leave() throws IOException {
        Folder folder = stack.removeLast();
        Directory directory = folder.directory;
        folder.directory = null;
        if (directory != null && !folder.path.isRoot()) {
            directory.close();
        }
    }

    /** Opens a folder anywhere below the root, from the root; the caller closes it, unless it is the root itself. */
    Directory openFromRoot(EntryPath path) throws IOException {
        Directory current = root;
        for (int depth = 1; depth <= path.depth(); depth++) {
            Directory next;
            try {
                next = current.openDirectory(path.prefix(depth).name());
            } finally {
                if (depth > 1) {
                    current.close();
                }
            }
            current = next;
        }
        return current;
    }

    private Directory reopen(Folder folder) throws IOException {
        return Objects.requireNonNull(openFromRoot(folder.path));
    }

    private void closeUpper() throws IOException {
        int index = stack.size() - 1 - OPEN_MAX;
        if (index > 0) {
            Folder upper = stack.get(index);
            Directory directory = upper.directory;
            upper.directory = null;
            if (directory != null) {
                directory.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        while (!stack.isEmpty()) {
            leave();
        }
    }
}
