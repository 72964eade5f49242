package dev.cairn.cas.posix;

/**
 * The system calls in use, with their numbers on x86-64 (from {@code asm/unistd_64.h}) and on aarch64 (from
 * {@code asm-generic/unistd.h}). The kernel never changes one.
 */
enum Syscall {
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    FCNTL(72, 25),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    FCHMOD(91, 52),
    FCHOWN(93, 55),
    STATFS(137, 43),
    LSETXATTR(189, 6),
    FSETXATTR(190, 7),
    LGETXATTR(192, 9),
    FGETXATTR(193, 10),
    LLISTXATTR(195, 12),
    FLISTXATTR(196, 13),
    LREMOVEXATTR(198, 15),
    FREMOVEXATTR(199, 16),
    GETDENTS64(217, 61),
    FADVISE64(221, 223),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    RENAMEAT2(316, 276),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    PPOLL(271, 73),
    UTIMENSAT(280, 88),
    STATX(332, 291);

    private final short x86;
    private final short aarch64;

    Syscall(int x86, int aarch64) {
        this.x86 = (short) x86;
        this.aarch64 = (short) aarch64;
    }

    int number(boolean onAarch64) {
        return onAarch64 ? aarch64 : x86;
    }
}
