package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.chunker.Cutter;

/**
 * What a capture needs of a repository.
 *
 * @param objects reads objects of the store
 * @param cutter the repository's own rule
 * @param replica who signs
 * @param program who writes, for people
 */
public record CaptureStore(
        ObjectStore store,
        RepositoryKeys keys,
        Sealer sealer,
        ObjectSource objects,
        Cutter cutter,
        ReplicaIdentity replica,
        String program) {}
