package dev.cairn.cas.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes of an open descriptor, or of a path that starts with {@code /proc/self/fd/N} and whose last
 * component is not followed (the kernel has no call relative to a folder before 6.13).
 */
final class NativeXattrs {
    /** The kernel's own limits for the list of names and for a value are both 64 KiB. */
    private static final int BYTES_MAX = Scratch.BLOCK_BYTES;

    private NativeXattrs() {}

    /** @param subject the descriptor, or the address of the path in {@code scratch} */
    static List<byte[]> names(Scratch scratch, Syscall call, long subject, byte[] name) throws PosixException {
        long result = Kernel.call(scratch, call, subject, scratch.block(), BYTES_MAX);
        if (result == -Errno.EOPNOTSUPP.code()) {
            return List.of();
        }
        int length = (int) check(result, "list attributes of", name);
        if (length == 0) {
            return List.of();
        }
        byte[] packed = scratch.copyOfBlock(length);
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (packed[i] == 0) {
                names.add(Arrays.copyOfRange(packed, start, i));
                start = i + 1;
            }
        }
        return List.copyOf(names);
    }

    static byte @Nullable [] value(Scratch scratch, Syscall call, long subject, byte[] name, byte[] attribute)
            throws PosixException {
        require(name, attribute);
        long result = Kernel.call(scratch, call, subject, scratch.attribute(attribute), scratch.block(), BYTES_MAX);
        if (result == -Errno.ENODATA.code() || result == -Errno.EOPNOTSUPP.code()) {
            return null;
        }
        return scratch.copyOfBlock((int) check(result, "read an attribute of", name));
    }

    static void set(Scratch scratch, Syscall call, long subject, byte[] name, byte[] attribute, byte[] value)
            throws PosixException {
        require(name, attribute);
        if (value.length > BYTES_MAX) {
            throw new PosixException("set an attribute of", name, Errno.E2BIG);
        }
        scratch.fillBlock(value);
        long attributeAddress = scratch.attribute(attribute);
        check(
                Kernel.call(scratch, call, subject, attributeAddress, scratch.block(), value.length),
                "set an attribute of",
                name);
    }

    static void remove(Scratch scratch, Syscall call, long subject, byte[] name, byte[] attribute)
            throws PosixException {
        require(name, attribute);
        long result = Kernel.call(scratch, call, subject, scratch.attribute(attribute));
        if (result != -Errno.ENODATA.code()) {
            check(result, "remove an attribute of", name);
        }
    }

    private static void require(byte[] name, byte[] attribute) throws PosixException {
        boolean valid = attribute.length > 0 && attribute.length <= RawName.NAME_BYTES_MAX;
        for (byte b : attribute) {
            valid &= b != 0;
        }
        if (!valid) {
            throw new PosixException("name an attribute of", name, Errno.EINVAL);
        }
    }

    private static long check(long result, String operation, byte[] name) throws PosixException {
        return NativeHandle.check(result, operation, name);
    }
}
