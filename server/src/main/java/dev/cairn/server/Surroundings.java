package dev.cairn.server;

import dev.cairn.replicator.protocol.ProtocolVersions;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What a server takes from outside, so that tests can give it something else.
 *
 * @param nanoClock monotonic, in nanoseconds: lives of nonces and sessions
 * @param clock the time of day: when codes run out, and dates for people
 * @param versions the protocol versions that it says it speaks
 */
record Surroundings(LongSupplier nanoClock, InstantSource clock, StoreOpener stores, ProtocolVersions versions) {

    static final Surroundings SYSTEM =
            new Surroundings(System::nanoTime, InstantSource.system(), StoreOpener.LMDB, ProtocolVersions.OWN);
}
