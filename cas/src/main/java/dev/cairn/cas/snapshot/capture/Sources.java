package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.SnapshotDescription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The sources of a capture, found and looked at before anything is written.
 *
 * @param paths normalised, in the order in which they were given
 * @param single whether the content of the only one is the root of the snapshot
 * @param repositories folders that belong to no snapshot
 * @param notes what a person may want to know of them, a sentence each
 */
record Sources(
        List<AbsolutePath> paths,
        boolean single,
        Set<SnapshotRecorder.FolderIdentity> repositories,
        List<String> notes) {

    /** Those of a capture that reads no folder. */
    static final Sources NONE = new Sources(List.of(), false, Set.of(), List.of());

    /**
     * Looks at the sources.
     *
     * @throws SourceException if one does not exist, is a folder that cannot be listed, or stands in a folder that belongs to no
     *     snapshot
     */
    static Sources find(CapturePlan plan, FileSystemAccess access) {
        Set<SnapshotRecorder.FolderIdentity> repositories = new HashSet<>();
        for (byte[] folder : plan.excludedFolders()) {
            try (Directory directory = access.open(folder)) {
                repositories.add(SnapshotRecorder.FolderIdentity.of(directory.stat()));
            } catch (IOException e) {
                // What is not there cannot be captured either.
            }
        }
        byte[] workingFolder = AbsolutePath.workingFolder();
        List<AbsolutePath> paths = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        boolean single = false;
        for (byte[] raw : plan.sources()) {
            AbsolutePath path = normalised(raw, workingFolder);
            paths.add(path);
            requireOutside(path, repositories, access);
            FileType type = look(path, access);
            boolean alone = plan.sources().size() == 1 && !plan.absolute();
            if (type == FileType.SYMLINK && (alone || path.slashed()) && isFolder(path, access)) {
                type = FileType.DIRECTORY;
            }
            if (type == FileType.DIRECTORY) {
                requireListable(path, access);
                single = alone;
            } else if (type == FileType.SYMLINK) {
                notes.add("'" + path + "' is a symbolic link: the link itself is captured, not what it points at");
            }
        }
        return new Sources(List.copyOf(paths), single, Set.copyOf(repositories), List.copyOf(notes));
    }

    /**
     * The paths that a snapshot says it is of: those that were given or, of more than a snapshot can name, the folder that they all
     * stand in.
     */
    List<byte[]> described() {
        if (paths.size() <= SnapshotDescription.PATHS_MAX) {
            return paths.stream().map(AbsolutePath::bytes).toList();
        }
        List<byte[]> common = paths.getFirst().components();
        for (AbsolutePath path : paths) {
            int same = 0;
            while (same < Math.min(common.size(), path.components().size() - 1)
                    && Arrays.equals(common.get(same), path.components().get(same))) {
                same++;
            }
            common = common.subList(0, same);
        }
        return List.of(AbsolutePath.bytes(common));
    }

    private static AbsolutePath normalised(byte[] raw, byte[] workingFolder) {
        try {
            return AbsolutePath.of(raw, workingFolder);
        } catch (IOException | IllegalArgumentException e) {
            throw notThere(RawName.display(raw), e);
        }
    }

    /** What a path names; a link at its end is not followed. */
    private static FileType look(AbsolutePath path, FileSystemAccess access) {
        List<byte[]> names = path.components();
        if (names.isEmpty()) {
            return FileType.DIRECTORY;
        }
        try (Directory parent = access.open(AbsolutePath.bytes(names.subList(0, names.size() - 1)))) {
            return parent.stat(names.getLast()).type();
        } catch (IOException e) {
            throw notThere(path.toString(), e);
        }
    }

    private static boolean isFolder(AbsolutePath path, FileSystemAccess access) {
        try (Directory directory = access.open(path.bytes())) {
            return directory.stat().type() == FileType.DIRECTORY;
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireListable(AbsolutePath path, FileSystemAccess access) {
        try (Directory directory = access.open(path.bytes())) {
            directory.visit((name, type) -> {
                throw new FirstName();
            });
        } catch (FirstName e) {
            // It has one: that is all there was to know.
            return;
        } catch (IOException e) {
            throw new SourceException(
                    "the source '%s' cannot be listed: %s".formatted(path, reason(e)),
                    "Nothing was captured. Run it as a user who may read the folder, or leave it out.");
        }
    }

    private static void requireOutside(
            AbsolutePath path, Set<SnapshotRecorder.FolderIdentity> repositories, FileSystemAccess access) {
        for (int depth = 0; depth <= path.components().size() && !repositories.isEmpty(); depth++) {
            try (Directory directory =
                    access.open(AbsolutePath.bytes(path.components().subList(0, depth)))) {
                FileStat stat = directory.stat();
                if (repositories.contains(SnapshotRecorder.FolderIdentity.of(stat))) {
                    throw new SourceException(
                            "the source '%s' is part of the repository itself".formatted(path),
                            "Name the folder that you want to keep, or another repository with --repo.");
                }
            } catch (IOException e) {
                // Not a folder, or not one that may be opened: then it is not the repository, which was opened.
            }
        }
    }

    private static SourceException notThere(String path, Exception e) {
        return new SourceException(
                "the source '%s' cannot be found: %s".formatted(path, reason(e)),
                "Nothing was captured. Check the path; if it stands on another disk, is that mounted?");
    }

    private static String reason(Exception e) {
        return e instanceof PosixException posix ? posix.reason() : String.valueOf(e.getMessage());
    }

    /** Ends a listing after its first name. */
    private static final class FirstName extends IOException {
        private static final long serialVersionUID = 1;
    }
}
