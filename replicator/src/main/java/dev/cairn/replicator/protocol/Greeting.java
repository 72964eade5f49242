package dev.cairn.replicator.protocol;

import java.util.List;

/**
 * The messages by which a connection begins: what both sides speak, how a device becomes known, how it opens a session.
 * Arrays must not be changed.
 */
public sealed interface Greeting {

    /** Length of a nonce and of a session's secret, in bytes. */
    int SECRET_BYTES = 32;

    /** What a client speaks. */
    record Hello(ProtocolVersions versions, List<String> features, String program) implements Greeting {}

    /**
     * What a server speaks, and a nonce.
     *
     * @param protocol the version for what follows
     * @param nonceSeconds how long the nonce may be used, for the client's information
     */
    record HelloAnswer(
            int protocol,
            ProtocolVersions versions,
            List<String> features,
            ProtocolLimits limits,
            ServerId server,
            byte[] nonce,
            int nonceSeconds,
            String program)
            implements Greeting {

        /** Whether the server knows this feature. */
        public boolean has(Feature feature) {
            return features.contains(feature.text());
        }
    }

    /**
     * A request to be put on the list of devices.
     *
     * @param code as it was typed
     * @param publicKey Ed25519, 32 bytes
     * @param signature over {@link Claims#enrolment}
     */
    record Enrol(String code, byte[] publicKey, String name, byte[] nonce, byte[] signature) implements Greeting {}

    /**
     * The device is listed.
     *
     * @param tenant where; empty for all
     * @param repository where; empty for all of the tenant's
     */
    record Enrolled(DeviceId device, String tenant, String repository, Role role) implements Greeting {}

    /**
     * A claim to be a device, for one server, one repository and one nonce.
     *
     * @param signature over {@link Claims#token}
     */
    record Token(DeviceId device, ServerId server, RepositoryName name, byte[] nonce, byte[] signature)
            implements Greeting {}

    /**
     * A claim to be a device, for one server, one repository and one TLS connection.
     *
     * @param greeting {@link Claims#greeting} of what the server said in hello, 32 bytes
     * @param signature over {@link Claims#channelToken}
     */
    record ChannelToken(DeviceId device, byte[] greeting, byte[] signature) implements Greeting {}

    /**
     * An open session.
     *
     * @param secret the bearer of the requests that follow
     * @param seconds how long it lives
     */
    record Session(byte[] secret, int seconds, Role role) implements Greeting {}
}
