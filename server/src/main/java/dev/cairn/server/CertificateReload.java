package dev.cairn.server;

import dev.cairn.replicator.protocol.Fingerprint;

/** What came of reading a server's certificate again. */
public sealed interface CertificateReload {

    /** It is the one that is used already; or there is none. */
    record Unchanged() implements CertificateReload {}

    /** Another certificate for the same key: clients notice nothing. */
    record Renewed(Fingerprint fingerprint) implements CertificateReload {}

    /** A certificate for another key: clients that have pinned the one before refuse the server until they pin this one. */
    record OtherKey(Fingerprint before, Fingerprint now) implements CertificateReload {}

    /** The files cannot be used, and the certificate before stays. */
    record Refused(String reason) implements CertificateReload {}
}
