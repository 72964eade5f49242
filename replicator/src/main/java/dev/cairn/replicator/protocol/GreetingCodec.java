package dev.cairn.replicator.protocol;

import com.google.protobuf.ByteString;
import dev.cairn.replicator.protocol.wire.ChannelToken;
import dev.cairn.replicator.protocol.wire.Enrol;
import dev.cairn.replicator.protocol.wire.Enrolled;
import dev.cairn.replicator.protocol.wire.Hello;
import dev.cairn.replicator.protocol.wire.HelloAnswer;
import dev.cairn.replicator.protocol.wire.Limits;
import dev.cairn.replicator.protocol.wire.Session;
import dev.cairn.replicator.protocol.wire.SessionRequest;
import dev.cairn.replicator.protocol.wire.Token;
import java.util.Base64;
import java.util.List;

/**
 * Greetings as frames and back. The decoders take a frame's bytes, its length cut off, and throw {@link
 * MalformedMessageException} for what is not well-formed. Thread-safe; keeps nothing.
 */
public final class GreetingCodec {

    private static final int NAME_CHARS_MAX = 256;
    private static final int CODE_CHARS_MAX = 128;
    /** Twice what a token of this version takes. */
    private static final int TOKEN_CHARS_MAX = 512;

    private static final int SESSION_SECONDS_MAX = 24 * 3600;

    private GreetingCodec() {}

    /** One frame, with its length before it. */
    public static byte[] encode(Greeting greeting) {
        return Frames.frame(
                switch (greeting) {
                    case Greeting.Hello hello ->
                        Hello.newBuilder()
                                .setProtocolMin(hello.versions().min())
                                .setProtocolMax(hello.versions().max())
                                .addAllFeatures(hello.features())
                                .setProgram(hello.program())
                                .build();
                    case Greeting.HelloAnswer answer -> message(answer);
                    case Greeting.Enrol enrol ->
                        Enrol.newBuilder()
                                .setCode(enrol.code())
                                .setPublicKey(ByteString.copyFrom(enrol.publicKey()))
                                .setName(enrol.name())
                                .setNonce(ByteString.copyFrom(enrol.nonce()))
                                .setSignature(ByteString.copyFrom(enrol.signature()))
                                .build();
                    case Greeting.Enrolled enrolled ->
                        Enrolled.newBuilder()
                                .setDevice(ByteString.copyFrom(enrolled.device().bytes()))
                                .setTenant(enrolled.tenant())
                                .setRepository(enrolled.repository())
                                .setRole(message(enrolled.role()))
                                .build();
                    case Greeting.Token token ->
                        SessionRequest.newBuilder().setToken(message(token)).build();
                    case Greeting.ChannelToken token -> message(token);
                    case Greeting.Session session ->
                        Session.newBuilder()
                                .setSecret(ByteString.copyFrom(session.secret()))
                                .setSeconds(session.seconds())
                                .setRole(message(session.role()))
                                .build();
                });
    }

    /** Reads a {@link Greeting.Hello}. */
    public static Greeting.Hello decodeHello(byte[] frame) {
        Hello message = Frames.parse(Hello.parser(), frame, "hello");
        return new Greeting.Hello(
                versions(message.getProtocolMin(), message.getProtocolMax()),
                features(message.getFeaturesList()),
                text(message.getProgram(), NAME_CHARS_MAX, "program"));
    }

    /** Reads a {@link Greeting.HelloAnswer}. */
    public static Greeting.HelloAnswer decodeHelloAnswer(byte[] frame) {
        HelloAnswer message = Frames.parse(HelloAnswer.parser(), frame, "answer to hello");
        return helloAnswer(message, IdBytes.requireLength(message.getNonce(), Greeting.SECRET_BYTES, "nonce"));
    }

    private static Greeting.HelloAnswer helloAnswer(HelloAnswer message, byte[] nonce) {
        return new Greeting.HelloAnswer(
                message.getProtocol(),
                versions(message.getProtocolMin(), message.getProtocolMax()),
                features(message.getFeaturesList()),
                limits(message.getLimits()),
                ServerId.of(message.getServer().toByteArray()),
                nonce,
                Math.clamp(message.getNonceSeconds(), 0, SESSION_SECONDS_MAX),
                text(message.getProgram(), NAME_CHARS_MAX, "program"));
    }

    /** Reads a {@link Greeting.Enrol}. */
    public static Greeting.Enrol decodeEnrol(byte[] frame) {
        Enrol message = Frames.parse(Enrol.parser(), frame, "enrolment");
        return new Greeting.Enrol(
                text(message.getCode(), CODE_CHARS_MAX, "enrolment code"),
                IdBytes.requireLength(message.getPublicKey(), DeviceKey.PUBLIC_BYTES, "public key"),
                text(message.getName(), NAME_CHARS_MAX, "name of the device"),
                IdBytes.requireLength(message.getNonce(), Greeting.SECRET_BYTES, "nonce"),
                IdBytes.requireLength(message.getSignature(), DeviceKey.SIGNATURE_BYTES, "signature"));
    }

    /** Reads a {@link Greeting.Enrolled}. */
    public static Greeting.Enrolled decodeEnrolled(byte[] frame) {
        Enrolled message = Frames.parse(Enrolled.parser(), frame, "enrolled");
        return new Greeting.Enrolled(
                DeviceId.of(message.getDevice().toByteArray()),
                scope(message.getTenant()),
                scope(message.getRepository()),
                role(message.getRole()));
    }

    /** Reads a {@link Greeting.Token} from a session request. */
    public static Greeting.Token decodeToken(byte[] frame) {
        Token message =
                Frames.parse(SessionRequest.parser(), frame, "session request").getToken();
        RepositoryName name;
        try {
            name = new RepositoryName(message.getTenant(), message.getRepository());
        } catch (IllegalArgumentException e) {
            throw MalformedMessageException.because(String.valueOf(e.getMessage()), e);
        }
        return new Greeting.Token(
                DeviceId.of(message.getDevice().toByteArray()),
                ServerId.of(message.getServer().toByteArray()),
                name,
                IdBytes.requireLength(message.getNonce(), Greeting.SECRET_BYTES, "nonce"),
                IdBytes.requireLength(message.getSignature(), DeviceKey.SIGNATURE_BYTES, "signature"));
    }

    /** What is worth remembering of an answer to hello: all but the nonce. */
    public static byte[] encodeRemembered(Greeting.HelloAnswer answer) {
        return message(answer).toBuilder()
                .clearNonce()
                .clearNonceSeconds()
                .build()
                .toByteArray();
    }

    /** Reads what {@link #encodeRemembered} wrote; the nonce is empty. */
    public static Greeting.HelloAnswer decodeRemembered(byte[] message) {
        return helloAnswer(Frames.parse(HelloAnswer.parser(), message, "remembered greeting"), new byte[0]);
    }

    /** A channel token as it stands in a header. */
    public static String text(Greeting.ChannelToken token) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(message(token).toByteArray());
    }

    /** Reads what {@link #text(Greeting.ChannelToken)} wrote. */
    public static Greeting.ChannelToken parseChannelToken(String text) {
        if (text.length() > TOKEN_CHARS_MAX) {
            throw MalformedMessageException.tooLarge("characters of a token", TOKEN_CHARS_MAX, text.length());
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw MalformedMessageException.because("a token that is not base64url", e);
        }
        ChannelToken message = Frames.parse(ChannelToken.parser(), bytes, "token");
        return new Greeting.ChannelToken(
                DeviceId.of(message.getDevice().toByteArray()),
                IdBytes.requireLength(message.getGreeting(), Greeting.SECRET_BYTES, "greeting"),
                IdBytes.requireLength(message.getSignature(), DeviceKey.SIGNATURE_BYTES, "signature"));
    }

    private static ChannelToken message(Greeting.ChannelToken token) {
        return ChannelToken.newBuilder()
                .setDevice(ByteString.copyFrom(token.device().bytes()))
                .setGreeting(ByteString.copyFrom(token.greeting()))
                .setSignature(ByteString.copyFrom(token.signature()))
                .build();
    }

    /** Reads a {@link Greeting.Session}. */
    public static Greeting.Session decodeSession(byte[] frame) {
        Session message = Frames.parse(Session.parser(), frame, "session");
        return new Greeting.Session(
                IdBytes.requireLength(message.getSecret(), Greeting.SECRET_BYTES, "session secret"),
                Math.clamp(message.getSeconds(), 0, SESSION_SECONDS_MAX),
                role(message.getRole()));
    }

    static dev.cairn.replicator.protocol.wire.Role message(Role role) {
        return switch (role) {
            case READ -> dev.cairn.replicator.protocol.wire.Role.READ;
            case APPEND -> dev.cairn.replicator.protocol.wire.Role.APPEND;
            case WRITE -> dev.cairn.replicator.protocol.wire.Role.WRITE;
            case ADMIN -> dev.cairn.replicator.protocol.wire.Role.ADMIN;
        };
    }

    /** A role of a later version is taken for the least: the server decides anyway. */
    static Role role(dev.cairn.replicator.protocol.wire.Role role) {
        return switch (role) {
            case READ, ROLE_UNSPECIFIED, UNRECOGNIZED -> Role.READ;
            case APPEND -> Role.APPEND;
            case WRITE -> Role.WRITE;
            case ADMIN -> Role.ADMIN;
        };
    }

    private static HelloAnswer message(Greeting.HelloAnswer answer) {
        ProtocolLimits limits = answer.limits();
        return HelloAnswer.newBuilder()
                .setProtocol(answer.protocol())
                .setProtocolMin(answer.versions().min())
                .setProtocolMax(answer.versions().max())
                .addAllFeatures(answer.features())
                .setLimits(Limits.newBuilder()
                        .setFrameBytes(limits.frameBytes())
                        .setBatchBytes(limits.batchBytes())
                        .setBatchRecords(limits.batchRecords())
                        .setIds(limits.ids())
                        .setRequestsInFlight(limits.requestsInFlight())
                        .setRetained(limits.retained()))
                .setServer(ByteString.copyFrom(answer.server().bytes()))
                .setNonce(ByteString.copyFrom(answer.nonce()))
                .setNonceSeconds(answer.nonceSeconds())
                .setProgram(answer.program())
                .build();
    }

    private static Token message(Greeting.Token token) {
        return Token.newBuilder()
                .setDevice(ByteString.copyFrom(token.device().bytes()))
                .setServer(ByteString.copyFrom(token.server().bytes()))
                .setTenant(token.name().tenant())
                .setRepository(token.name().repository())
                .setNonce(ByteString.copyFrom(token.nonce()))
                .setSignature(ByteString.copyFrom(token.signature()))
                .build();
    }

    private static ProtocolLimits limits(Limits message) {
        try {
            return new ProtocolLimits(
                    message.getFrameBytes(),
                    message.getBatchBytes(),
                    message.getBatchRecords(),
                    message.getIds(),
                    message.getRequestsInFlight(),
                    message.getRetained());
        } catch (IllegalArgumentException e) {
            throw MalformedMessageException.because("limits that make no sense: " + e.getMessage(), e);
        }
    }

    private static ProtocolVersions versions(int min, int max) {
        if (min < 1 || max < min) {
            throw MalformedMessageException.because("not a range of versions: %s to %s"
                    .formatted(Integer.toUnsignedString(min), Integer.toUnsignedString(max)));
        }
        return new ProtocolVersions(min, max);
    }

    private static List<String> features(List<String> features) {
        if (features.size() > ProtocolLimits.FEATURES_MAX) {
            throw MalformedMessageException.tooLarge("features", ProtocolLimits.FEATURES_MAX, features.size());
        }
        features.forEach(feature -> text(feature, ProtocolLimits.FEATURES_MAX, "name of a feature"));
        return List.copyOf(features);
    }

    private static String scope(String name) {
        if (!name.isEmpty() && !RepositoryName.isName(name)) {
            throw MalformedMessageException.because("not the name of a tenant or repository");
        }
        return name;
    }

    private static String text(String text, int charsMax, String what) {
        if (text.length() > charsMax) {
            throw MalformedMessageException.tooLarge("characters of the " + what, charsMax, text.length());
        }
        return text;
    }
}
