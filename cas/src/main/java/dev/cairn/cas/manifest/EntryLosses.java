package dev.cairn.cas.manifest;

import dev.cairn.cas.CorruptDataException;

/** Hears what damaged pages take from a manifest, for whoever goes on with the rest of it. */
public interface EntryLosses {

    /**
     * A page could not be read.
     *
     * @param last the path of the last entry in it
     * @param entries how many there are
     */
    void page(EntryPath last, long entries, CorruptDataException damage);

    /** A folder whose own entry was lost; {@code standIn} follows in its place, of which only the path is true. */
    void folder(Entry standIn);

    /** An entry that is left out, because what it refers to was lost. */
    void entry(Entry entry, String reason);
}
