package dev.cairn.replicator.net;

import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.protocol.Fingerprint;
import java.net.Socket;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the one key that is pinned, whatever names, dates and issuers its certificate has. The server proves in the
 * handshake that it holds the key. Without a pin it trusts nobody, but remembers who it was, so that a person can be asked.
 *
 * <p>Thread-safe.
 */
final class PinnedTrust extends X509ExtendedTrustManager {

    private final @Nullable Fingerprint pin;
    private volatile @Nullable Fingerprint seen;

    PinnedTrust(@Nullable Fingerprint pin) {
        this.pin = pin;
    }

    /** The key of the last server that was met; null if none was. */
    @Nullable
    Fingerprint seen() {
        return seen;
    }

    /** Checks the session of a connection that is open, before anything is sent on it. */
    void check(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            require(Fingerprint.of(chain[0].getPublicKey()));
        } catch (SSLPeerUnverifiedException e) {
            throw new RemoteException.PeerMisbehaved("no certificate", e);
        }
    }

    private void require(Fingerprint actual) {
        seen = actual;
        Fingerprint expected = pin;
        if (expected == null || !expected.equals(actual)) {
            throw new RemoteException.WrongFingerprint(expected, actual);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            require(Fingerprint.of(chain[0].getPublicKey()));
        } catch (RemoteException.WrongFingerprint e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
