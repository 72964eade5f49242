package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A file whose pieces several workers write, each at its offset. Of several failures the one nearest to the file's start counts,
 * which is the one that a single thread would have met.
 */
final class PreparedLargeFile extends PreparedFile {

    private record Pending(long length, Workers.Work<@Nullable Throwable> work) {}

    private final RestoreProgress progress;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private @Nullable OpenFile file;
    private long told;

    PreparedLargeFile(Directory folder, Entry entry, byte[] name, RestoreProgress progress) {
        super(folder, entry, name);
        this.progress = progress;
    }

    /**
     * Makes the file and gives out its pieces, of which never more than {@code piecesMax} are under way.
     *
     * @throws java.util.concurrent.CancellationException if it is time to stop
     */
    void begin(ObjectSource objects, Workers workers, int piecesMax, Cancellation cancellation) {
        try {
            Content content = entry.requireContent();
            byte[] fresh = TemporaryName.next();
            OpenFile made = folder.createFile(fresh, MODE_WHILE_WRITTEN);
            temporary = fresh;
            file = made;
            // Holes need no writing then, and a size that the file system does not take is refused before its disk is
            // full.
            made.truncate(content.size());
            Iterator<Piece> pieces = Piece.of(content, objects);
            while (failure == null && pieces.hasNext()) {
                cancellation.check();
                Piece piece = pieces.next();
                if (piece.isHole()) {
                    tell(piece.length());
                    continue;
                }
                while (pending.size() >= piecesMax
                        || (!pending.isEmpty() && pending.getFirst().work.isDone())) {
                    settleFirst(cancellation);
                }
                pending.add(new Pending(piece.length(), workers.start(() -> write(made, piece, objects))));
            }
        } catch (CancellationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            await(cancellation);
            if (failure == null) {
                failure = e;
            }
        }
    }

    private static @Nullable Throwable write(OpenFile file, Piece piece, ObjectSource objects) {
        try {
            piece.write(file, objects);
            return null;
        } catch (IOException | RuntimeException e) {
            return e;
        }
    }

    private void settleFirst(Cancellation cancellation) {
        Pending first = pending.getFirst();
        Throwable thrown = first.work.join(cancellation);
        pending.removeFirst();
        if (failure != null) {
            return;
        }
        if (thrown == null) {
            bytes += first.length;
            tell(first.length);
        } else {
            failure = thrown;
        }
    }

    private void tell(long length) {
        told += length;
        progress.bytes(length);
    }

    @Override
    boolean isDone() {
        for (Pending piece : pending) {
            if (!piece.work.isDone()) {
                return false;
            }
        }
        return true;
    }

    @Override
    void await(Cancellation cancellation) {
        while (!pending.isEmpty()) {
            settleFirst(cancellation);
        }
    }

    @Override
    void complete(Attributes attributes, RestoreTally tally) throws IOException {
        OpenFile open = file;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        attributes.apply(entry, AttributeTarget.of(open));
        file = null;
        open.close();
    }

    @Override
    long told() {
        return told;
    }

    @Override
    void close() {
        OpenFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                if (failure != null) {
                    failure.addSuppressed(e);
                }
            }
        }
    }
}
