package dev.cairn.cas.posix;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file system call that failed: which one, on which name, and the operating system's reason. */
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;
    private final int code;
    private final String operation;
    private final String name;

    PosixException(String operation, String renderedName, int code, @Nullable Throwable cause) {
        super(message(operation, renderedName, code), cause);
        this.errno = Errno.of(code);
        this.code = code;
        this.operation = operation;
        this.name = renderedName;
    }

    /** @param name the name or path the call was about, empty for an open handle itself */
    PosixException(String operation, byte[] name, int code) {
        this(operation, RawName.display(name), code, null);
    }

    PosixException(String operation, byte[] name, Errno errno) {
        this(operation, name, errno.code());
    }

    /** The reason, or {@link Errno#OTHER} where {@link #code()} says more. */
    public Errno errno() {
        return errno;
    }

    /** The error number as the operating system gave it. */
    public int code() {
        return code;
    }

    /** The call, such as {@code open} or {@code rename}. */
    public String operation() {
        return operation;
    }

    /** The name the call was about, safe to print; empty when it was about an open handle itself. */
    public String name() {
        return name;
    }

    /** The reason in words, without operation and name. */
    public String reason() {
        return reason(code);
    }

    private static String message(String operation, String name, int code) {
        Errno errno = Errno.of(code);
        String label = errno == Errno.OTHER ? "error " + code : errno.name();
        return operation + (name.isEmpty() ? "" : " \"" + name + "\"") + ": " + reason(code) + " (" + label + ")";
    }

    private static String reason(int code) {
        return switch (Errno.of(code)) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case EINTR -> "interrupted";
            case EIO -> "input/output error";
            case ENXIO -> "no such device or address";
            case E2BIG -> "value too large";
            case EBADF -> "handle is closed";
            case EAGAIN -> "temporarily unavailable";
            case ENOMEM -> "out of memory";
            case EACCES -> "permission denied";
            case EFAULT -> "bad address";
            case EBUSY -> "busy";
            case EEXIST -> "exists already";
            case EXDEV -> "is on another file system";
            case ENODEV -> "no such device";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "is a directory";
            case EINVAL -> "not valid here";
            case ENFILE -> "too many open files in the system";
            case EMFILE -> "too many open files";
            case ETXTBSY -> "program is running";
            case EFBIG -> "file too large";
            case ENOSPC -> "no space left on the device";
            case ESPIPE -> "cannot seek";
            case EROFS -> "read-only file system";
            case EMLINK -> "too many links";
            case EPIPE -> "nobody reads";
            case ERANGE -> "does not fit";
            case ENAMETOOLONG -> "name too long";
            case ENOSYS -> "the operating system lacks this call";
            case ENOTEMPTY -> "directory is not empty";
            case ELOOP -> "is a symbolic link, which is not followed, or too many of them";
            case ENODATA -> "no such attribute";
            case EOVERFLOW -> "too large";
            case EILSEQ -> "name is not valid in this encoding";
            case EOPNOTSUPP -> "not supported by the file system";
            case ETIMEDOUT -> "timed out";
            case ESTALE -> "stale network file handle";
            case EDQUOT -> "disk quota exceeded";
            case OTHER -> "failed";
        };
    }
}
