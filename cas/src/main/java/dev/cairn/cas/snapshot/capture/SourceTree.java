package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.RawName;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The folders on the way to the sources of a capture, as a tree: so that sources are met in path order, each once, whether
 * they were named twice or stand one inside the other.
 */
final class SourceTree {
    static final Comparator<byte[]> BY_NAME = Arrays::compareUnsigned;

    private final NavigableMap<byte[], SourceTree> children = new TreeMap<>(BY_NAME);
    private boolean source;
    private boolean slashed;

    /** The tree of sources that keep their absolute paths. */
    static SourceTree of(List<AbsolutePath> sources) {
        SourceTree root = new SourceTree();
        for (AbsolutePath path : sources) {
            SourceTree node = root;
            for (byte[] name : path.components()) {
                node = node.children.computeIfAbsent(name, n -> new SourceTree());
            }
            node.source = true;
            node.slashed |= path.slashed();
        }
        return root;
    }

    /** The tree of one folder whose content is the root. */
    static SourceTree single() {
        SourceTree root = new SourceTree();
        root.source = true;
        return root;
    }

    /** Whether this was named: all that is beneath it belongs to the snapshot. Else it is only on the way. */
    boolean isSource() {
        return source;
    }

    /** Whether what a link here points at was meant, rather than the link. */
    boolean followsLink() {
        return slashed || !source;
    }

    /** What is on the way at {@code name}, null if nothing was named there or beneath. */
    @Nullable
    SourceTree child(byte[] name) {
        return children.get(name);
    }

    /** The names that lead to sources, sorted as bytes. */
    List<byte[]> names() {
        return List.copyOf(children.keySet());
    }

    @Override
    public String toString() {
        return (source ? "source" : "way")
                + children.keySet().stream().map(RawName::display).toList();
    }
}
