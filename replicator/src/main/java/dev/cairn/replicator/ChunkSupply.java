package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.SealedRecord;
import java.util.Collection;

/** Where a pull can have chunks from without the network, such as folders on this machine. Asked before a peer is. */
@FunctionalInterface
public interface ChunkSupply {

    /** Has nothing. */
    ChunkSupply NONE = (wanted, taker) -> {};

    /**
     * Hands over those of some chunks that it has, in the order of {@code wanted}. May take long: it reads them.
     *
     * @param wanted chunks that the store lacks; not changed meanwhile
     * @throws dev.cairn.cas.StoreException if it cannot go on
     * @throws java.util.concurrent.CancellationException if it is time to stop
     */
    void supply(Collection<ObjectId> wanted, Taker taker);

    /** Takes what a supply has. */
    @FunctionalInterface
    interface Taker {

        /**
         * Takes a run of chunks that were wanted. It is kept as it is: whoever hands it over has recomputed every id.
         *
         * @param plainBytes of its chunks together
         */
        void take(SealedRecord run, long plainBytes);
    }
}
