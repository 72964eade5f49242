package dev.cairn.cas;

/**
 * What kind of thing an object is. The type is hashed into the {@link ObjectId}, so that a chunk can never stand in for a
 * node. Codes are part of the format and are never reused.
 */
public enum ObjectType {
    /** A run of file bytes cut by content. Has no children. */
    CHUNK(1),
    /** A page of a Merkle map or of a chunk list. Children are nodes and chunks. */
    NODE(2),
    /** A signed snapshot. Children are the roots of its maps, which are nodes. */
    SNAPSHOT(3);

    private final int code;

    ObjectType(int code) {
        this.code = code;
    }

    /** The byte that stands for this type in formats and in the hash of an id. */
    public int code() {
        return code;
    }
}
