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
 * <p>With somebody to hear of losses, pages that cannot be read are passed over, and what is left of their folders stands in
 * folders that are made up. What is wrong without any loss before it is still a failure.
 *
 * <p>Not for use by several threads.
 */
public final class ValidatedEntries implements Iterator<Entry> {

    private static final int GROUPS_MAX = 4096;

    /** What a folder is taken for whose entry was lost: its owner's alone. */
    private static final Metadata UNKNOWN_FOLDER = new Metadata(0700, Owner.ROOT, 0, 0, Xattrs.none());

    private final MerkleMap<Entry> map;
    private final Iterator<Entry> entries;
    private final DirectoryChain directories;
    private final @Nullable EntryLosses losses;
    private final Map<EntryPath, LinkedFile> groups = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<EntryPath, LinkedFile> eldest) {
            return size() > GROUPS_MAX;
        }
    };
    private @Nullable Entry next;

    /** Was read, and waits for the folders that it stands in to be made up. */
    private @Nullable Entry pending;

    private boolean lossy;

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

    private ValidatedEntries(MerkleMap<Entry> map, EntryPath top, @Nullable EntryLosses losses) {
        this.map = map;
        this.losses = losses;
        this.entries =
                losses == null ? map.subtree(top) : map.subtree(top, (page, damage) -> lost(page, damage, losses));
        this.directories = new DirectoryChain(top);
    }

    /** All entries of {@code map}. */
    public static ValidatedEntries of(MerkleMap<Entry> map) {
        return new ValidatedEntries(map, EntryPath.ROOT, null);
    }

    /** All entries of {@code map} that can be read. */
    public static ValidatedEntries of(MerkleMap<Entry> map, EntryLosses losses) {
        return new ValidatedEntries(map, EntryPath.ROOT, losses);
    }

    /**
     * The entry at {@code top} and all beneath it; none if there is no such entry. What is above it is checked too: all of it
     * are directories.
     *
     * @throws CorruptDataException if they are not
     */
    public static ValidatedEntries subtree(MerkleMap<Entry> map, EntryPath top) {
        requireDirectoriesAbove(map, top, false);
        return new ValidatedEntries(map, top, null);
    }

    /** As {@link #subtree(MerkleMap, EntryPath)}, as far as the pages can be read. */
    public static ValidatedEntries subtree(MerkleMap<Entry> map, EntryPath top, EntryLosses losses) {
        requireDirectoriesAbove(map, top, true);
        return new ValidatedEntries(map, top, losses);
    }

    private static void requireDirectoriesAbove(MerkleMap<Entry> map, EntryPath top, boolean asFarAsReadable) {
        boolean exists = !top.isRoot() && map.get(top).isPresent();
        for (EntryPath path = top.parent(); exists && path != null; path = path.parent()) {
            Optional<Entry> ancestor;
            try {
                ancestor = map.get(path);
            } catch (CorruptDataException e) {
                if (asFarAsReadable) {
                    continue;
                }
                throw e;
            }
            if (ancestor.isEmpty() || !ancestor.get().isDirectory()) {
                throw corrupt(map, top + " stands beneath " + path + ", which is no directory");
            }
        }
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
        while (next == null && (pending != null || entries.hasNext())) {
            Entry entry = pending == null ? entries.next() : pending;
            pending = null;
            next = checked(entry);
        }
        return next != null;
    }

    /** The entry, or a folder that it stands in and that is made up; null if it is left out. */
    private @Nullable Entry checked(Entry entry) {
        EntryLosses heard = lossy ? losses : null;
        EntryPath lost = heard == null ? null : directories.missing(entry);
        if (heard != null && lost != null) {
            pending = entry;
            Entry standIn = Entry.directory(lost, UNKNOWN_FOLDER);
            require(directories.fault(standIn));
            heard.folder(standIn);
            return standIn;
        }
        require(directories.fault(entry));
        String fault = heard == null ? linkFault(entry) : linkFaultAmongLosses(entry);
        if (fault != null && heard != null) {
            heard.entry(entry, fault);
            return null;
        }
        require(fault);
        return entry;
    }

    private void require(@Nullable String fault) {
        if (fault != null) {
            throw corrupt(map, fault);
        }
    }

    private void lost(PageRef page, CorruptDataException damage, EntryLosses heard) {
        lossy = true;
        heard.page(EntryPath.ofKey(page.key()), page.items(), damage);
    }

    private @Nullable String linkFaultAmongLosses(Entry entry) {
        try {
            return linkFault(entry);
        } catch (CorruptDataException e) {
            return "the file that it is linked to is lost: " + e.getMessage();
        }
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
