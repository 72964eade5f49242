package dev.cairn.replicator.protocol;

/** What a device may do. Each role includes those before it. */
public enum Role {
    /** List and fetch. */
    READ,
    /** Add records and snapshots, move branches forward. */
    APPEND,
    /** Move branches anywhere, change the configuration. */
    WRITE,
    /** Let other devices in. */
    ADMIN;

    /** Whether this role allows what {@code needed} allows. */
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }
}
