package dev.cairn.cli.look;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryChange;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.failure.CommandFailure;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What changed from a folder or file to another one that stands elsewhere, in the same snapshot or another: entry by entry in the order of
 * paths, told by the paths of the second.
 *
 * <p>Cost: both are read whole, since equal folders of different names have no page in common. Not for use by several threads.
 */
final class PlaceDiff implements Iterator<EntryChange> {

    private final Side before;
    private final Side after;
    private @Nullable EntryChange next;

    /** The entries of one of the places, as if it stood at the path of the second. */
    private static final class Side {
        private final MerkleMap<Entry> map;
        private final EntryPath top;
        private final EntryPath shown;
        private final Iterator<Entry> entries;
        private @Nullable Entry current;

        Side(MerkleMap<Entry> map, EntryPath top, EntryPath shown) {
            this.map = map;
            this.top = top;
            this.shown = shown;
            this.entries = map.subtree(top);
            advance();
        }

        private void advance() {
            current = entries.hasNext() ? moved(entries.next()) : null;
        }

        private Entry moved(Entry entry) {
            EntryPath path = moved(entry.path());
            if (!(entry.hardLink() instanceof HardLink.Later(EntryPath first))) {
                return entry.withPath(path);
            }
            if (first.startsWith(top)) {
                // In one step: a later link must come after its first, which in between it might not.
                return new Entry(
                        path,
                        entry.type(),
                        entry.metadata(),
                        entry.size(),
                        entry.content(),
                        entry.target(),
                        entry.device(),
                        new HardLink.Later(moved(first)),
                        entry.changedWhileRead());
            }
            // Its group begins outside of what is compared: the file itself tells what is in it.
            return map.get(first)
                    .orElseThrow(() -> SnapshotPlace.noSuchPath(first))
                    .withHardLink(null)
                    .withPath(path);
        }

        private EntryPath moved(EntryPath path) {
            try {
                return shown.resolve(path.relativeTo(top));
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage(
                        "these two places cannot be compared: " + e.getMessage(), "Compare folders further down.");
            }
        }
    }

    /** The changes that lead from {@code from} in {@code before} to {@code to} in {@code after}; both are there. */
    PlaceDiff(MerkleMap<Entry> before, EntryPath from, MerkleMap<Entry> after, EntryPath to) {
        this.before = new Side(before, from, to);
        this.after = new Side(after, to, to);
        look();
    }

    private void look() {
        next = null;
        while (next == null && (before.current != null || after.current != null)) {
            next = step();
        }
    }

    /** The change at the next path; null if it is none. */
    private @Nullable EntryChange step() {
        Entry old = before.current;
        Entry now = after.current;
        int order = old == null ? 1 : now == null ? -1 : old.path().compareTo(now.path());
        if (order < 0 && old != null) {
            before.advance();
            return new EntryChange.Removed(old);
        }
        after.advance();
        if (order > 0 || old == null) {
            return now == null ? null : new EntryChange.Added(now);
        }
        before.advance();
        if (now == null || old.equals(now)) {
            return null;
        }
        EntryChange.Changed changed = new EntryChange.Changed(old, now);
        return changed.aspects().isEmpty() ? null : changed;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public EntryChange next() {
        EntryChange found = next;
        if (found == null) {
            throw new NoSuchElementException();
        }
        look();
        return found;
    }
}
