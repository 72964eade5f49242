package dev.cairn.cas;

/** How a record provides its objects. Codes are part of the format and are never reused. */
public enum RecordKind {
    /** Chunks compressed together, plainly. */
    RUN(1, ObjectType.CHUNK),
    /** Pages of Merkle maps and chunk lists. */
    PAGE(2, ObjectType.NODE),
    /** One snapshot. */
    SNAPSHOT(3, ObjectType.SNAPSHOT),
    /** Chunks built from bases that are stored elsewhere. Its place in the format is fixed, its body comes with deltas. */
    DELTA(4, ObjectType.CHUNK);

    private final int code;
    private final ObjectType provides;

    RecordKind(int code, ObjectType provides) {
        this.code = code;
        this.provides = provides;
    }

    /** The byte that stands for this kind in a record's header. */
    public int code() {
        return code;
    }

    /** The type of every object that such a record provides. */
    public ObjectType provides() {
        return provides;
    }
}
