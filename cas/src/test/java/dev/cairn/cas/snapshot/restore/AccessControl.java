package dev.cairn.cas.snapshot.restore;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Access control lists and capabilities as the kernel keeps them in extended attributes. */
final class AccessControl {

    static final String ACCESS = "system.posix_acl_access";
    static final String DEFAULT = "system.posix_acl_default";
    static final String CAPABILITY = "security.capability";

    private static final int NOBODY_IN_PARTICULAR = -1;

    private AccessControl() {}

    /** The list of a file whose owner, group and mask may do everything, others nothing, and one more user may read. */
    static byte[] alsoReadableBy(int user) {
        ByteBuffer list = ByteBuffer.allocate(4 + 5 * 8).order(ByteOrder.LITTLE_ENDIAN);
        list.putInt(2);
        entry(list, 0x01, 7, NOBODY_IN_PARTICULAR);
        entry(list, 0x02, 4, user);
        entry(list, 0x04, 7, NOBODY_IN_PARTICULAR);
        entry(list, 0x10, 7, NOBODY_IN_PARTICULAR);
        entry(list, 0x20, 0, NOBODY_IN_PARTICULAR);
        return list.array();
    }

    private static void entry(ByteBuffer list, int tag, int permissions, int id) {
        list.putShort((short) tag).putShort((short) permissions).putInt(id);
    }

    /** The right to bind ports below 1024, effective: version 2 of the kernel's form. */
    static byte[] bindLowPorts() {
        return ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x02000001)
                .putInt(1 << 10)
                .array();
    }
}
