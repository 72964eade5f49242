package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What changed from one map of entries to another, in the order of paths. Reads only pages that differ, and holds two pages a
 * level. Damage is a {@link CorruptDataException} thrown where the iteration meets it.
 *
 * <p>Not for use by several threads.
 */
public final class EntryDiff implements Iterator<EntryChange> {

    private final @Nullable PageMerge<Entry> merge;
    private boolean looked;
    private boolean found;

    private EntryDiff(@Nullable PageMerge<Entry> merge) {
        this.merge = merge;
    }

    /** The changes that lead from {@code before} to {@code after}; reads both roots unless they are equal. */
    public static EntryDiff between(MerkleMap<Entry> before, MerkleMap<Entry> after) {
        return new EntryDiff(
                before.root().equals(after.root())
                        ? null
                        : new PageMerge<>(TreeFormat.ENTRIES, before.cursor(), after.cursor()));
    }

    /** As {@link #between}, as a stream. */
    public static Stream<EntryChange> stream(MerkleMap<Entry> before, MerkleMap<Entry> after) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        between(before, after), Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL),
                false);
    }

    @Override
    public boolean hasNext() {
        if (!looked) {
            looked = true;
            found = merge != null && merge.advance();
        }
        return found;
    }

    @Override
    public EntryChange next() {
        if (!hasNext() || merge == null) {
            throw new NoSuchElementException();
        }
        looked = false;
        Entry before = merge.before();
        Entry after = merge.after();
        if (before != null) {
            return after == null ? new EntryChange.Removed(before) : new EntryChange.Changed(before, after);
        }
        if (after != null) {
            return new EntryChange.Added(after);
        }
        throw new NoSuchElementException();
    }
}
