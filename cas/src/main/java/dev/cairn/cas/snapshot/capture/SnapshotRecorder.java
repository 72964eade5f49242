package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a walk into the entries of a new snapshot, joined with those of the previous one.
 *
 * <p>What cannot be read is not taken for deleted: where the previous snapshot had something, that is kept, a folder with all that
 * was in it, and reported. For one thread.
 */
final class SnapshotRecorder implements TreeVisitor {
    private final FileRecorder files;
    private final PreviousEntries previous;
    private final Function<EntryPath, @Nullable Entry> previousAt;
    private final Consumer<Entry> sink;
    private final StatCache statCache;
    private final HardLinks hardLinks;
    private final CaptureTally tally;
    private final CaptureProgress progress;
    private final Cancellation cancellation;
    private final Scope scope;

    /** Where a kept later link was given the content of a first one that is not kept. */
    private final Map<EntryPath, EntryPath> movedFirsts = new HashMap<>();

    /**
     * What belongs to a snapshot.
     *
     * @param allowEmpty whether an empty source is believed
     */
    record Scope(ExcludeScope excludes, boolean allowEmpty) {}

    /** A folder, wherever it is mounted and however it is called. */
    record FolderIdentity(long device, long inode) {
        static FolderIdentity of(FileStat stat) {
            return new FolderIdentity(stat.device(), stat.inode());
        }
    }

    /**
     * @param previousAt looks an entry of the previous snapshot up
     * @param sink takes the entries, in path order
     */
    SnapshotRecorder(
            FileRecorder files,
            PreviousEntries previous,
            Function<EntryPath, @Nullable Entry> previousAt,
            Consumer<Entry> sink,
            StatCache statCache,
            HardLinks hardLinks,
            CaptureTally tally,
            CaptureProgress progress,
            Cancellation cancellation,
            Scope scope) {
        this.files = files;
        this.previous = previous;
        this.previousAt = previousAt;
        this.sink = sink;
        this.statCache = statCache;
        this.hardLinks = hardLinks;
        this.tally = tally;
        this.progress = progress;
        this.cancellation = cancellation;
        this.scope = scope;
    }

    @Override
    public boolean isExcluded(EntryPath path, FileStat stat) {
        return scope.excludes().excludes(path, stat);
    }

    @Override
    public void excluded(EntryPath path) {
        // What stands before it was left out with another path, or is deleted.
        boolean _ = previous.hasBeneath(path);
        tally.excluded(path);
        for (Entry entry = previous.takeBeneath(path); entry != null; entry = previous.takeBeneath(path)) {
            gone(entry, tally, statCache);
        }
    }

    @Override
    public @Nullable List<byte[]> onlyOf(EntryPath path, Directory directory, Listing names, boolean root) {
        List<byte[]> only = scope.excludes().enter(path, directory, names, root);
        if (only != null) {
            tally.excluded(path);
        }
        return only;
    }

    /** An entry of the previous snapshot is not there any more, or is left out. */
    static void gone(Entry entry, CaptureTally tally, StatCache statCache) {
        tally.gone(entry);
        if (entry.content() != null) {
            statCache.drop(entry.path());
        }
    }

    @Override
    public void directory(EntryPath path, Directory directory, FileStat stat, Role role) {
        cancellation.check();
        progress.entered(path);
        record(files.directory(path, directory, stat), previous.take(path));
    }

    @Override
    public void listed(EntryPath path, FileStat stat, boolean empty, boolean root, boolean mountPoint) {
        if (empty && !scope.allowEmpty() && previous.hasBeneath(path) && statCache.mayBeUnmounted(path, stat, root)) {
            if (root) {
                throw new SourceException(
                        "the source " + path + " is empty, and was not in the previous snapshot",
                        "Is its file system mounted? If it is meant to be empty, say so with --allow-empty.");
            }
            unreadable(path, new IOException("it is empty, and another file system was mounted here before"));
        } else if (root || mountPoint) {
            statCache.noteMount(path, stat);
        }
    }

    @Override
    public void file(EntryPath path, Directory parent, byte[] name, FileStat stat) {
        cancellation.check();
        progress.entered(path);
        Entry later = stat.links() > 1 ? hardLinks.later(path, stat) : null;
        Entry before = previous.take(path);
        if (later != null) {
            record(later, before);
            return;
        }
        try {
            Entry entry = files.file(path, parent, name, stat, before);
            record(stat.links() > 1 ? hardLinks.first(entry, stat) : entry, before);
        } catch (IOException e) {
            if (e instanceof PosixException posix && posix.errno() == Errno.ENOENT) {
                // It was deleted between its listing and now.
                return;
            }
            if (before != null && !before.isDirectory()) {
                tally.failed(CaptureError.of(path, e, CaptureError.Kept.PREVIOUS));
                keep(before, path);
            } else {
                tally.failed(CaptureError.of(path, e, CaptureError.Kept.NOTHING));
            }
        }
    }

    @Override
    public void closedDirectory(EntryPath path, Directory parent, byte[] name, FileStat stat, IOException reason) {
        record(files.closedDirectory(path, parent, name, stat), previous.take(path));
        unreadable(path, reason);
    }

    @Override
    public void unreadable(EntryPath path, IOException reason) {
        boolean kept = previous.hasBeneath(path);
        tally.failed(CaptureError.of(path, reason, kept ? CaptureError.Kept.PREVIOUS : CaptureError.Kept.NOTHING));
        EntryPath from = null;
        for (Entry entry = previous.takeBeneath(path); entry != null; entry = previous.takeBeneath(path)) {
            from = from == null ? entry.path() : from;
            keep(entry, from);
        }
    }

    @Override
    public void refused(EntryPath folder, byte[] name, String reason) {
        tally.failed(new CaptureError(folder, "look", reason, CaptureError.Kept.NOTHING));
    }

    /**
     * Records a stream as a file, and the folders above it: as they were, where the previous snapshot has them.
     *
     * @param owner whose the new entries are
     * @param time when they were changed
     */
    void stream(NamedStream stream, FileStat owner, Instant time) {
        EntryPath path = stream.path();
        for (int depth = 0; depth < path.depth(); depth++) {
            EntryPath folder = path.prefix(depth);
            Entry before = previous.take(folder);
            if (before != null && before.isDirectory()) {
                record(before, before);
            } else {
                record(Entry.directory(folder, files.made(0700, owner.uid(), owner.gid(), time)), before);
            }
        }
        progress.entered(path);
        Entry before = previous.take(path);
        try {
            Entry entry = files.stream(stream, files.made(0600, owner.uid(), owner.gid(), time), before);
            if (entry.size() == 0 && before != null && before.size() > 0 && !scope.allowEmpty()) {
                throw new SourceException(
                        "the stream " + path + " is empty, and was not in the previous snapshot",
                        "Has what writes it failed? If it is meant to be empty, say so with --allow-empty.");
            }
            record(entry, before);
        } catch (IOException e) {
            throw new SourceException(
                    "the stream %s cannot be read: %s".formatted(path, e.getMessage()),
                    "Nothing was added to the branch. What was stored of it is found again by the next run.");
        }
    }

    /**
     * Records an entry of the previous snapshot again.
     *
     * @param from the first path that is kept along with it: a later link to anything before needs content of its own, for what
     *     stands there now is not what it was
     */
    private void keep(Entry entry, EntryPath from) {
        EntryPath first = entry.linkedTo();
        if (first == null || first.compareTo(from) >= 0) {
            record(entry, entry);
            return;
        }
        EntryPath moved = movedFirsts.get(first);
        Entry source = previousAt.apply(first);
        if (moved == null && source != null) {
            movedFirsts.put(first, entry.path());
            record(source.withPath(entry.path()).asFirstLink(), entry);
        } else if (moved != null && source != null) {
            record(Entry.laterLink(entry.path(), source.withPath(moved)), entry);
        }
    }

    private void record(Entry entry, @Nullable Entry before) {
        tally.recorded(entry, before);
        sink.accept(entry);
    }
}
