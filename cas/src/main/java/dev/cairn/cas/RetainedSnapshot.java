package dev.cairn.cas;

import java.util.List;

/**
 * A snapshot on the list of retained ones, with what its clear header says: the roots of collection.
 *
 * @param roots its children: the manifest's root first
 */
public record RetainedSnapshot(ObjectId snapshot, long sequence, List<ObjectId> parents, List<ObjectId> roots) {}
