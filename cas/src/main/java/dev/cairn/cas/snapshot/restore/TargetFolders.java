package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders of the target on the way from its root to where a pass stands, each open by descriptor. Deep down, the upper
 * ones are closed and opened again when they are needed, so that no tree is too deep for the limit on open files.
 */
final class TargetFolders implements AutoCloseable {

    /** Descriptors kept open beside the root's. */
    private static final int OPEN_MAX = 48;

    /** A folder on the way. */
    static final class Folder {
        private final EntryPath path;
        private final Entry entry;
        private final State state;
        private @Nullable Directory directory;
        private boolean isNew;

        private Folder(EntryPath path, Entry entry, @Nullable Directory directory, State state) {
            this.path = path;
            this.entry = entry;
            this.directory = directory;
            this.state = state;
        }

        /** As seen from the target. */
        EntryPath path() {
            return path;
        }

        Entry entry() {
            return entry;
        }

        /** Whether it was made just now, so that nothing is in it but what is put there. */
        boolean isNew() {
            return isNew;
        }

        void markNew() {
            isNew = true;
        }

        /** Whether anything in it could be restored: it is there and is a folder. */
        boolean isUsable() {
            return state == State.USABLE;
        }

        /** Whether it is not there only because a dry run makes nothing. */
        boolean isYetToBeMade() {
            return state == State.YET_TO_BE_MADE;
        }
    }

    private enum State {
        USABLE,
        YET_TO_BE_MADE,
        UNUSABLE
    }

    private final @Nullable Directory root;
    private final List<Folder> stack = new ArrayList<>();

    /** By open folder, for how many things it is still needed. */
    private final IdentityHashMap<Directory, Integer> leases = new IdentityHashMap<>();

    /** Those that are only open because they are. */
    private final Set<Directory> leasedOnly = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The folders below {@code root}, which stays open when this is closed; none is usable if it is null. */
    TargetFolders(@Nullable Directory root) {
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
        Folder folder = new Folder(EntryPath.ROOT, entry, root, root == null ? State.YET_TO_BE_MADE : State.USABLE);
        stack.add(folder);
        return folder;
    }

    /** Enters the folder of that name in the top one, which must be usable. */
    Folder enter(EntryPath path, Entry entry) throws IOException {
        Folder folder = new Folder(path, entry, open(top()).openDirectory(path.name()), State.USABLE);
        stack.add(folder);
        closeUpper();
        return folder;
    }

    /** Enters a folder that a dry run does not make: what is beneath it is not there either. */
    void enterYetToBeMade(EntryPath path, Entry entry) {
        stack.add(new Folder(path, entry, null, State.YET_TO_BE_MADE));
    }

    /** Enters a folder that could not be made: what is beneath it cannot be restored either. */
    void enterUnusable(EntryPath path, Entry entry) {
        stack.add(new Folder(path, entry, null, State.UNUSABLE));
    }

    /** Whether {@link #open} would open nothing. */
    boolean isOpen(Folder folder) {
        return folder.directory != null;
    }

    /** The open folder of {@code folder}, which stands on the way and is usable. */
    Directory open(Folder folder) throws IOException {
        Directory directory = folder.directory;
        if (directory == null) {
            directory = reopen(folder.path.depth());
        }
        return directory;
    }

    /** Leaves the top folder. */
    void leave() throws IOException {
        Folder folder = stack.removeLast();
        Directory directory = folder.directory;
        folder.directory = null;
        if (directory != null && !folder.path.isRoot()) {
            close(directory);
        }
    }

    /** Keeps an open folder open until the lease is ended, even if the pass leaves it. */
    void lease(Directory directory) {
        leases.merge(directory, 1, Integer::sum);
    }

    /** Ends one lease of {@code directory}. */
    void endLease(Directory directory) throws IOException {
        if (leases.merge(directory, -1, Integer::sum) == 0) {
            leases.remove(directory);
            if (leasedOnly.remove(directory)) {
                directory.close();
            }
        }
    }

    /** How many folders are open only because they are leased. */
    int leasedOnly() {
        return leasedOnly.size();
    }

    private void close(Directory directory) throws IOException {
        if (leases.containsKey(directory)) {
            leasedOnly.add(directory);
        } else {
            directory.close();
        }
    }

    /**
     * Opens the folder of that depth on the way again, from the next one above it that is open. Those on the way to it stay
     * open too, as many as may, since they are the ones that are left next.
     */
    private Directory reopen(int depth) throws IOException {
        int open = depth - 1;
        while (stack.get(open).directory == null) {
            open--;
        }
        Directory current = Objects.requireNonNull(stack.get(open).directory);
        for (int level = open + 1; level <= depth; level++) {
            Folder folder = stack.get(level);
            Directory next;
            try {
                next = current.openDirectory(folder.path.name());
            } finally {
                if (stack.get(level - 1).directory == null) {
                    current.close();
                }
            }
            if (level > depth - OPEN_MAX) {
                folder.directory = next;
            }
            current = next;
        }
        return current;
    }

    /** Opens a folder anywhere below the root, from the root; the caller closes it, unless it is the root itself. */
    Directory openFromRoot(EntryPath path) throws IOException {
        Directory current = Objects.requireNonNull(root);
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

    private void closeUpper() throws IOException {
        int index = stack.size() - 1 - OPEN_MAX;
        if (index > 0) {
            Folder upper = stack.get(index);
            Directory directory = upper.directory;
            upper.directory = null;
            if (directory != null) {
                close(directory);
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
