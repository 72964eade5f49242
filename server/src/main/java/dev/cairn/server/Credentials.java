package dev.cairn.server;

import dev.cairn.replicator.protocol.ChannelBinding;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.MalformedMessageException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What a request says of who sends it, in its header {@code authorization}. Nothing of it is checked yet. */
sealed interface Credentials {

    /** By what a session is found: it cannot be guessed. */
    byte[] secret();

    /** The secret of a session. */
    record Bearer(byte[] secret) implements Credentials {}

    /**
     * A token for the connection that the request came on.
     *
     * @param secret token and connection together: the same token on another connection has another
     */
    record Channel(Greeting.ChannelToken token, ChannelBinding channel, byte[] secret) implements Credentials {}

    /** Those of a request; empty if it has none, or none that is well-formed. */
    static Optional<Credentials> of(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        int blank = header == null ? -1 : header.indexOf(' ');
        if (header == null || blank < 0) {
            return Optional.empty();
        }
        String text = header.substring(blank + 1);
        return switch (header.substring(0, blank)) {
            case "Bearer" -> bearer(text);
            case "Cairn" -> channel(text, request);
            default -> Optional.empty();
        };
    }

    private static Optional<Credentials> bearer(String text) {
        try {
            byte[] secret = Base64.getUrlDecoder().decode(text);
            return secret.length == Greeting.SECRET_BYTES ? Optional.of(new Bearer(secret)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Credentials> channel(String text, HttpServerRequest request) {
        Optional<ChannelBinding> channel =
                ChannelBinding.of(request.connection().sslSession());
        if (channel.isEmpty()) {
            return Optional.empty();
        }
        try {
            Greeting.ChannelToken token = GreetingCodec.parseChannelToken(text);
            byte[] signed = text.getBytes(StandardCharsets.US_ASCII);
            byte[] secret = ByteBuffer.allocate(ChannelBinding.BYTES + signed.length)
                    .put(channel.get().bytes())
                    .put(signed)
                    .array();
            return Optional.of(new Channel(token, channel.get(), secret));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }
}
