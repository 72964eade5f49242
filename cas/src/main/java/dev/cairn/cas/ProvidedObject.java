package dev.cairn.cas;

import java.util.List;

/**
 * What a record's clear header says of one object it provides: its id and, for nodes and snapshots, its children. The lists
 * must not be changed.
 */
public record ProvidedObject(ObjectId id, List<ObjectId> nodeChildren, List<ObjectId> chunkChildren) {

    /** A chunk: no children. */
    public static ProvidedObject chunk(ObjectId id) {
        return new ProvidedObject(id, List.of(), List.of());
    }
}
