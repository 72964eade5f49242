package dev.cairn.cas.posix;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the error number in an exception of {@code java.nio}, which keeps only a sentence. */
final class PlainError {
    /** What Linux and macOS say, which the JDK hands on as the reason. */
    private static final Map<String, Errno> BY_REASON = Map.ofEntries(
            Map.entry("Operation not permitted", Errno.EPERM),
            Map.entry("No such file or directory", Errno.ENOENT),
            Map.entry("Permission denied", Errno.EACCES),
            Map.entry("Device or resource busy", Errno.EBUSY),
            Map.entry("File exists", Errno.EEXIST),
            Map.entry("Invalid cross-device link", Errno.EXDEV),
            Map.entry("Not a directory", Errno.ENOTDIR),
            Map.entry("Is a directory", Errno.EISDIR),
            Map.entry("Invalid argument", Errno.EINVAL),
            Map.entry("Too many open files", Errno.EMFILE),
            Map.entry("File too large", Errno.EFBIG),
            Map.entry("No space left on device", Errno.ENOSPC),
            Map.entry("Read-only file system", Errno.EROFS),
            Map.entry("Too many links", Errno.EMLINK),
            Map.entry("File name too long", Errno.ENAMETOOLONG),
            Map.entry("Directory not empty", Errno.ENOTEMPTY),
            Map.entry("Too many levels of symbolic links", Errno.ELOOP),
            Map.entry("Operation not supported", Errno.EOPNOTSUPP),
            Map.entry("Numerical result out of range", Errno.ERANGE),
            Map.entry("No data available", Errno.ENODATA),
            Map.entry("Stale file handle", Errno.ESTALE),
            Map.entry("Disk quota exceeded", Errno.EDQUOT));

    private PlainError() {}

    /** A call into {@code java.nio}. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /** Runs {@code call} and gives its failure an error number, EIO where none can be told. */
    static <T> T mapped(String operation, byte[] name, Call<T> call) throws PosixException {
        try {
            return call.run();
        } catch (PosixException e) {
            throw e;
        } catch (IOException e) {
            throw new PosixException(
                    operation, RawName.display(name), errnoOf(e).code(), e);
        } catch (UnsupportedOperationException e) {
            throw new PosixException(operation, RawName.display(name), Errno.EOPNOTSUPP.code(), e);
        } catch (ClosedDirectoryStreamException e) {
            throw new PosixException(operation, RawName.display(name), Errno.EBADF.code(), e);
        }
    }

    static Errno errnoOf(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> Errno.ENOENT;
            case FileAlreadyExistsException _ -> Errno.EEXIST;
            case AccessDeniedException _ -> Errno.EACCES;
            case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
            case NotDirectoryException _ -> Errno.ENOTDIR;
            case FileSystemLoopException _ -> Errno.ELOOP;
            case NotLinkException _ -> Errno.EINVAL;
            case ClosedChannelException _ -> Errno.EBADF;
            case FileSystemException named -> byReason(named.getReason());
            default -> byReason(e.getMessage());
        };
    }

    private static Errno byReason(@Nullable String reason) {
        if (reason == null) {
            return Errno.EIO;
        }
        // "... or unable to access attributes of symbolic link" is appended to ELOOP by the JDK.
        for (Map.Entry<String, Errno> entry : BY_REASON.entrySet()) {
            if (reason.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return Errno.EIO;
    }
}
