package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.RepositoryName;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The address of a server's repository: {@code https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT}, or {@code
 * http://HOST:PORT/TENANT/REPOSITORY} on loopback.
 *
 * @param isSecure whether TLS is spoken
 * @param host a name or an address, an IPv6 address without brackets
 * @param fingerprint what is pinned; null without TLS, and where it is still to be asked for
 */
public record RemoteUrl(
        boolean isSecure,
        String host,
        int port,
        RepositoryName name,
        @Nullable Fingerprint fingerprint) {

    /** Where servers listen unless told otherwise. */
    public static final int PORT_DEFAULT = 7420;

    public RemoteUrl {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port (%d) must be in 1..65535".formatted(port));
        }
        if (!isSecure && fingerprint != null) {
            throw new IllegalArgumentException("an http:// URL has no fingerprint");
        }
        if (!isSecure && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "http:// is for this machine only (localhost, 127.0.0.1, [::1]); use https:// for '" + host + "'");
        }
    }

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException with a sentence for a person, if it is not one
     */
    public static RemoteUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw refused(text, e.getReason());
        }
        String scheme = uri.getScheme();
        boolean isSecure = "https".equalsIgnoreCase(scheme);
        if (!isSecure && !"http".equalsIgnoreCase(scheme)) {
            throw refused(text, "it does not begin with https://");
        }
        String host = uri.getHost();
        if (host == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
            throw refused(text, "host and port are not well-formed");
        }
        String unbracketed = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        String[] path = uri.getRawPath().split("/", -1);
        if (path.length != 3 || !path[0].isEmpty()) {
            throw refused(text, "the path is not /TENANT/REPOSITORY");
        }
        String fragment = uri.getRawFragment();
        return new RemoteUrl(
                isSecure,
                unbracketed,
                uri.getPort() < 0 ? PORT_DEFAULT : uri.getPort(),
                new RepositoryName(path[1], path[2]),
                fragment == null ? null : Fingerprint.parse(fragment));
    }

    /** The same address with this fingerprint pinned. */
    public RemoteUrl pinned(Fingerprint pin) {
        return new RemoteUrl(isSecure, host, port, name, pin);
    }

    /** The scheme, host and port, for messages. */
    public String server() {
        String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return (isSecure ? "https://" : "http://") + bracketed + ":" + port;
    }

    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("::1") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }

    private static IllegalArgumentException refused(String text, String reason) {
        return new IllegalArgumentException(
                "not the URL of a remote: '%s': %s (wanted: https://HOST:PORT/TENANT/REPOSITORY#sha256:FINGERPRINT)"
                        .formatted(text, reason));
    }

    /** The whole URL, as it is kept. */
    @Override
    public String toString() {
        return server() + "/" + name + (fingerprint == null ? "" : "#" + fingerprint);
    }
}
