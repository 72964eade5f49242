package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map from path to entry, kept in pages that are named by their content: see {@link Page} for the rule. Equal maps
 * have equal roots.
 *
 * <p>All reading is lazy, in the order of paths, and holds one page a level. Each page is checked as it is read: its encoding,
 * its level, that its keys ascend within the bounds that its parent states, that its counts add up. What fails is a {@code
 * CorruptDataException}, thrown by the iterator at that point. Whether an entry stands in a directory is a matter of several
 * entries: {@link ValidatedEntries} checks it.
 *
 * <p>Safe for use by several threads if its source is; iterators are not.
 */
public final class MerkleMap<E> implements Iterable<E> {

    private final TreeFormat<E> format;
    private final ObjectId root;
    private final ObjectSource source;

    private MerkleMap(TreeFormat<E> format, ObjectId root, ObjectSource source) {
        this.format = format;
        this.root = root;
        this.source = source;
    }

    /** The entries of a snapshot. Reads nothing yet. */
    public static MerkleMap<Entry> ofEntries(ObjectId root, ObjectSource source) {
        return new MerkleMap<>(TreeFormat.ENTRIES, root, source);
    }

    /** The id of the topmost page. */
    public ObjectId root() {
        return root;
    }

    /** Where pages are read from. */
    ObjectSource source() {
        return source;
    }

    /** The number of entries, as the root states it; reads the root. */
    public long size() {
        return cursor().total().items();
    }

    /** The entry at {@code path}; reads one page a level. */
    public Optional<E> get(EntryPath path) {
        byte[] key = path.sharedKey();
        PageCursor<E> cursor = cursor();
        return cursor.seek(key) && Arrays.equals(format.leaf().key(cursor.item()), key)
                ? Optional.of(cursor.item())
                : Optional.empty();
    }

    /** All entries. */
    @Override
    public Iterator<E> iterator() {
        return from(EntryPath.ROOT);
    }

    /** All entries. */
    public Stream<E> stream() {
        return stream(iterator());
    }

    /** The entries at and after {@code start}; pages before it are not read. */
    public Iterator<E> from(EntryPath start) {
        return new EntryIterator(start.sharedKey(), null, key -> true);
    }

    /** The entry at {@code top} and all beneath it; none if there is no such entry. */
    public Iterator<E> subtree(EntryPath top) {
        byte[] key = top.sharedKey();
        return new EntryIterator(key, null, other -> isWithin(other, key));
    }

    /** As {@link #subtree(EntryPath)}, past pages that are damaged, of which {@code losses} hears. */
    Iterator<E> subtree(EntryPath top, PageCursor.PageLosses losses) {
        byte[] key = top.sharedKey();
        return new EntryIterator(
                new PageCursor<>(format, root, source, losses), key, null, other -> isWithin(other, key));
    }

    /** All entries but those of pages that are damaged, of which {@code losses} hears; throws if the first page is one. */
    public Iterator<E> readable(Consumer<CorruptDataException> losses) {
        return subtree(EntryPath.ROOT, (page, damage) -> losses.accept(damage));
    }

    /** As {@link #subtree(EntryPath)}. */
    public Stream<E> subtreeStream(EntryPath top) {
        return stream(subtree(top));
    }

    /**
     * The entries that stand directly in {@code directory}; none if it is no directory. What is beneath them is skipped page
     * by page: each costs a page a level at most.
     */
    public Iterator<E> children(EntryPath directory) {
        byte[] key = directory.sharedKey();
        byte[] start = directory.isRoot() ? new byte[] {1} : append(key, 0);
        return new EntryIterator(start, 1, other -> isWithin(other, key));
    }

    /**
     * Those of {@link #children(EntryPath)} whose names begin with {@code prefix}. What stands before them is not read.
     *
     * @param prefix bytes without a zero; where it is empty, all of them
     */
    public Iterator<E> children(EntryPath directory, byte[] prefix) {
        if (prefix.length == 0) {
            return children(directory);
        }
        byte[] parent = directory.isRoot() ? new byte[0] : append(directory.sharedKey(), 0);
        byte[] start = Arrays.copyOf(parent, parent.length + prefix.length);
        System.arraycopy(prefix, 0, start, parent.length, prefix.length);
        return new EntryIterator(
                start,
                1,
                key -> key.length >= start.length && Arrays.equals(key, 0, start.length, start, 0, start.length));
    }

    /** A cursor at the start; reads the root. */
    PageCursor<E> cursor() {
        return new PageCursor<>(format, root, source);
    }

    private static <T> Stream<T> stream(Iterator<T> iterator) {
        int traits = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator, traits), false);
    }

    private static boolean isWithin(byte[] key, byte[] top) {
        return top.length == 0
                || (key.length >= top.length
                        && Arrays.equals(key, 0, top.length, top, 0, top.length)
                        && (key.length == top.length || key[top.length] == 0));
    }

    private static byte[] append(byte[] key, int last) {
        byte[] longer = Arrays.copyOf(key, key.length + 1);
        longer[key.length] = (byte) last;
        return longer;
    }

    /** Entries from a key on, as long as their keys pass a test. */
    private final class EntryIterator implements Iterator<E> {

        private final PageCursor<E> cursor;
        private final Predicate<byte[]> within;

        /** What is appended to a key to get to the next one; null to go on to whatever is next. */
        private final @Nullable Integer jump;

        private byte @Nullable [] seek;
        private boolean ended;

        EntryIterator(byte[] start, @Nullable Integer jump, Predicate<byte[]> within) {
            this(cursor(), start, jump, within);
        }

        EntryIterator(PageCursor<E> cursor, byte[] start, @Nullable Integer jump, Predicate<byte[]> within) {
            this.cursor = cursor;
            this.seek = start;
            this.jump = jump;
            this.within = within;
        }

        @Override
        public boolean hasNext() {
            if (ended) {
                return false;
            }
            boolean found = seek == null ? cursor.toItem() : cursor.seek(seek);
            seek = null;
            ended = !found || !within.test(format.leaf().key(cursor.item()));
            return !ended;
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            E item = cursor.item();
            cursor.skip();
            seek = jump == null ? null : append(format.leaf().key(item), jump);
            return item;
        }
    }
}
