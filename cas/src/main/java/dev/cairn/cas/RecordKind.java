package dev.cairn.cas;

import java.util.Set;

/** How a record provides its objects. Codes are part of the format and are never reused. */
public enum RecordKind {
    /** Chunks compressed together, plainly. */
    RUN(1, ObjectType.CHUNK),
    /** Pages of Merkle maps and chunk lists. */
    PAGE(2, ObjectType.NODE),
    /** One snapshot. */
    SNAPSHOT(3, ObjectType.SNAPSHOT),
    /** Chunks built from bases: chunks that other records provide. */
    DELTA(4, ObjectType.CHUNK),
    /** Pages built from bases: the pages that they replace. */
    PAGE_DELTA(5, ObjectType.NODE);

    /** The kinds that provide nodes. */
    public static final Set<RecordKind> OF_NODES = Set.of(PAGE, PAGE_DELTA);

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

    /** Whether such a record builds its objects from bases, of the same type. */
    public boolean isDelta() {
        return this == DELTA || this == PAGE_DELTA;
    }

    /** The type of every object that such a record provides. */
    public ObjectType provides() {
        return provides;
    }
}
