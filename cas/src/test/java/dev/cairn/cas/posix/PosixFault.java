package dev.cairn.cas.posix;

/** Failures of file system calls, for fakes of other packages that fail as the operating system does. */
public final class PosixFault {
    private PosixFault() {}

    /** The failure of {@code operation} on a name, for that reason. */
    public static PosixException of(String operation, String name, Errno reason) {
        return new PosixException(operation, RawName.of(name), reason);
    }
}
