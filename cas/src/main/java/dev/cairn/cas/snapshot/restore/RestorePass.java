package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryLosses;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.ValidatedEntries;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One walk over the entries in path order, with the folders of the target that they stand in. */
abstract class RestorePass implements EntryLosses {

    /**
     * Where a restore goes.
     *
     * @param top what is restored
     * @param base the folder of the snapshot that becomes the target: the top itself, or the one a lone file stands in
     * @param target null where there is none, in a dry run only
     * @param kept what is not entered
     */
    record Place(
            MerkleMap<Entry> manifest,
            EntryPath top,
            EntryPath base,
            @Nullable Directory target,
            KeptFolders kept) {}

    final Place place;
    final RestorePlan plan;
    final RestoreTally tally;
    final RestoreProgress progress;
    private final Cancellation cancellation;
    final TargetFolders folders;
    private final Set<EntryPath> standIns = new HashSet<>();

    RestorePass(
            Place place, RestorePlan plan, RestoreTally tally, RestoreProgress progress, Cancellation cancellation) {
        this.place = place;
        this.plan = plan;
        this.tally = tally;
        this.progress = progress;
        this.cancellation = cancellation;
        this.folders = new TargetFolders(place.target());
    }

    /** Walks. Stops only where nothing that follows could be done. */
    final void run() throws IOException {
        try (folders) {
            walk();
        }
    }

    private void walk() throws IOException {
        try {
            ValidatedEntries entries = ValidatedEntries.subtree(place.manifest(), place.top(), this);
            while (entries.hasNext()) {
                cancellation.check();
                Entry entry = entries.next();
                EntryPath path = entry.path().relativeTo(place.base());
                leaveUntil(path);
                if (path.isRoot()) {
                    if (folders.enterRoot(entry).isUsable()) {
                        atRoot();
                    }
                } else {
                    visit(entry, path);
                }
            }
            while (!folders.isEmpty()) {
                leave();
            }
        } catch (CancellationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // What came before that is done first, and may fail first.
            finishTurns();
            throw e;
        }
        finishTurns();
    }

    private void visit(Entry entry, EntryPath path) throws IOException {
        if (folders.isEmpty()) {
            // A lone file: the target is its folder, of which the snapshot's attributes are not restored.
            Directory target = place.target();
            guarded(entry, () -> {
                if (target == null) {
                    beneathClosed(entry, path);
                } else {
                    file(target, entry, path);
                }
            });
            return;
        }
        if (!folders.top().isUsable()) {
            if (entry.isDirectory()) {
                enterClosed(path, entry, folders.top().isYetToBeMade());
            }
            guarded(entry, () -> beneathClosed(entry, path));
            return;
        }
        if (entry.isDirectory()) {
            int before = folders.depth();
            boolean done = guarded(entry, () -> {
                if (folder(folders.open(folders.top()), entry, path)) {
                    enter(entry, path);
                }
            });
            if (folders.depth() == before) {
                enterClosed(path, entry, done && plan.dryRun());
            }
        } else {
            guarded(entry, () -> file(folders.open(folders.top()), entry, path));
        }
    }

    private void enterClosed(EntryPath path, Entry entry, boolean yetToBeMade) {
        if (yetToBeMade) {
            folders.enterYetToBeMade(path, entry);
        } else {
            folders.enterUnusable(path, entry);
        }
    }

    private void leaveUntil(EntryPath path) throws IOException {
        while (!folders.isEmpty() && !path.isChildOf(folders.top().path())) {
            leave();
        }
    }

    private void leave() throws IOException {
        TargetFolders.Folder folder = folders.top();
        if (folder.isUsable()) {
            guarded(folder.entry(), () -> leaving(folder));
        }
        folders.leave();
    }

    /** Whether {@code entry} only stands in for a folder whose entry was lost. */
    final boolean isStandIn(Entry entry) {
        return standIns.contains(entry.path());
    }

    @Override
    public void page(EntryPath last, long entries, CorruptDataException damage) {}

    @Override
    public void folder(Entry standIn) {
        standIns.add(standIn.path());
    }

    @Override
    public void entry(Entry entry, String reason) {}

    interface Step {
        void run() throws IOException;
    }

    /** Runs a step that may fail for this entry alone, and returns whether it did not. */
    final boolean guarded(Entry entry, Step step) throws IOException {
        try {
            step.run();
            return true;
        } catch (CorruptDataException e) {
            inTurn(() -> tally.fail(RestoreError.of(entry.path(), e)));
        } catch (PosixException e) {
            if (FileRestorer.isFatal(e)) {
                throw e;
            }
            inTurn(() -> tally.fail(RestoreError.of(entry.path(), e)));
        } catch (IOException e) {
            inTurn(() -> tally.fail(RestoreError.of(entry.path(), e)));
        }
        return false;
    }

    /** Does what tells and counts once all that came before was told and counted. */
    void inTurn(Runnable deed) {
        deed.run();
    }

    /** Does everything that waits for its turn. */
    void finishTurns() throws IOException {}

    /** The target itself was entered. */
    void atRoot() throws IOException {}

    /** A folder is about to be entered; returns whether it is there to be. */
    abstract boolean folder(Directory parent, Entry entry, EntryPath path) throws IOException;

    /** Enters a folder, which is the top one then. */
    void enter(Entry entry, EntryPath path) throws IOException {
        folders.enter(path, entry);
    }

    /** Whether {@code present} is a folder that may be entered. */
    final boolean isOpenFolder(@Nullable FileStat present) {
        return present != null
                && present.type() == FileType.DIRECTORY
                && !place.kept().contains(present);
    }

    /** Something that is no folder. */
    abstract void file(Directory parent, Entry entry, EntryPath path) throws IOException;

    /** Everything in the top folder was visited. */
    abstract void leaving(TargetFolders.Folder folder) throws IOException;

    /** An entry in a folder that could not be entered, or that a dry run did not make. */
    void beneathClosed(Entry entry, EntryPath path) {}
}
