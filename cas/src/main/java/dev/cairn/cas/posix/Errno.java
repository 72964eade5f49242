package dev.cairn.cas.posix;

/** The error numbers of Linux (x86-64 and aarch64 agree) that a caller may want to tell apart. */
public enum Errno {
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EIO(5),
    ENXIO(6),
    E2BIG(7),
    EBADF(9),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    EFAULT(14),
    EBUSY(16),
    EEXIST(17),
    EXDEV(18),
    ENODEV(19),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    ENFILE(23),
    EMFILE(24),
    ETXTBSY(26),
    EFBIG(27),
    ENOSPC(28),
    ESPIPE(29),
    EROFS(30),
    EMLINK(31),
    EPIPE(32),
    ERANGE(34),
    ENAMETOOLONG(36),
    ENOSYS(38),
    ENOTEMPTY(39),
    ELOOP(40),
    ENODATA(61),
    EOVERFLOW(75),
    EILSEQ(84),
    EOPNOTSUPP(95),
    ETIMEDOUT(110),
    ESTALE(116),
    EDQUOT(122),
    /** A number not in this list: see {@link PosixException#code()}. */
    OTHER(0);

    private static final int CODE_MAX = 4095;
    private static final Errno[] BY_CODE = byCode();

    private final int code;

    Errno(int code) {
        this.code = code;
    }

    /** The number, 0 for {@link #OTHER}. */
    public int code() {
        return code;
    }

    static Errno of(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : OTHER;
    }

    /** A result between -4095 and -1 is an error: what the kernel itself promises. */
    static boolean isError(long result) {
        return result < 0 && result >= -CODE_MAX;
    }

    private static Errno[] byCode() {
        Errno[] table = new Errno[EDQUOT.code + 1];
        java.util.Arrays.fill(table, OTHER);
        for (Errno errno : values()) {
            if (errno != OTHER) {
                table[errno.code] = errno;
            }
        }
        return table;
    }
}
