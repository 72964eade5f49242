package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a map, or of a subtree of it, checked against each other: the first is the root (or the top of the subtree);
 * each stands in a directory that came before, so nothing stands beneath a file or a symbolic link; a later hard link names
 * the first of a group, of its own type, size, target and device. For whoever acts on entries that somebody else wrote.
 *
 * <p>The check of hard links remembers the {@value #GROUPS_MAX} groups used last and looks others up in the map. A failure is a
 * {@link CorruptDataException} out of {@link #hasNext} or {@link #next}, before the entry is handed out.
 *
 * <p>Not for use by several threads.
 */
public final class ValidatedEntries implements Iterator<Entry> {

    private static final int GROUPS_MAX = 4096;

    private final MerkleMap<Entry> map;
    private final Iterator<Entry> entries;
    private final DirectoryChain directories;
    private final Map<EntryPath, LinkedFile> groups = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<EntryPath, LinkedFile> eldest) {
            return size() > GROUPS_MAX;
        }
    };
    private @Nullable Entry next;

    /** What all links of a group have in common. */
    private record LinkedFile(
            EntryType type,
            long size,
            @Nullable LinkTarget target,
            @Nullable Device device) {
        static LinkedFile of(Entry entry) {
            return new LinkedFile(entry.type(), entry.size(), entry.target(), entry.device());
        }
    }

    private ValidatedEntries(MerkleMap<Entry> map, EntryPath top) {
        this.map = map;
        this.entries = map.subtree(top);
        this.directories = new DirectoryChain(top);
    }

    /** All entries of {@code map}. */
    public static ValidatedEntries of(MerkleMap<Entry> map) {
        return new ValidatedEntries(map, EntryPath.ROOT);
    }

    /**
     * The entry at {@code top} and all beneath it; none if there is no such entry. What is above it is checked too: all of it
     * are directories.
     *
     * @throws CorruptDataException if they are not
     */
    public static ValidatedEntries subtree(MerkleMap<Entry> map, EntryPath top) {
        boolean exists = map.get(top).isPresent();
        for (EntryPath path = top.parent(); exists && path != null; path = path.parent()) {
            Optional<Entry> ancestor = map.get(path);
            if (ancestor.isEmpty() || !ancestor.get().isDirectory()) {
                throw corrupt(map, top + " stands beneath " + path + ", which is no directory");
            }
        }
        return new ValidatedEntries(map, top);
    }

    /** As this iterator, as a stream. */
    public Stream<Entry> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        this, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL),
                false);
    }

    @Override
    public boolean hasNext() {
        if (next == null && entries.hasNext()) {
            Entry entry = entries.next();
            String fault = directories.fault(entry);
            if (fault == null) {
                fault = linkFault(entry);
            }
            if (fault != null) {
                throw corrupt(map, fault);
            }
            next = entry;
        }
        return next != null;
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Entry entry = Objects.requireNonNull(next);
        next = null;
        return entry;
    }

    private @Nullable String linkFault(Entry entry) {
        return switch (entry.hardLink()) {
            case null -> null;
            case HardLink.First _ -> {
                groups.put(entry.path(), LinkedFile.of(entry));
                yield null;
            }
            case HardLink.Later(EntryPath first) -> {
                LinkedFile group = groups.get(first);
                if (group == null) {
                    Optional<Entry> found = map.get(first);
                    if (found.isEmpty() || !(found.get().hardLink() instanceof HardLink.First)) {
                        yield "%s is linked to %s, which is not the first of a group".formatted(entry.path(), first);
                    }
                    group = LinkedFile.of(found.get());
                    groups.put(first, group);
                }
                yield group.equals(LinkedFile.of(entry))
                        ? null
                        : "%s is linked to %s, which is another file".formatted(entry.path(), first);
            }
        };
    }

    private static CorruptDataException corrupt(MerkleMap<Entry> map, String fault) {
        return CorruptDataException.because("manifest " + map.root(), fault, null);
    }
}
