package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.Branch;
import dev.cairn.cas.posix.RawName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What to capture, and how.
 *
 * @param sources paths as a person named them, bytes, absolute or relative to the working folder. One that is a folder makes
 *     its content the root of the snapshot; otherwise each keeps its absolute path
 * @param branch to be moved to the new snapshot
 * @param tags of the new snapshot
 * @param excludes what to leave out
 * @param oneFileSystem whether to stay out of file systems that begin below a source
 * @param dryRun whether to write nothing, and only say what would be
 * @param allowEmpty whether a source that is empty now, was not before and is another folder than before is believed; by
 *     default it is taken for a mount point whose file system is not there
 * @param excludedFolders folders that never belong to a snapshot, above all the repository's own, by path
 * @param host name of this machine, for people
 * @param user who captures, for people
 * @param absolute whether every source keeps its absolute path, a lone folder too
 */
public record CapturePlan(
        List<byte[]> sources,
        String branch,
        List<String> tags,
        Excludes excludes,
        boolean oneFileSystem,
        boolean dryRun,
        boolean allowEmpty,
        List<byte[]> excludedFolders,
        String host,
        String user,
        boolean absolute) {

    /** The most sources. */
    public static final int SOURCES_MAX = 100_000;

    public CapturePlan {
        sources = List.copyOf(sources);
        tags = List.copyOf(tags);
        excludedFolders = List.copyOf(excludedFolders);
        Branch.requireName(branch);
        if (sources.isEmpty() || sources.size() > SOURCES_MAX) {
            throw new IllegalArgumentException(
                    "a snapshot has 1 to %d sources, not %d".formatted(SOURCES_MAX, sources.size()));
        }
        if (sources.stream().anyMatch(source -> source.length == 0)) {
            throw new IllegalArgumentException("an empty path names nothing");
        }
    }

    /** A plan in which a lone folder is the root of the snapshot. */
    public CapturePlan(
            List<byte[]> sources,
            String branch,
            List<String> tags,
            Excludes excludes,
            boolean oneFileSystem,
            boolean dryRun,
            boolean allowEmpty,
            List<byte[]> excludedFolders,
            String host,
            String user) {
        this(sources, branch, tags, excludes, oneFileSystem, dryRun, allowEmpty, excludedFolders, host, user, false);
    }

    /** The plan for these sources on a branch, without anything special. */
    public static CapturePlan of(List<byte[]> sources, String branch) {
        return new CapturePlan(sources, branch, List.of(), Excludes.NONE, false, false, false, List.of(), "", "");
    }

    /**
     * The plan for one folder or file on a branch, without anything special.
     *
     * @param source with a name that is text; one that is not goes to {@link #of(List, String)}, as bytes
     */
    public static CapturePlan of(Path source, String branch) {
        return of(List.of(RawName.of(source.toString())), branch);
    }

    /** The same with these tags. */
    public CapturePlan withTags(List<String> other) {
        return new CapturePlan(
                sources,
                branch,
                other,
                excludes,
                oneFileSystem,
                dryRun,
                allowEmpty,
                excludedFolders,
                host,
                user,
                absolute);
    }

    /** The same that leaves out these folders as well, above all the repository's own where it may stand below a source. */
    public CapturePlan withExcludedFolders(List<Path> others) {
        List<byte[]> all = new ArrayList<>(excludedFolders);
        others.forEach(folder -> all.add(RawName.of(folder.toAbsolutePath().toString())));
        return new CapturePlan(
                sources, branch, tags, excludes, oneFileSystem, dryRun, allowEmpty, all, host, user, absolute);
    }

    /** The same that leaves out {@code other}. */
    public CapturePlan withExcludes(Excludes other) {
        return new CapturePlan(
                sources, branch, tags, other, oneFileSystem, dryRun, allowEmpty, excludedFolders, host, user, absolute);
    }

    /** The same in which every source keeps its absolute path, a lone folder too. */
    public CapturePlan withAbsolutePaths() {
        return new CapturePlan(
                sources, branch, tags, excludes, oneFileSystem, dryRun, allowEmpty, excludedFolders, host, user, true);
    }
}
