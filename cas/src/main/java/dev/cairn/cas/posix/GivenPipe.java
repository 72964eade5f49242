package dev.cairn.cas.posix;

/** A pipe or a socket that whoever started this process gave it to write to, as standard output is where a shell has another program read it. */
public final class GivenPipe {

    private static final int POLLFD_BYTES = 8;
    private static final int POLLERR = 8;

    /** Behind {@code fd} and {@code events}: what there is. */
    private static final int REVENTS_SHIFT = 16;

    private GivenPipe() {}

    /**
     * Whether descriptor {@code number} is one whose readers have all gone, so that whatever is written to it fails with EPIPE. The text of
     * a failed write would not tell: it is in the language of the user. Does not wait.
     *
     * @return false also where that cannot be found out
     */
    public static boolean isUnread(int number) {
        if (!Kernel.isAvailable()) {
            return false;
        }
        Scratch scratch = Scratch.get();
        // One pollfd (the number, no events, room for what there is), and behind it a time of nought to wait.
        scratch.putLong(0, Integer.toUnsignedLong(number));
        scratch.putLong(POLLFD_BYTES, 0);
        scratch.putLong(POLLFD_BYTES + Long.BYTES, 0);
        long found = Kernel.call(scratch, Syscall.PPOLL, scratch.struct(), 1, scratch.struct() + POLLFD_BYTES, 0);
        return found == 1 && (scratch.intAt(Integer.BYTES) >>> REVENTS_SHIFT & POLLERR) != 0;
    }
}
