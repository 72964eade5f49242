package dev.cairn.replicator.net;

import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.protocol.ChannelBinding;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Feature;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Route;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Says hello, enrols, and proves to the server who this device is: by a token that is bound to the TLS connection, where both
 * sides know such tokens; else by a session, for whose secret it changes a freshly signed token, and again when the server no
 * longer knows it. A greeting that is remembered from an earlier command saves the hello: the token names it, and the server
 * refuses it when it would say something else now.
 *
 * <p>Thread-safe: whoever comes first opens the session, the others wait for it. Does not repeat what failed.
 */
final class Greeter {

    private final HttpLine line;
    private final RemoteUrl url;
    private final ClientIdentity identity;
    private Greeting.@Nullable HelloAnswer greeting;
    private boolean isRemembered;

    /** What the server said last, if nobody has used its nonce yet; and when. */
    private Greeting.@Nullable HelloAnswer unused;

    private long saidAt;
    private boolean channelTokensRefused;
    private @Nullable String bearer;
    private @Nullable ChannelBinding channel;
    private @Nullable String channelToken;

    Greeter(HttpLine line, RemoteUrl url, ClientIdentity identity) {
        this.line = line;
        this.url = url;
        this.identity = identity;
    }

    /** What a server said to an earlier command; passed over where it said something to this one. */
    synchronized void recall(Greeting.HelloAnswer remembered) {
        OptionalInt shared = remembered.versions().highestShared(identity.versions());
        if (greeting == null && shared.isPresent() && shared.getAsInt() == remembered.protocol()) {
            greeting = remembered;
            isRemembered = true;
        }
    }

    /** Asks what the server speaks, and for a nonce. */
    synchronized Greeting.HelloAnswer hello() throws InterruptedException {
        Greeting.Hello hello = new Greeting.Hello(identity.versions(), List.of(), identity.program());
        Greeting.HelloAnswer answer = ask(Route.HELLO_PATH, hello, GreetingCodec::decodeHelloAnswer);
        if (answer.protocol() < identity.versions().min()
                || answer.protocol() > identity.versions().max()) {
            Problem mismatch = answer.versions().mismatch(identity.versions());
            throw new VersionMismatchException(mismatch.message(), mismatch.hint());
        }
        greeting = answer;
        isRemembered = false;
        channelToken = null;
        unused = answer;
        saidAt = System.nanoTime();
        return answer;
    }

    /** An answer whose nonce serves now, once. */
    private Greeting.HelloAnswer nonce() throws InterruptedException {
        Greeting.HelloAnswer last = unused;
        if (last == null || System.nanoTime() - saidAt > TimeUnit.SECONDS.toNanos(last.nonceSeconds()) / 2) {
            last = hello();
        }
        unused = null;
        return last;
    }

    /** What the server said last, or is remembered to have said; says hello if there is nothing. */
    synchronized Greeting.HelloAnswer greeting() throws InterruptedException {
        Greeting.HelloAnswer known = greeting;
        return known == null ? hello() : known;
    }

    /** The same, or null if there is nothing. */
    synchronized Greeting.@Nullable HelloAnswer known() {
        return greeting;
    }

    /** Registers this device by a one-time code. */
    synchronized Greeting.Enrolled enrol(String code, String name) throws InterruptedException {
        Greeting.Enrol enrol = identity.key().enrol(nonce(), url.fingerprint(), code, name);
        return ask(Route.ENROL_PATH, enrol, GreetingCodec::decodeEnrolled);
    }

    /** What both sides keep to. */
    ProtocolLimits limits() throws InterruptedException {
        return greeting().limits().atMost(ProtocolLimits.DEFAULT);
    }

    /** What goes into the header of a request, on whatever connection it is sent. */
    sealed interface Credentials {

        /** A session. */
        record Bearer(String secret) implements Credentials {}

        /**
         * A token for the connection.
         *
         * @param hello what the server said, or is remembered to have said
         */
        record Channel(Greeting.HelloAnswer hello) implements Credentials {}
    }

    /** What the next request proves itself by. Opens a session where that takes one. */
    synchronized Credentials credentials() throws InterruptedException {
        Greeting.HelloAnswer known = greeting();
        if (url.isSecure() && known.has(Feature.CHANNEL_TOKEN) && !channelTokensRefused) {
            return new Credentials.Channel(known);
        }
        String secret = bearer;
        if (secret == null) {
            DeviceKey key = identity.key();
            Greeting.Token token = key.token(nonce(), url.fingerprint(), url.name());
            Greeting.Session session = ask(Route.SESSION_PATH, token, GreetingCodec::decodeSession);
            secret = Base64.getUrlEncoder().withoutPadding().encodeToString(session.secret());
            bearer = secret;
        }
        return new Credentials.Bearer(secret);
    }

    /** The value of the header {@code authorization} for a request on a connection; null if there can be none. */
    synchronized @Nullable String header(Credentials credentials, @Nullable SSLSession connection) {
        return switch (credentials) {
            case Credentials.Bearer(String secret) -> "Bearer " + secret;
            case Credentials.Channel(Greeting.HelloAnswer hello) -> {
                ChannelBinding binding = ChannelBinding.of(connection).orElse(null);
                if (binding == null) {
                    yield null;
                }
                if (channelToken == null || !binding.equals(channel)) {
                    channel = binding;
                    channelToken = "Cairn "
                            + GreetingCodec.text(
                                    identity.key().channelToken(hello, url.fingerprint(), url.name(), binding));
                }
                yield channelToken;
            }
        };
    }

    /**
     * The server answered {@code problem} to a request with these credentials.
     *
     * @return whether the request may be repeated with others
     */
    synchronized boolean refused(Credentials credentials, Problem problem) {
        boolean isUnknown = problem.code() == ProblemCode.TOKEN_EXPIRED;
        switch (credentials) {
            case Credentials.Bearer(String secret) -> {
                if (isUnknown && secret.equals(bearer)) {
                    bearer = null;
                }
                return isUnknown;
            }
            case Credentials.Channel(Greeting.HelloAnswer hello) -> {
                boolean isRefused = isUnknown || problem.code() == ProblemCode.TOKEN_REFUSED;
                // A server that no longer speaks the version of the path knows no such path.
                boolean mayBeOutdated = isRefused
                        || problem.code() == ProblemCode.VERSION
                        || problem.code() == ProblemCode.NO_REPOSITORY;
                if (!hello.equals(greeting)) {
                    return mayBeOutdated;
                }
                if (isRemembered && mayBeOutdated) {
                    greeting = null;
                    isRemembered = false;
                    channelToken = null;
                    return true;
                }
                channelTokensRefused |= isRefused;
                return isRefused;
            }
        }
    }

    /** A request with these credentials was carried out: what is remembered of the server holds. */
    synchronized void accepted(Credentials credentials) {
        if (credentials instanceof Credentials.Channel(Greeting.HelloAnswer hello) && hello.equals(greeting)) {
            isRemembered = false;
        }
    }

    private <T> T ask(String path, Greeting greeting, Function<byte[], T> decode) throws InterruptedException {
        List<T> answers = new ArrayList<>();
        Problem problem = line.request(
                "POST",
                path,
                HttpLine.Authorization.NONE,
                List.of(GreetingCodec.encode(greeting)),
                ProtocolLimits.GREETING_FRAME_BYTES_MAX,
                frame -> {
                    answers.add(decode.apply(frame));
                    return false;
                });
        if (problem == null) {
            return answers.getFirst();
        }
        if (problem.code().passes()) {
            throw Requests.fault(problem);
        }
        if (problem.code() == ProblemCode.VERSION) {
            // The server's range decides, whatever its words are.
            Problem mismatch = problem.server().mismatch(identity.versions());
            boolean meet = problem.server().highestShared(identity.versions()).isPresent();
            throw new VersionMismatchException(
                    meet ? problem.message() : mismatch.message(), meet ? problem.hint() : mismatch.hint());
        }
        throw RemoteException.of(problem);
    }
}
