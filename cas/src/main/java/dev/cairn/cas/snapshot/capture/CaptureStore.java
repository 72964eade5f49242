package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.chunker.Cutter;
import dev.cairn.chunker.GearCutter;

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
        String program) {

    /**
     * Everything of an open repository, which stays open for as long as this is used. Makes the replica's identity where it has
     * none yet.
     *
     * @param program name and version of who writes, for people: every snapshot carries it
     * @throws dev.cairn.cas.StoreAccessException as {@link Repository#replica}
     */
    public static CaptureStore of(Repository repository, String program) {
        return new CaptureStore(
                repository.store(),
                repository.keys(),
                repository.sealer(),
                // New content takes most of the heap, and each part of an older version is read once.
                repository.objectsReadOnce(),
                new GearCutter(repository.gearTable(), repository.chunkProfile()),
                repository.replica(),
                program);
    }
}
