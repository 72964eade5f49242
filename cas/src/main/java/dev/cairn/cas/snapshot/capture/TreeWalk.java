package dev.cairn.cas.snapshot.capture;

import static java.util.Objects.requireNonNull;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Walks sources depth first, in path order, from open folder to open folder: no link below a source is followed, and no path is
 * ever longer than a name.
 *
 * <p>What vanishes between its listing and its look-up is passed over: it was deleted. What fails otherwise goes to {@link
 * TreeVisitor#unreadable}, and the walk goes on.
 *
 * <p>Memory: the names of the folders on the way down, packed (a folder of a million names takes some 30 MB). At most {@value
 * #OPEN_MAX} folders are open at once, however deep the tree is; those further up are opened again on the way back, from the
 * nearest open one, and must then be what they were. For one thread.
 */
public final class TreeWalk {

    /** Folders held open at once, the root among them. */
    static final int OPEN_MAX = 64;

    private final FileSystemAccess access;
    private final TreeVisitor visitor;
    private final boolean oneFileSystem;
    private final List<Frame> frames = new ArrayList<>();

    TreeWalk(FileSystemAccess access, TreeVisitor visitor, boolean oneFileSystem) {
        this.access = access;
        this.visitor = visitor;
        this.oneFileSystem = oneFileSystem;
    }

    /** A walk of folders that are open already, across the borders of file systems. */
    public TreeWalk(TreeVisitor visitor) {
        this(FileSystemAccess.SYSTEM, visitor, false);
    }

    /** A folder on the way down. */
    private static final class Frame {
        final EntryPath path;
        final byte[] name;
        final FileStat stat;
        final @Nullable SourceTree sources;
        final Names names;
        /** Null while it is closed, to be opened again. */
        @Nullable
        Directory directory;

        int next;

        Frame(
                EntryPath path,
                byte[] name,
                FileStat stat,
                @Nullable SourceTree sources,
                Names names,
                Directory directory) {
            this.path = path;
            this.name = name;
            this.stat = stat;
            this.sources = sources;
            this.names = names;
            this.directory = directory;
        }

        boolean captured() {
            return names instanceof Names.All;
        }
    }

    /** The names to look at in a folder. */
    private sealed interface Names {
        int size();

        byte[] name(int index);

        /** All that stand there. */
        record All(Listing listing) implements Names {
            @Override
            public int size() {
                return listing.size();
            }

            @Override
            public byte[] name(int index) {
                return listing.name(index);
            }
        }

        /** Those that lead to sources, or are not left out with the others. */
        record Named(List<byte[]> names) implements Names {
            @Override
            public int size() {
                return names.size();
            }

            @Override
            public byte[] name(int index) {
                return names.get(index);
            }
        }
    }

    /**
     * Walks one folder whose content is the root of the snapshot.
     *
     * @throws IOException if it cannot be opened
     */
    void walkFolder(AbsolutePath folder) throws IOException {
        walkFolder(access.open(folder.bytes()));
    }

    /** Walks one open folder, which it takes over. */
    public void walkFolder(Directory root) {
        try {
            enter(EntryPath.ROOT, new byte[0], root, SourceTree.single(), null, true);
            run();
        } finally {
            closeAll();
        }
    }

    /**
     * Walks sources that keep their absolute paths.
     *
     * @throws IOException if the root of the file system cannot be opened
     */
    void walkSources(SourceTree sources) throws IOException {
        try {
            Directory root = access.open(new byte[] {'/'});
            enter(EntryPath.ROOT, new byte[0], root, sources, null, false);
            run();
        } finally {
            closeAll();
        }
    }

    private void run() {
        while (!frames.isEmpty()) {
            Frame frame = frames.getLast();
            if (frame.next == frame.names.size()) {
                pop();
                continue;
            }
            byte[] name = frame.names.name(frame.next++);
            EntryPath path;
            Directory directory;
            try {
                directory = opened(frames.size() - 1);
                path = frame.path.child(name);
            } catch (IOException e) {
                frame.next = frame.names.size();
                visitor.unreadable(frame.path, e);
                continue;
            } catch (IllegalArgumentException e) {
                visitor.refused(frame.path, name, String.valueOf(e.getMessage()));
                continue;
            }
            try {
                look(frame, directory, path, name);
            } catch (IOException e) {
                if (!vanished(e)) {
                    visitor.unreadable(path, e);
                }
            }
        }
    }

    private void look(Frame frame, Directory directory, EntryPath path, byte[] name) throws IOException {
        SourceTree sources = frame.sources == null ? null : frame.sources.child(name);
        FileStat stat = directory.stat(name);
        boolean excluded = visitor.isExcluded(path, stat);
        if (excluded && sources == null) {
            visitor.excluded(path);
            return;
        }
        boolean inside = frame.captured() && !excluded;
        if (sources != null && stat.type() == FileType.SYMLINK && sources.followsLink()) {
            enter(path, name, access.open(absolute(frame.path, name)), sources, frame.stat, inside);
        } else if (stat.type() == FileType.DIRECTORY) {
            Directory child;
            try {
                child = directory.openDirectory(name);
            } catch (IOException e) {
                if (!vanished(e)) {
                    visitor.closedDirectory(path, directory, name, stat, e);
                }
                return;
            }
            enter(path, name, child, sources, frame.stat, inside);
        } else {
            visitor.file(path, directory, name, stat);
        }
    }

    /** A person's path leads through a link, or ends with one and a slash: what it points at is opened by the whole path. */
    private static byte[] absolute(EntryPath folder, byte[] name) {
        byte[] above = folder.bytes();
        byte[] path = new byte[above.length + name.length + (above.length == 0 ? 1 : 2)];
        path[0] = '/';
        System.arraycopy(above, 0, path, 1, above.length);
        path[path.length - name.length - 1] = '/';
        System.arraycopy(name, 0, path, path.length - name.length, name.length);
        return path;
    }

    /**
     * Shows a folder and goes down into it if there is anything to see. Takes {@code directory} over.
     *
     * @param above the folder it stands in, null for a root
     * @param inside whether it belongs to the snapshot even if it was not named
     */
    private void enter(
            EntryPath path,
            byte[] name,
            Directory directory,
            @Nullable SourceTree sources,
            @Nullable FileStat above,
            boolean inside) {
        boolean entered = false;
        try {
            FileStat stat = directory.stat();
            boolean mountPoint = above != null && stat.device() != above.device();
            TreeVisitor.Role role = role(sources, mountPoint, inside);
            visitor.directory(path, directory, stat, role);
            boolean root = sources != null && sources.isSource();
            Names names = names(path, directory, sources, role, root);
            if (role == TreeVisitor.Role.CAPTURED) {
                visitor.listed(path, stat, names.size() == 0, root, mountPoint);
            }
            if (names.size() > 0) {
                frames.add(new Frame(path, name, stat, sources, names, directory));
                entered = true;
                closeFarAbove();
            }
        } catch (IOException e) {
            visitor.unreadable(path, e);
        } finally {
            if (!entered) {
                close(directory);
            }
        }
    }

    private TreeVisitor.Role role(@Nullable SourceTree sources, boolean mountPoint, boolean inside) {
        if (sources != null && sources.isSource()) {
            return TreeVisitor.Role.CAPTURED;
        }
        if (!inside) {
            return TreeVisitor.Role.ON_THE_WAY;
        }
        return mountPoint && oneFileSystem ? TreeVisitor.Role.BOUNDARY : TreeVisitor.Role.CAPTURED;
    }

    private Names names(
            EntryPath path, Directory directory, @Nullable SourceTree sources, TreeVisitor.Role role, boolean root)
            throws IOException {
        return switch (role) {
            case CAPTURED -> {
                Listing listing = directory.list();
                List<byte[]> only = visitor.onlyOf(path, directory, listing, root);
                yield only == null ? new Names.All(listing) : new Names.Named(withSources(only, sources));
            }
            // A boundary is still crossed on the way to a source that was named behind it.
            case ON_THE_WAY, BOUNDARY -> new Names.Named(sources == null ? List.of() : sources.names());
        };
    }

    private static List<byte[]> withSources(List<byte[]> names, @Nullable SourceTree sources) {
        NavigableSet<byte[]> all = new TreeSet<>(SourceTree.BY_NAME);
        all.addAll(names);
        all.addAll(sources == null ? List.of() : sources.names());
        return List.copyOf(all);
    }

    private void closeFarAbove() {
        int index = frames.size() - OPEN_MAX;
        if (index > 0) {
            Frame frame = frames.get(index);
            close(frame.directory);
            frame.directory = null;
        }
    }

    /** The open folder of a frame, opened again from the nearest open one above if it was closed. */
    private Directory opened(int index) throws IOException {
        Frame frame = frames.get(index);
        if (frame.directory != null) {
            return frame.directory;
        }
        int from = index;
        while (frames.get(from).directory == null) {
            from--;
        }
        Directory above = requireNonNull(frames.get(from).directory);
        for (int i = from + 1; i <= index; i++) {
            Frame next = frames.get(i);
            Directory directory;
            try {
                directory = openAgain(above, next);
            } finally {
                if (frames.get(i - 1).directory == null) {
                    close(above);
                }
            }
            // Those above will be wanted soon: opening half of them again costs a tree of depth n some n / 32 walks
            // down.
            if (i > index - OPEN_MAX / 2) {
                next.directory = directory;
            }
            above = directory;
        }
        return above;
    }

    private static Directory openAgain(Directory above, Frame frame) throws IOException {
        Directory directory = above.openDirectory(frame.name);
        try {
            if (directory.stat().sameFile(frame.stat)) {
                return directory;
            }
        } catch (IOException e) {
            close(directory);
            throw e;
        }
        close(directory);
        throw new IOException("another folder took its place while it was walked");
    }

    private void pop() {
        close(frames.removeLast().directory);
    }

    private void closeAll() {
        while (!frames.isEmpty()) {
            pop();
        }
    }

    private static boolean vanished(IOException e) {
        return e instanceof PosixException posix && posix.errno() == Errno.ENOENT;
    }

    /** A folder was only read from: what its closing reports changes nothing. */
    private static void close(@Nullable Directory directory) {
        if (directory != null) {
            try {
                directory.close();
            } catch (IOException e) {
                // Its names were read.
                return;
            }
        }
    }
}
