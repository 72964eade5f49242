package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Txn;

/** Turns what LMDB and the file system report into what users of a store can act on. */
final class Faults {

    private static final int EPERM = 1;
    private static final int EIO = 5;
    private static final int ENOMEM = 12;
    private static final int EACCES = 13;
    private static final int ENOSPC = 28;
    private static final int EROFS = 30;
    private static final int EDQUOT = 122;

    /** LMDB reports a short write as EIO; below this much free space it is taken for a full disk. */
    private static final long FREE_BYTES_LOW = 256L << 20;

    private Faults() {}

    /** Whether LMDB could not get the address space that a map needs. */
    static boolean isOutOfAddresses(LmdbException e) {
        return e instanceof LmdbNativeException n && n.getResultCode() == ENOMEM;
    }

    static StoreException of(LmdbException e, Path place) {
        return switch (e) {
            case Env.MapFullException _ -> new StoreFullException(place.toString(), freeBytes(place), e);
            case Env.FileInvalidException _ -> CorruptDataException.because(place.toString(), "not an LMDB file", e);
            case Env.VersionMismatchException _ ->
                CorruptDataException.because(place.toString(), "an LMDB file of another version", e);
            case LmdbNativeException.PageCorruptedException _ ->
                CorruptDataException.because(place.toString(), "a page is damaged", e);
            case LmdbNativeException.PageNotFoundException _ ->
                CorruptDataException.because(place.toString(), "a page is not there", e);
            case Dbi.KeyNotFoundException _ -> CorruptDataException.because(place.toString(), "a table is missing", e);
            case Dbi.IncompatibleException _ ->
                CorruptDataException.because(place.toString(), "a table has other flags", e);
            case Txn.BadReaderLockException _ ->
                access(place, "the lock file is not usable", "Remove it if no other process uses the repository.", e);
            case LmdbNativeException.PanicException _ ->
                access(
                        place,
                        "a write failed half-way, and nothing more can be done with it before it is opened again",
                        "Check the disk and run the command again; restart the server if it is one.",
                        e);
            case LmdbNativeException n -> ofCode(n, place);
            default -> access(place, "LMDB failed: " + e.getMessage(), "Run the command again.", e);
        };
    }

    private static StoreException ofCode(LmdbNativeException e, Path place) {
        long free = freeBytes(place);
        return switch (e.getResultCode()) {
            case ENOSPC, EDQUOT -> new StoreFullException(place.toString(), free, e);
            case EIO ->
                free < FREE_BYTES_LOW
                        ? new StoreFullException(place.toString(), free, e)
                        : access(place, "input/output error", "Check the disk and its quota.", e);
            case EROFS -> access(place, "the file system is read-only", "Make it writable, or only read from it.", e);
            case EACCES, EPERM ->
                access(place, "permission denied", "Run as the user who owns the repository, or change its modes.", e);
            case ENOMEM ->
                access(place, "no address space to map it", "Raise the limit on virtual memory (ulimit -v).", e);
            default -> access(place, "LMDB failed: " + e.getMessage(), "Run the command again.", e);
        };
    }

    static StoreException of(IOException e, Path place) {
        if (StoreFullException.isReasonOf(e)) {
            return new StoreFullException(place.toString(), freeBytes(place), e);
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof java.nio.file.AccessDeniedException || message.contains("Permission denied")) {
            return access(
                    place, "permission denied", "Run as the user who owns the repository, or change its modes.", e);
        }
        if (message.contains("Read-only file system")) {
            return access(place, "the file system is read-only", "Make it writable, or only read from it.", e);
        }
        if (e instanceof java.nio.file.NoSuchFileException) {
            return access(place, "no such file or folder: " + message, "Check the path.", e);
        }
        return access(place, message, "Check that the disk is there and whole.", e);
    }

    private static StoreAccessException access(Path place, String what, String hint, Exception e) {
        return new StoreAccessException("cannot use " + place + ": " + what, hint, e);
    }

    /** Bytes that are free for this user where {@code place} is; 0 if that cannot be found out. */
    static long freeBytes(Path place) {
        for (Path folder = place; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder)) {
                try {
                    return Files.getFileStore(folder).getUsableSpace();
                } catch (IOException e) {
                    return 0;
                }
            }
        }
        return 0;
    }
}
