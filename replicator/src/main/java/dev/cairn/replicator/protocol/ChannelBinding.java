package dev.cairn.replicator.protocol;

import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What tells one TLS connection from every other: 32 bytes that both ends draw from the keys of the handshake, and nobody else
 * can. A signature over them holds on that connection only, so that it needs no nonce: each handshake gives a fresh one.
 *
 * <p>Source: the channel binding {@code tls-exporter} of RFC 9266, an exporter of TLS 1.3 (RFC 8446, section 7.5).
 */
public final class ChannelBinding {

    /** Length, in bytes. */
    public static final int BYTES = 32;

    private static final String LABEL = "EXPORTER-Channel-Binding";

    private final byte[] bytes;

    private ChannelBinding(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * That of a connection whose handshake is finished.
     *
     * @return empty without TLS 1.3, or where its implementation has no exporters
     */
    public static Optional<ChannelBinding> of(@Nullable SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended) || !"TLSv1.3".equals(session.getProtocol())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ChannelBinding(extended.exportKeyingMaterialData(LABEL, new byte[0], BYTES)));
        } catch (SSLException | UnsupportedOperationException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /** The bytes, in a new array. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChannelBinding that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
