package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixException;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is made under a temporary name ahead of its turn. What became of it is seen, and acted upon, in its turn only.
 *
 * <p>{@link #temporary}, {@link #bytes} and {@link #failure} are written by whoever makes it and read after {@link #await}; the
 * rest is for the restoring thread.
 */
abstract sealed class PreparedFile permits PreparedSmallFile, PreparedLargeFile {

    static final int MODE_WHILE_WRITTEN = 0600;

    final Directory folder;
    final Entry entry;
    final byte[] name;

    /** The name that it stands under, null while, or if, it does not. */
    byte @Nullable [] temporary;

    /** Bytes of content that were written. */
    long bytes;

    @Nullable
    Throwable failure;

    PreparedFile(Directory folder, Entry entry, byte[] name) {
        this.folder = folder;
        this.entry = entry;
        this.name = name;
    }

    /** Whether {@link #await} would not wait. */
    abstract boolean isDone();

    /** Waits until nobody works at it any more. */
    abstract void await(Cancellation cancellation);

    /** Sets what was left for its turn, and tells what was lost. The file is closed then. */
    abstract void complete(Attributes attributes, RestoreTally tally) throws IOException;

    /** Bytes that the progress was told of already. */
    abstract long told();

    /** Closes what is open. Once nobody works at it any more. */
    abstract void close();

    /** Whether it is there, whole. */
    final boolean isMade() {
        return temporary != null && failure == null;
    }

    /** Forgets that it was tried: its turn makes it from the start. */
    final void forget() {
        discard();
        failure = null;
    }

    /** Removes what was made. */
    final void discard() {
        close();
        byte[] left = temporary;
        temporary = null;
        if (left != null) {
            try {
                folder.removeFile(left);
            } catch (IOException e) {
                boolean gone = e instanceof PosixException posix && posix.errno() == Errno.ENOENT;
                if (!gone && failure != null) {
                    failure.addSuppressed(e);
                }
            }
        }
    }

    /** Gives it its name. */
    final void place() throws IOException {
        try {
            folder.rename(Objects.requireNonNull(temporary), folder, name);
            temporary = null;
        } catch (IOException e) {
            discard();
            throw e;
        }
    }

    /** Throws what went wrong. */
    final void throwFailure() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** Whether it failed for want of a right that its turn may get. */
    final boolean wasRefused() {
        return failure instanceof PosixException e && e.errno() == Errno.EACCES;
    }

    /** Whether it failed for want of what other files that are made ahead take: room on the disk, descriptors. */
    final boolean wasCrowdedOut() {
        return failure instanceof PosixException e
                && switch (e.errno()) {
                    case ENOSPC, EDQUOT, EMFILE, ENFILE -> true;
                    default -> false;
                };
    }
}
