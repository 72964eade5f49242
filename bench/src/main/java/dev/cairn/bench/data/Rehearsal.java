package dev.cairn.bench.data;

/**
 * A run that measures nothing and only shows that every suite still works: with the system property {@value #PROPERTY} set to
 * true, what takes long to make is a sixteenth as large. Scores are then wrong, for they count whole sizes.
 */
public final class Rehearsal {

    /** Makes a run a rehearsal. */
    public static final String PROPERTY = "cairn.bench.rehearsal";

    private static final int PARTS = 16;

    private Rehearsal() {}

    /** {@code full}, or what a rehearsal takes of it, at least 1. */
    public static int size(int full) {
        return Boolean.getBoolean(PROPERTY) ? Math.max(1, full / PARTS) : full;
    }
}
