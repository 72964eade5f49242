package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file that one worker makes whole, attributes too, together with its neighbours. */
final class PreparedSmallFile extends PreparedFile implements AttributeListener {

    private final boolean absent;
    private final Overwrite overwrite;
    private final List<RestoreError> losses = new ArrayList<>();
    private boolean ownersKept;

    /** The batch that it is in; null until that was given out. */
    private Workers.@Nullable Work<?> batch;

    /** @param absent whether nothing of that name is there, for certain: the folder was made just now */
    PreparedSmallFile(Directory folder, boolean absent, Entry entry, byte[] name, Overwrite overwrite) {
        super(folder, entry, name);
        this.absent = absent;
        this.overwrite = overwrite;
    }

    void givenOut(Workers.Work<?> work) {
        batch = work;
    }

    boolean isGivenOut() {
        return batch != null;
    }

    /** Makes it, in a worker, unless what is there must be looked at more closely than a worker may. */
    void make(ObjectSource objects) {
        try {
            if (absent || isToBeReplaced(overwrite, entry, folder.statIfPresent(name))) {
                makeAnew(objects);
            }
        } catch (Throwable e) {
            failure = e;
            discard();
        }
    }

    /** Whether, whatever it holds, what is there gives way to a new file. */
    static boolean isToBeReplaced(Overwrite overwrite, Entry entry, @Nullable FileStat present) {
        if (present == null) {
            return true;
        }
        return present.type() != FileType.DIRECTORY
                && switch (overwrite) {
                    case NEVER -> false;
                    case ALWAYS -> true;
                    case CHANGED ->
                        present.type() != FileType.REGULAR
                                || present.size() != entry.size()
                                || (present.links() > 1 && entry.hardLink() == null);
                };
    }

    private void makeAnew(ObjectSource objects) throws IOException {
        byte[] fresh = TemporaryName.next();
        try (OpenFile file = folder.createFile(fresh, MODE_WHILE_WRITTEN)) {
            temporary = fresh;
            bytes = fill(file, entry.requireContent(), objects);
            new Attributes(objects, this).apply(entry, AttributeTarget.of(file));
        }
    }

    private static long fill(OpenFile file, Content content, ObjectSource objects) throws IOException {
        if (content instanceof Content.Inline inline) {
            if (inline.bytes().length > 0) {
                file.write(0, inline.bytes(), 0, inline.bytes().length);
            }
            return inline.size();
        }
        long bytes = 0;
        boolean endsWithHole = false;
        Iterator<Piece> pieces = Piece.of(content, objects);
        while (pieces.hasNext()) {
            Piece piece = pieces.next();
            endsWithHole = piece.isHole();
            if (!endsWithHole) {
                piece.write(file, objects);
                bytes += piece.length();
            }
        }
        if (endsWithHole) {
            file.truncate(content.size());
        }
        return bytes;
    }

    @Override
    public void fail(RestoreError error) {
        losses.add(error);
    }

    @Override
    public void ownerKept() {
        ownersKept = true;
    }

    @Override
    public boolean areOwnersKept() {
        return ownersKept;
    }

    @Override
    boolean isDone() {
        return batch != null && batch.isDone();
    }

    @Override
    void await(Cancellation cancellation) {
        Objects.requireNonNull(batch, "not given out yet").join(cancellation);
    }

    @Override
    void complete(Attributes attributes, RestoreTally tally) {
        if (ownersKept) {
            tally.ownerKept();
        }
        losses.forEach(tally::fail);
    }

    @Override
    long told() {
        return 0;
    }

    @Override
    void close() {}
}
