package dev.cairn.replicator.net;

import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.ProtocolVersions;

/**
 * Who a client is.
 *
 * @param key of the device
 * @param program name and version, for people
 * @param versions of the protocol that it speaks
 */
public record ClientIdentity(DeviceKey key, String program, ProtocolVersions versions) {

    /** A client of this program's protocol versions. */
    public static ClientIdentity of(DeviceKey key, String program) {
        return new ClientIdentity(key, program, ProtocolVersions.OWN);
    }
}
