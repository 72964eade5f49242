package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.LinkTarget;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the entry of one path: looks at it, and reads it where that cannot be avoided.
 *
 * <p>A file is looked at before and after it is read. One that changed meanwhile is read again, {@value #TRIES} times in all, then
 * kept with a mark. For one thread.
 */
final class FileRecorder {

    /** How often a file that changes under our hands is read. */
    static final int TRIES = 3;

    private final ContentReader contents;
    private final ObjectSink sink;
    private final StatCache statCache;
    private final Predicate<Entry> isWhole;
    private final OwnerNames owners;
    private final CaptureTally tally;
    private final CaptureProgress progress;
    private final OlderVersions older;

    /** @param isWhole whether all is there that an entry of the previous snapshot is made of */
    FileRecorder(
            ContentReader contents,
            ObjectSink sink,
            StatCache statCache,
            Predicate<Entry> isWhole,
            OwnerNames owners,
            CaptureTally tally,
            CaptureProgress progress,
            OlderVersions older) {
        this.older = older;
        this.contents = contents;
        this.sink = sink;
        this.statCache = statCache;
        this.isWhole = isWhole;
        this.owners = owners;
        this.tally = tally;
        this.progress = progress;
    }

    /** The entry of a folder. Attributes that cannot be read are reported and left out. */
    Entry directory(EntryPath path, Directory directory, FileStat stat) {
        return Entry.directory(path, metadata(stat, xattrs(path, AttributeSource.of(directory))));
    }

    /** The entry of a folder that cannot be opened. */
    Entry closedDirectory(EntryPath path, Directory parent, byte[] name, FileStat stat) {
        return Entry.directory(path, metadata(stat, xattrs(path, AttributeSource.of(parent, name))));
    }

    /**
     * The entry of anything but a folder.
     *
     * @param previous what the previous snapshot had here
     * @throws IOException if it cannot be read
     */
    Entry file(EntryPath path, Directory parent, byte[] name, FileStat stat, @Nullable Entry previous)
            throws IOException {
        return switch (stat.type()) {
            case REGULAR -> {
                Entry known = unchanged(path, stat, previous);
                yield known != null ? known : read(path, parent, name, stat, previous);
            }
            case SYMLINK -> Entry.symlink(path, linkMetadata(path, parent, name, stat), target(parent, name));
            case FIFO -> Entry.special(path, EntryType.FIFO, linkMetadata(path, parent, name, stat));
            case SOCKET -> Entry.special(path, EntryType.SOCKET, linkMetadata(path, parent, name, stat));
            case CHARACTER_DEVICE -> device(path, EntryType.CHAR_DEVICE, parent, name, stat);
            case BLOCK_DEVICE -> device(path, EntryType.BLOCK_DEVICE, parent, name, stat);
            case DIRECTORY -> throw new IOException("a folder took its place while it was looked at");
            case UNKNOWN -> throw new IOException("this kind of file is not known");
        };
    }

    /** What the previous snapshot had, with what the file looks like now, if the stat cache knows that it was not written to. */
    private @Nullable Entry unchanged(EntryPath path, FileStat stat, @Nullable Entry previous) {
        if (previous == null || previous.content() == null || previous.changedWhileRead()) {
            return null;
        }
        Metadata before = previous.metadata();
        boolean alike = previous.size() == stat.size()
                && before.mtimeSeconds() == stat.mtimeSeconds()
                && before.mtimeNanos() == stat.mtimeNanos();
        if (!alike
                || !statCache.vouchesFor(path, stat, previous.content(), before.xattrs())
                || !isWhole.test(previous)) {
            return null;
        }
        progress.bytes(stat.size());
        return Entry.file(path, metadata(stat, before.xattrs()), previous.content());
    }

    private Entry read(EntryPath path, Directory parent, byte[] name, FileStat seen, @Nullable Entry previous)
            throws IOException {
        FileStat wanted = seen;
        for (int attempt = 1; ; attempt++) {
            try (OpenFile file = parent.openFile(name)) {
                FileStat before = file.stat();
                if (before.type() != FileType.REGULAR || (!before.sameFile(wanted) && attempt == TRIES)) {
                    throw new IOException("another file took its place while it was looked at");
                }
                Content content = contents.read(file, before, () -> older.of(path, previous));
                Xattrs xattrs = xattrs(path, AttributeSource.of(file));
                boolean stable = content.size() == before.size() && looksAlike(before, file.stat());
                if (stable) {
                    statCache.note(path, before, content, xattrs);
                }
                if (stable || attempt == TRIES) {
                    Entry entry = Entry.file(path, metadata(before, xattrs), content);
                    return stable ? entry : doubtful(entry);
                }
                wanted = before;
            }
        }
    }

    /**
     * The entry of a file that is a stream.
     *
     * @throws IOException if it cannot be read, or is not whole
     */
    Entry stream(NamedStream stream, Metadata metadata, @Nullable Entry previous) throws IOException {
        Content content = contents.read(stream.content(), () -> older.of(stream.path(), previous));
        stream.content().finish();
        return Entry.file(stream.path(), metadata, content);
    }

    /** Of an entry that is made up here. */
    Metadata made(int mode, long uid, long gid, Instant time) {
        return new Metadata(mode, owners.owner(uid, gid), time.getEpochSecond(), time.getNano(), Xattrs.none());
    }

    private Entry doubtful(Entry entry) {
        tally.failed(new CaptureError(
                entry.path(), "read", "it changed while it was read, " + TRIES + " times", CaptureError.Kept.DOUBTFUL));
        return entry.asChangedWhileRead();
    }

    private static boolean looksAlike(FileStat a, FileStat b) {
        return a.sameFile(b)
                && a.size() == b.size()
                && a.mtimeSeconds() == b.mtimeSeconds()
                && a.mtimeNanos() == b.mtimeNanos()
                && a.ctimeSeconds() == b.ctimeSeconds()
                && a.ctimeNanos() == b.ctimeNanos();
    }

    private static LinkTarget target(Directory parent, byte[] name) throws IOException {
        byte[] target = parent.readLink(name);
        if (target.length == 0 || target.length > LinkTarget.BYTES_MAX) {
            throw new IOException("a link target of " + target.length + " bytes");
        }
        return new LinkTarget(target);
    }

    private Entry device(EntryPath path, EntryType type, Directory parent, byte[] name, FileStat stat) {
        return Entry.device(
                path, type, linkMetadata(path, parent, name, stat), new Device(stat.deviceMajor(), stat.deviceMinor()));
    }

    private Metadata linkMetadata(EntryPath path, Directory parent, byte[] name, FileStat stat) {
        return metadata(stat, xattrs(path, AttributeSource.of(parent, name)));
    }

    private Metadata metadata(FileStat stat, Xattrs xattrs) {
        return new Metadata(
                stat.mode(), owners.owner(stat.uid(), stat.gid()), stat.mtimeSeconds(), stat.mtimeNanos(), xattrs);
    }

    private Xattrs xattrs(EntryPath path, AttributeSource source) {
        try {
            List<byte[]> names = source.names();
            if (names.isEmpty()) {
                return Xattrs.none();
            }
            List<Xattr> attributes = new ArrayList<>();
            for (byte[] name : names) {
                byte[] value = source.value(name);
                if (value != null) {
                    attributes.add(new Xattr(name, value));
                }
            }
            return Xattrs.store(attributes, sink);
        } catch (IOException e) {
            tally.failed(CaptureError.of(path, e, CaptureError.Kept.DOUBTFUL));
        } catch (IllegalArgumentException e) {
            tally.failed(
                    new CaptureError(path, "attributes", String.valueOf(e.getMessage()), CaptureError.Kept.DOUBTFUL));
        }
        return Xattrs.none();
    }
}
