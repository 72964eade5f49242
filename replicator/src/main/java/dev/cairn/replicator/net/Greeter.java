package dev.cairn.replicator.net;

import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Features;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Route;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says hello, enrols, and keeps a session open: changes a freshly signed token into a session's secret, and again when the
 * server no longer knows it.
 *
 * <p>Thread-safe: whoever comes first opens the session, the others wait for it. Does not repeat what failed.
 */
final class Greeter {

    private final HttpLine line;
    private final RemoteUrl url;
    private final ClientIdentity identity;
    private @Nullable String bearer;
    private @Nullable ProtocolLimits limits;

    Greeter(HttpLine line, RemoteUrl url, ClientIdentity identity) {
        this.line = line;
        this.url = url;
        this.identity = identity;
    }

    /** Asks what the server speaks, and for a nonce. */
    synchronized Greeting.HelloAnswer hello() throws InterruptedException {
        Greeting.Hello hello = new Greeting.Hello(identity.versions(), Features.OWN, identity.program());
        Greeting.HelloAnswer answer = ask(Route.HELLO_PATH, hello, GreetingCodec::decodeHelloAnswer);
        if (answer.protocol() < identity.versions().min()
                || answer.protocol() > identity.versions().max()) {
            Problem mismatch = answer.versions().mismatch(identity.versions());
            throw new VersionMismatchException(mismatch.message(), mismatch.hint());
        }
        limits = answer.limits().atMost(ProtocolLimits.DEFAULT);
        return answer;
    }

    /** Registers this device by a one-time code. */
    synchronized Greeting.Enrolled enrol(String code, String name) throws InterruptedException {
        Greeting.Enrol enrol = identity.key().enrol(hello(), url.fingerprint(), code, name);
        return ask(Route.ENROL_PATH, enrol, GreetingCodec::decodeEnrolled);
    }

    /** What both sides keep to. */
    synchronized ProtocolLimits limits() throws InterruptedException {
        ProtocolLimits known = limits;
        if (known == null) {
            hello();
            known = limits;
        }
        return known == null ? ProtocolLimits.DEFAULT : known;
    }

    /** The secret of an open session. */
    synchronized String bearer() throws InterruptedException {
        String known = bearer;
        if (known == null) {
            DeviceKey key = identity.key();
            Greeting.Token token = key.token(hello(), url.fingerprint(), url.name());
            Greeting.Session session = ask(Route.SESSION_PATH, token, GreetingCodec::decodeSession);
            known = Base64.getUrlEncoder().withoutPadding().encodeToString(session.secret());
            bearer = known;
        }
        return known;
    }

    /** The server does not know {@code refused} any more: the next one who asks opens a new session. */
    synchronized void expired(String refused) {
        if (refused.equals(bearer)) {
            bearer = null;
        }
    }

    private <T> T ask(String path, Greeting greeting, Function<byte[], T> decode) throws InterruptedException {
        List<T> answers = new ArrayList<>();
        Problem problem = line.request(
                "POST",
                path,
                null,
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
