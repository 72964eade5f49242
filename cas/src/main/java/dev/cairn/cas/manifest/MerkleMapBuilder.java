package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link MerkleMap} from its entries, fed in the order of their paths. Pages go into the sink as they fill up,
 * children first; the one open page of each level is all that is held, a few hundred KiB. Pages that the sink has already
 * come out with the ids that they had: what did not change costs its encoding and nothing else.
 *
 * <p>Not for use by several threads. About 2 µs an entry.
 */
public final class MerkleMapBuilder<E> {

    private final TreeFormat<E> format;
    private final PageTreeBuilder<E> tree;
    private final Check<E> check;
    private byte @Nullable [] last;
    private long size;
    private boolean finished;

    /** What a map demands of its entries beyond their order. */
    @FunctionalInterface
    interface Check<E> {
        /** What is wrong with {@code entry}, which comes next; null if nothing is. */
        @Nullable
        String fault(E entry);
    }

    private MerkleMapBuilder(TreeFormat<E> format, ObjectSink sink, PageBoundary boundary, Check<E> check) {
        this.format = format;
        this.tree = new PageTreeBuilder<>(format, sink, boundary);
        this.check = check;
    }

    /**
     * A builder of the entries of a snapshot. It refuses an entry whose parent directory did not come before it: the first
     * is the root.
     */
    public static MerkleMapBuilder<Entry> ofEntries(ObjectSink sink, PageBoundary boundary) {
        return new MerkleMapBuilder<>(TreeFormat.ENTRIES, sink, boundary, new DirectoryChain(EntryPath.ROOT)::fault);
    }

    /**
     * Adds the next entry.
     *
     * @throws IllegalArgumentException if its path does not come after the last one's, or it may not stand there
     */
    public void add(E entry) {
        requireOpen();
        byte[] key = format.leaf().key(entry);
        if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
            throw new IllegalArgumentException(
                    "entries out of order: %s after %s".formatted(EntryPath.ofKey(key), EntryPath.ofKey(last)));
        }
        String fault = check.fault(entry);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        tree.add(entry);
        last = key;
        size++;
    }

    /** The number of entries so far. */
    public long size() {
        return size;
    }

    /** Puts the open pages and returns the id of the root. The builder is of no use afterwards. */
    public ObjectId finish() {
        requireOpen();
        finished = true;
        return tree.finish();
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("the map is finished");
        }
    }
}
