package dev.cairn.cas.lmdb;

import org.jspecify.annotations.Nullable;

/** A table of an LMDB environment. Names and codes are part of the format and are never reused. */
enum Table {
    /** The one table of a volume: container key (8 bytes, big-endian) to container. */
    CONTAINERS(0, null),
    /** Object id to its providers. */
    OBJECTS(1, "objects"),
    /** Record sequence (8 bytes, big-endian) to where and what it is. */
    RECORDS(2, "records"),
    /** Volume number (4 bytes, big-endian) to what the index knows of it. */
    VOLUMES(3, "volumes"),
    /** Snapshot id to a retained snapshot. */
    SNAPSHOTS(4, "snapshots"),
    /** Branch name to branch. */
    BRANCHES(5, "branches"),
    /** Operation id to its first answer. */
    OPERATIONS(6, "operations"),
    /** Single rows: repository, mark, configuration, names of local tables. */
    META(7, "meta"),
    LOCAL_0(8, "local.0"),
    LOCAL_1(9, "local.1"),
    LOCAL_2(10, "local.2"),
    LOCAL_3(11, "local.3"),
    LOCAL_4(12, "local.4"),
    LOCAL_5(13, "local.5"),
    LOCAL_6(14, "local.6"),
    LOCAL_7(15, "local.7"),
    /** Key of a note to the note. */
    NOTES(16, "notes"),
    /** Ids that are about to be collected, without a value. */
    CONDEMNED(17, "condemned"),
    /** Ids that were condemned and are needed after all, until what they need is spared too. */
    SPARED(18, "spared");

    private final int code;
    private final @Nullable String lmdbName;

    Table(int code, @Nullable String lmdbName) {
        this.code = code;
        this.lmdbName = lmdbName;
    }

    /** Goes into the checksum of each row, so that a row of one table is none of another. */
    int code() {
        return code;
    }

    /** Its name in the environment; null for the unnamed table of a volume. */
    @Nullable
    String lmdbName() {
        return lmdbName;
    }

    /** The table that holds local rows of slot {@code slot}, 0 to 7. */
    static Table local(int slot) {
        for (Table table : values()) {
            if (slot >= 0 && table.code == LOCAL_0.code + slot) {
                return table;
            }
        }
        throw new IllegalArgumentException("no local table " + slot);
    }
}
