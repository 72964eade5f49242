package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.LinkTarget;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.posix.FileStat;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files with several names that were met once and have names still to come, by device and inode.
 *
 * <p>Memory: a group is forgotten with its last name. Groups whose other names stand outside the snapshot stay, at some 200
 * bytes and the path each, up to a limit; beyond it further files are captured as files of their own: their content is still
 * stored once, but a restore does not link them. For one thread.
 */
final class HardLinks {
    private static final int GROUP_BYTES = 240;

    private final long bytesMax;
    private final Map<Inode, Group> groups = new HashMap<>();
    private long bytes;
    private long refused;

    HardLinks(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    private record Inode(long device, long inode) {}

    /** The first entry of a group, but for content and attributes: these may be long, and a later name only refers to them. */
    private static final class Group {
        final EntryPath first;
        final EntryType type;
        final Metadata metadata;
        final long size;
        final @Nullable LinkTarget target;
        final @Nullable Device device;
        final FileStat stat;
        long namesToCome;

        Group(Entry entry, FileStat stat) {
            this.first = entry.path();
            this.type = entry.type();
            this.metadata = entry.metadata().withoutXattrs();
            this.size = entry.size();
            this.target = entry.target();
            this.device = entry.device();
            this.stat = stat;
            this.namesToCome = stat.links() - 1;
        }

        Entry later(EntryPath path) {
            return new Entry(path, type, metadata, size, null, target, device, new HardLink.Later(first), false);
        }

        long cost() {
            return (long) GROUP_BYTES + first.key().length;
        }
    }

    /**
     * The entry at {@code path} if its file was met before, null if not. An inode that is not what it was, because it changed or
     * was given to another file meanwhile, was not met.
     */
    @Nullable
    Entry later(EntryPath path, FileStat stat) {
        Inode inode = new Inode(stat.device(), stat.inode());
        Group group = groups.get(inode);
        if (group == null) {
            return null;
        }
        boolean same = group.stat.sameFile(stat)
                && group.stat.size() == stat.size()
                && group.stat.mtimeSeconds() == stat.mtimeSeconds()
                && group.stat.mtimeNanos() == stat.mtimeNanos();
        if (!same || --group.namesToCome == 0) {
            groups.remove(inode);
            bytes -= group.cost();
        }
        return same ? group.later(path) : null;
    }

    /** Marks an entry as the first of its group and remembers it; gives it back unmarked where there is no room. */
    Entry first(Entry entry, FileStat stat) {
        Group group = new Group(entry, stat);
        if (bytes + group.cost() > bytesMax) {
            refused++;
            return entry;
        }
        groups.put(new Inode(stat.device(), stat.inode()), group);
        bytes += group.cost();
        return entry.asFirstLink();
    }

    /** Files that were captured without their links for want of room. */
    long refused() {
        return refused;
    }
}
