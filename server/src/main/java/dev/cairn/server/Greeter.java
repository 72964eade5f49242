package dev.cairn.server;

import dev.cairn.cas.StoreException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.RepositoryService;
import dev.cairn.replicator.protocol.ChannelBinding;
import dev.cairn.replicator.protocol.Claims;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Feature;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.ServerId;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a connection begins, without HTTP: version and nonce, enrolment, session. What is cheap to check is checked first: a
 * stranger makes the server verify no signature. Thread-safe; blocks on the list of devices.
 */
final class Greeter {

    private static final String PROGRAM = "cairn";

    private final ServerId serverId;
    private final boolean isSecure;
    private final DeviceRegistry registry;
    private final Nonces nonces;
    private final Sessions sessions;
    private final AuditLogs audit;
    private final ServerLimits limits;
    private final Surroundings surroundings;

    Greeter(
            ServerId serverId,
            boolean isSecure,
            DeviceRegistry registry,
            Sessions sessions,
            AuditLogs audit,
            ServerLimits limits,
            Surroundings surroundings) {
        this.serverId = serverId;
        this.isSecure = isSecure;
        this.registry = registry;
        this.nonces = new Nonces(surroundings.nanoClock(), limits.nonceLife());
        this.sessions = sessions;
        this.audit = audit;
        this.limits = limits;
        this.surroundings = surroundings;
    }

    Greeting.HelloAnswer hello(Greeting.Hello hello) {
        int protocol = surroundings
                .versions()
                .highestShared(hello.versions())
                .orElseThrow(() -> new ProblemException(surroundings.versions().mismatch(hello.versions())));
        return greeting(protocol, nonces.next());
    }

    private Greeting.HelloAnswer greeting(int protocol, byte[] nonce) {
        return new Greeting.HelloAnswer(
                protocol,
                surroundings.versions(),
                Feature.own(isSecure),
                limits.protocol(),
                serverId,
                nonce,
                (int) limits.nonceLife().toSeconds(),
                PROGRAM);
    }

    /** @param fingerprint of the key that the connection was opened with; null without TLS */
    Greeting.Enrolled enrol(Greeting.Enrol enrol, @Nullable Fingerprint fingerprint) {
        requireKeyOfConnection(fingerprint);
        if (!nonces.isFresh(enrol.nonce())) {
            throw refused("the nonce of the enrolment is too old, or was used");
        }
        if (!ask(() -> registry.accepts(enrol.code(), enrol.publicKey()))) {
            throw DeviceRegistry.refused();
        }
        byte[] claim =
                Claims.enrolment(serverId, fingerprint, enrol.nonce(), enrol.code(), enrol.publicKey(), enrol.name());
        if (!DeviceKey.verify(enrol.publicKey(), claim, enrol.signature())) {
            throw refused("the enrolment is not signed by the device's key, or is for another server");
        }
        if (!nonces.use(enrol.nonce())) {
            throw refused("the nonce of the enrolment was used");
        }
        Device device = ask(() -> registry.enrol(enrol.code(), enrol.publicKey(), enrol.name()));
        audit.done(
                device.id(),
                AuditEntry.Operation.ENROL,
                AuditDetails.of("role", device.role(), "scope", device.scope(), "name", device.name()));
        return new Greeting.Enrolled(
                device.id(), device.scope().tenant(), device.scope().repository(), device.role());
    }

    /** @param fingerprint of the key that the connection was opened with; null without TLS */
    Greeting.Session session(Greeting.Token token, @Nullable Fingerprint fingerprint) {
        requireKeyOfConnection(fingerprint);
        if (!token.server().equals(serverId)) {
            throw refused("the token is for another server");
        }
        if (!nonces.isFresh(token.nonce())) {
            throw refused("the nonce of the token is too old, or was used");
        }
        Role role = ask(() -> registry.role(token.device(), token.name())).orElseThrow(Greeter::notAllowed);
        byte[] publicKey = ask(() -> registry.publicKey(token.device())).orElseThrow(Greeter::notAllowed);
        byte[] claim = Claims.token(token.device(), serverId, fingerprint, token.name(), token.nonce());
        if (!DeviceKey.verify(publicKey, claim, token.signature())) {
            throw refused("the token is not signed by the device's key, or is for another server");
        }
        if (!nonces.use(token.nonce())) {
            throw refused("the nonce of the token was used");
        }
        byte[] secret = sessions.open(token.device(), token.name());
        audit.count(token.name(), token.device(), AuditEntry.Operation.SESSION, AuditDetails.of("role", role), 1, 0);
        return new Greeting.Session(secret, (int) limits.sessionLife().toSeconds(), role);
    }

    /**
     * Checks a token that is bound to a TLS connection, and opens a session of which the token is the secret.
     *
     * @param protocol the version in the path of the request that brings it
     * @param fingerprint of the key that the connection was opened with; null without TLS
     */
    Sessions.Session session(
            Greeting.ChannelToken token,
            byte[] secret,
            int protocol,
            RepositoryName name,
            ChannelBinding channel,
            @Nullable Fingerprint fingerprint) {
        requireKeyOfConnection(fingerprint);
        byte[] greeting = Claims.greeting(greeting(protocol, new byte[0]));
        if (!Arrays.equals(token.greeting(), greeting)) {
            throw new ProblemException(
                    Problem.of(ProblemCode.TOKEN_EXPIRED, "the server is not what the token says", "Say hello again."));
        }
        Role role = ask(() -> registry.role(token.device(), name)).orElseThrow(Greeter::notAllowed);
        byte[] publicKey = ask(() -> registry.publicKey(token.device())).orElseThrow(Greeter::notAllowed);
        byte[] claim = Claims.channelToken(token.device(), greeting, fingerprint, name, channel);
        if (!DeviceKey.verify(publicKey, claim, token.signature())) {
            throw refused("the token is not signed by the device's key, or is for another connection or repository");
        }
        Sessions.Session session = sessions.open(secret, token.device(), name);
        audit.count(name, token.device(), AuditEntry.Operation.SESSION, AuditDetails.of("role", role), 1, 0);
        return session;
    }

    /** What is signed names the key of the server, so that nobody in between can use it: never take it without. */
    private void requireKeyOfConnection(@Nullable Fingerprint fingerprint) {
        if (isSecure && fingerprint == null) {
            throw refused("the connection does not tell which key of the server it was opened with");
        }
    }

    /** What the device of an open session may do now. */
    Role role(Sessions.Session session) {
        return ask(() -> registry.role(session.device(), session.name())).orElseThrow(Greeter::notAllowed);
    }

    /** The number of the device of an open session: what stands in the store beside what it uploads. */
    int uploader(Sessions.Session session) {
        return ask(() -> registry.uploader(session.device()));
    }

    /** What the list of devices says. If it cannot be read nobody is let in, and strangers learn no more than that. */
    private static <A> A ask(Supplier<A> question) {
        try {
            return question.get();
        } catch (StoreException e) {
            // The versions that a problem tells of are the protocol's; and an upgrade may be under way.
            boolean isLater = e instanceof VersionMismatchException;
            ProblemCode code = isLater
                    ? ProblemCode.INTERNAL
                    : RepositoryService.problem(e, false).code();
            throw new ProblemException(
                    Problem.of(
                            code,
                            "the server's list of devices cannot be used",
                            "Whoever runs the server finds the reason in its log."),
                    e);
        }
    }

    static ProblemException notAllowed() {
        return new ProblemException(Problem.of(
                ProblemCode.NOT_ALLOWED,
                "this device is not on the server's list for that repository, or was revoked",
                "Ask whoever runs the server for an enrolment code ('cairn device enrol' there)."));
    }

    private static ProblemException refused(String why) {
        return new ProblemException(
                Problem.of(ProblemCode.TOKEN_REFUSED, why, "Check that the remote's URL names the server you mean."));
    }
}
