package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done in path order, of which the costly part is done ahead by several threads: they make files under temporary
 * names, and each file gets its own when its turn has come. So what is at final names, what is counted and what is told is
 * always what a single thread would have done up to there, however quick the threads are.
 *
 * <p>A file whose making failed for a reason that lies in the lookahead itself, or that its turn can mend, is made again in its
 * turn by the one thread: for want of room or descriptors, once all that was made ahead of it is gone again.
 *
 * <p>Bounded: {@value #TURNS_MAX} turns, some pieces of {@value Piece#BYTES} bytes for each thread, and {@value #FOLDERS_MAX} folders
 * that are open for it alone. For one thread, on which all turns run.
 */
final class Lookahead implements AutoCloseable {

    private static final int TURNS_MAX = 256;
    private static final int FOLDERS_MAX = 128;
    private static final int PIECES_PER_THREAD = 4;

    /** Files that one worker makes in a row: a good part of what stands in one run. */
    private static final int BATCH_FILES = 32;

    private static final long BATCH_BYTES = 256 << 10;

    /** What is done in a turn. */
    @FunctionalInterface
    interface Deed {
        /**
         * Does it.
         *
         * @param file the file that was made ahead, null if none was
         */
        void run(@Nullable PreparedFile file) throws IOException;
    }

    private record Turn(
            @Nullable Directory folder, @Nullable PreparedFile file, Deed deed) {

        boolean isReady() {
            return file == null || file.isDone();
        }
    }

    private final RestorePlan plan;
    private final ObjectSource objects;
    private final TargetFolders folders;
    private final RestoreProgress progress;
    private final Cancellation cancellation;
    private final int piecesMax;

    /** Null where there is one thread only. */
    private final @Nullable Workers workers;

    private final Deque<Turn> turns = new ArrayDeque<>();
    private List<PreparedSmallFile> batch = new ArrayList<>();
    private long batchBytes;

    private boolean inTurn;

    /** Whether a turn ended it all. */
    private boolean failed;

    Lookahead(
            RestorePlan plan,
            ObjectSource objects,
            TargetFolders folders,
            int threads,
            RestoreProgress progress,
            Cancellation cancellation) {
        this.plan = plan;
        this.objects = objects;
        this.folders = folders;
        this.progress = progress;
        this.cancellation = cancellation;
        this.piecesMax = PIECES_PER_THREAD * threads;
        this.workers = threads > 1 && !plan.dryRun() ? new Workers("cairn-restore", threads) : null;
    }

    /** Has something done in its turn: now, if nothing comes before it or it is part of a turn itself. */
    void add(Runnable deed) {
        if (inTurn || turns.isEmpty()) {
            deed.run();
        } else {
            turns.add(new Turn(null, null, _ -> deed.run()));
        }
    }

    /**
     * Has {@code deed} done in its turn, and {@code entry} made as {@code name} in {@code folder} before that, where it is a
     * file that can be.
     *
     * @param isNew whether the folder was made just now, so that nothing is in it
     */
    void add(Directory folder, boolean isNew, Entry entry, byte[] name, Deed deed) throws IOException {
        Workers some = workers;
        if (some == null) {
            deed.run(null);
            return;
        }
        while (!turns.isEmpty()
                && (turns.getFirst().isReady() || turns.size() >= TURNS_MAX || folders.leasedOnly() >= FOLDERS_MAX)) {
            takeTurn();
        }
        PreparedFile file = null;
        // A later link is no file of its own.
        if (entry.type() == EntryType.FILE && entry.linkedTo() == null) {
            file = entry.size() > Piece.BYTES
                    ? large(folder, isNew, entry, name)
                    : new PreparedSmallFile(folder, isNew, entry, name, plan.overwrite());
        }
        folders.lease(folder);
        turns.add(new Turn(folder, file, deed));
        switch (file) {
            case null -> {}
            case PreparedLargeFile large -> large.begin(objects, some, piecesMax, cancellation);
            case PreparedSmallFile small -> {
                batch.add(small);
                batchBytes += entry.size();
                if (batch.size() >= BATCH_FILES || batchBytes >= BATCH_BYTES) {
                    giveOut();
                }
            }
        }
    }

    /** Null where what is there must be looked at first. */
    private @Nullable PreparedFile large(Directory folder, boolean isNew, Entry entry, byte[] name) throws IOException {
        try {
            FileStat present = isNew ? null : folder.statIfPresent(name);
            return PreparedSmallFile.isToBeReplaced(plan.overwrite(), entry, present)
                    ? new PreparedLargeFile(folder, entry, name, progress)
                    : null;
        } catch (IOException e) {
            // Its turn meets that again, and says so.
            return null;
        }
    }

    private void giveOut() {
        Workers some = workers;
        List<PreparedSmallFile> full = batch;
        if (some == null || full.isEmpty()) {
            return;
        }
        batch = new ArrayList<>(BATCH_FILES);
        batchBytes = 0;
        Workers.Work<?> work = some.start(() -> {
            full.forEach(file -> file.make(objects));
            return full;
        });
        full.forEach(file -> file.givenOut(work));
    }

    private void await(PreparedFile file) {
        if (file instanceof PreparedSmallFile small && !small.isGivenOut()) {
            giveOut();
        }
        file.await(cancellation);
    }

    private void takeTurn() throws IOException {
        Turn turn = turns.getFirst();
        PreparedFile file = turn.file;
        if (file != null) {
            await(file);
            if (file.wasCrowdedOut()) {
                makeRoom();
            }
            if (file.wasRefused() || file.wasCrowdedOut()) {
                file.forget();
            }
        }
        inTurn = true;
        failed = true;
        try {
            turn.deed.run(file);
            failed = false;
        } finally {
            inTurn = false;
            turns.removeFirst();
            endTurn(turn);
        }
    }

    /** Takes back everything that was made ahead. */
    private void makeRoom() {
        for (Turn turn : turns) {
            PreparedFile file = turn.file;
            if (file != null) {
                await(file);
                if (file.isMade() || file.wasCrowdedOut()) {
                    file.forget();
                }
            }
        }
    }

    private void endTurn(Turn turn) throws IOException {
        if (turn.file != null) {
            turn.file.discard();
        }
        if (turn.folder != null) {
            folders.endLease(turn.folder);
        }
    }

    /** Takes all turns. Does nothing once a turn has failed. */
    void finish() throws IOException {
        while (!failed && !turns.isEmpty()) {
            takeTurn();
        }
    }

    /** Stops, and takes back what was made ahead and had no turn. Idempotent. */
    @Override
    public void close() throws IOException {
        Workers some = workers;
        if (some == null) {
            return;
        }
        some.close();
        IOException failure = null;
        while (!turns.isEmpty()) {
            try {
                endTurn(turns.removeFirst());
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
