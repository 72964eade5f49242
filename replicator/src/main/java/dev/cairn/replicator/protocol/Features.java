package dev.cairn.replicator.protocol;

import java.util.List;

/** What this program can do beyond the fixed part of its protocol version, by the names of {@code hello}. */
public final class Features {

    /** Notes about snapshots: their digest in {@code info}, and the routes {@code notes} and {@code annotate}. */
    public static final String NOTES = "notes";

    /** A move without a target deletes its branch. */
    public static final String DELETE_BRANCH = "delete-branch";

    /** All of them. */
    public static final List<String> OWN = List.of(NOTES, DELETE_BRANCH);

    private Features() {}

    /** Those that both sides have. */
    public static List<String> shared(List<String> theirs) {
        return OWN.stream().filter(theirs::contains).toList();
    }
}
