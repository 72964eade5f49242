package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.Listing;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees what a {@link TreeWalk} meets, in path order: a folder right before what stands in it. */
public interface TreeVisitor {

    /** What a folder is to the capture. */
    enum Role {
        /** What stands in it belongs to the snapshot. */
        CAPTURED,
        /** Leads to a source: only what was named in it belongs to the snapshot. */
        ON_THE_WAY,
        /** Another file system begins here, and is not entered. */
        BOUNDARY
    }

    /**
     * An open folder, before its names are read.
     *
     * @param directory lent until this returns
     */
    void directory(EntryPath path, Directory directory, FileStat stat, Role role);

    /**
     * The names of a captured folder were read.
     *
     * @param empty whether there are none
     * @param root whether it is a source that a person named
     * @param mountPoint whether another file system begins here
     */
    void listed(EntryPath path, FileStat stat, boolean empty, boolean root, boolean mountPoint);

    /**
     * Anything but a folder.
     *
     * @param parent where it stands, lent until this returns
     */
    void file(EntryPath path, Directory parent, byte[] name, FileStat stat);

    /** A folder that could be stat'ed and not opened; parameters as for {@link #file}. */
    void closedDirectory(EntryPath path, Directory parent, byte[] name, FileStat stat, IOException reason);

    /** What stands at {@code path}, or the rest of what is beneath it, could not be looked at. */
    void unreadable(EntryPath path, IOException reason);

    /** A name that no path of a snapshot can have: too long, or too deep. What stands there is passed over. */
    void refused(EntryPath folder, byte[] name, String reason);

    /** Whether a path is left out, and all beneath it. */
    boolean isExcluded(EntryPath path, FileStat stat);

    /** A path was left out, and no source stands beneath it. */
    void excluded(EntryPath path);

    /**
     * The names of a captured folder were read; none was looked at yet.
     *
     * @param directory lent until this returns
     * @param root whether it is a source that a person named
     * @return the only names that are not left out, null if none is for now
     */
    @Nullable
    List<byte[]> onlyOf(EntryPath path, Directory directory, Listing names, boolean root);
}
