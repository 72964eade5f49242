package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.pattern.PathCharacters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is left out at the place where a walk is: the rules of the capture, and those of the folders on the way down.
 *
 * <p>Memory: the rules in force, {@value Excludes#RULES_MAX} of {@value Excludes#RULES_BYTES_MAX} bytes together. For one walk.
 */
final class ExcludeScope {

    private static final byte[] RULES_FILE = RawName.of(Excludes.RULES_FILE);
    private static final int MARK_BYTES = 64;

    private final Excludes excludes;
    private final Set<SnapshotRecorder.FolderIdentity> repositories;
    private final Faults faults;
    private final PathCharacters characters = new PathCharacters();
    private final List<Local> locals = new ArrayList<>();
    private int localRules;
    private int localBytes;

    /** The rules of a folder. */
    private record Local(EntryPath folder, ExcludeRules rules, int bytes) {}

    /** Hears of rules that are not followed. */
    interface Faults {
        /** A file of rules could not be read, or is too much: what it leaves out is captured. */
        void unreadable(EntryPath file, IOException reason);

        /** A line is not a pattern. */
        void refused(EntryPath file, int line, String reason);

        /** Hears nothing. */
        Faults NONE = new Faults() {
            @Override
            public void unreadable(EntryPath file, IOException reason) {}

            @Override
            public void refused(EntryPath file, int line, String reason) {}
        };
    }

    /** @param repositories folders that never belong to a snapshot, whatever their name */
    ExcludeScope(Excludes excludes, Set<SnapshotRecorder.FolderIdentity> repositories, Faults faults) {
        this.excludes = excludes;
        this.repositories = repositories;
        this.faults = faults;
    }

    /** Whether a path is left out, with all beneath it. Paths come in the order of a walk. */
    boolean excludes(EntryPath path, FileStat stat) {
        boolean folder = stat.type() == FileType.DIRECTORY;
        if (folder && repositories.contains(SnapshotRecorder.FolderIdentity.of(stat))) {
            return true;
        }
        if (stat.type() == FileType.REGULAR && stat.size() > excludes.fileBytesMax()) {
            return true;
        }
        leaveUntil(path);
        if (locals.isEmpty() && excludes.rules().size() == 0) {
            return false;
        }
        characters.set(path);
        Boolean decision = excludes.rules().excludes(characters, 0, folder);
        for (int i = locals.size() - 1; decision == null && i >= 0; i--) {
            Local local = locals.get(i);
            int base = characters.startBelow(local.folder().depth());
            decision = local.rules().excludes(characters, base, folder);
        }
        return decision != null && decision;
    }

    private void leaveUntil(EntryPath path) {
        while (!locals.isEmpty() && !path.startsWith(locals.getLast().folder())) {
            Local left = locals.removeLast();
            localRules -= left.rules().size();
            localBytes -= left.bytes();
        }
    }

    /**
     * A folder is entered.
     *
     * @param root whether it was named as a source: then no mark in it counts
     * @return the only names in it that are not left out, null if none is
     */
    @Nullable
    List<byte[]> enter(EntryPath path, Directory directory, Listing names, boolean root) {
        for (Excludes.Mark mark : root ? List.<Excludes.Mark>of() : excludes.marks()) {
            if (names.indexOf(mark.name()) >= 0 && isMarked(directory, mark)) {
                return List.of(mark.name());
            }
        }
        if (excludes.followsRulesFiles() && names.indexOf(RULES_FILE) >= 0) {
            leaveUntil(path);
            readRules(path, directory);
        }
        return null;
    }

    private static boolean isMarked(Directory directory, Excludes.Mark mark) {
        if (mark.beginning().length == 0) {
            return true;
        }
        try {
            if (directory.stat(mark.name()).type() != FileType.REGULAR) {
                return false;
            }
            try (OpenFile file = directory.openFile(mark.name())) {
                byte[] read = new byte[MARK_BYTES];
                int length = file.stat().type() == FileType.REGULAR ? file.read(0, read, 0, read.length) : -1;
                return Excludes.begins(mark.beginning(), read, length);
            }
        } catch (IOException e) {
            // What cannot be read marks nothing: rather too much is kept than too little.
            return false;
        }
    }

    private void readRules(EntryPath folder, Directory directory) {
        EntryPath path = folder.child(RULES_FILE);
        try {
            // As git does: a link, or anything else that is no file, is no file of rules.
            if (directory.stat(RULES_FILE).type() != FileType.REGULAR) {
                return;
            }
            byte[] bytes = read(directory);
            ExcludeRules rules = ExcludeRules.ofLines(bytes, (line, reason) -> faults.refused(path, line, reason));
            if (excludes.rules().size() + localRules + rules.size() > Excludes.RULES_MAX) {
                throw new IOException("with its rules there would be more than %,d".formatted(Excludes.RULES_MAX));
            }
            if (rules.size() > 0) {
                locals.add(new Local(folder, rules, bytes.length));
                localRules += rules.size();
                localBytes += bytes.length;
            }
        } catch (IOException e) {
            faults.unreadable(path, e);
        }
    }

    private byte[] read(Directory directory) throws IOException {
        try (OpenFile file = directory.openFile(RULES_FILE)) {
            FileStat stat = file.stat();
            int room = Excludes.RULES_BYTES_MAX - localBytes;
            if (stat.type() != FileType.REGULAR || stat.size() > room) {
                throw new IOException("its rules would be more than %,d bytes with those of the folders above"
                        .formatted(Excludes.RULES_BYTES_MAX));
            }
            byte[] bytes = new byte[(int) stat.size()];
            int length = bytes.length == 0 ? 0 : Math.max(0, file.read(0, bytes, 0, bytes.length));
            return length == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, length);
        }
    }
}
