package dev.cairn.server;

import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.FrameReader;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCodec;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.RequestCodec;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.ResponseCodec;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that sends what it is told to, right or wrong. Blocks; trusts any certificate. */
final class TestClient implements AutoCloseable {

    static final int FRAME_BYTES_MAX = ProtocolLimits.DEFAULT.frameBytes();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClientAgent http;
    private final URI url;
    private final @Nullable Fingerprint fingerprint;

    /** What came back. */
    record Reply(int status, byte[] body) {

        List<byte[]> frames() {
            FrameReader reader = new FrameReader(FRAME_BYTES_MAX);
            List<byte[]> frames = reader.read(body);
            if (!reader.atFrameEnd()) {
                throw new AssertionError("the body was cut off within a frame");
            }
            return frames;
        }

        byte[] frame() {
            List<byte[]> frames = frames();
            if (frames.size() != 1) {
                throw new AssertionError("one frame expected, got " + frames.size() + ", status " + status);
            }
            return frames.getFirst();
        }

        Problem problem() {
            if (status == 200) {
                throw new AssertionError("a problem was expected");
            }
            Problem problem = ProblemCodec.decode(status, frame());
            if (problem.code().status() != status) {
                throw new AssertionError("status " + status + " with " + problem);
            }
            return problem;
        }

        Reply orThrow() {
            if (status != 200) {
                throw new ProblemException(problem());
            }
            return this;
        }
    }

    TestClient(CairnServer server) {
        this(server.url(), server.fingerprint().orElse(null));
    }

    TestClient(String url, @Nullable Fingerprint fingerprint) {
        this.url = URI.create(url);
        this.fingerprint = fingerprint;
        boolean isTls = this.url.getScheme().equals("https");
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2ConnectionWindowSize(16 << 20)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(4 << 20))
                .setConnectTimeout(20_000);
        if (isTls) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setAlpnVersions(List.of(HttpVersion.HTTP_2))
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                    .setTrustAll(true)
                    .setVerifyHost(false);
        }
        http = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp2MaxSize(1))
                .withConnectHandler(connection -> connection.exceptionHandler(e -> {}))
                .build();
    }

    Reply send(String method, String path, Map<String, String> headers, byte[] body) {
        return join(start(method, path, headers, body));
    }

    /** Sends without waiting. */
    Future<Reply> start(String method, String path, Map<String, String> headers, byte[] body) {
        return open(method, path, headers).compose(request -> {
            Future<Reply> reply = reply(request);
            request.end(Buffer.buffer(body));
            return reply;
        });
    }

    /** A request whose body the test writes itself. */
    Future<HttpClientRequest> open(String method, String path, Map<String, String> headers) {
        RequestOptions options = new RequestOptions()
                .setHost(url.getHost())
                .setPort(url.getPort())
                .setMethod(HttpMethod.valueOf(method))
                .setURI(path);
        headers.forEach(options::addHeader);
        // What goes wrong with a request is told by its reply.
        return http.request(options).onSuccess(request -> request.exceptionHandler(e -> {}));
    }

    static Future<Reply> reply(HttpClientRequest request) {
        return request.response()
                .compose(response -> response.body().map(body -> new Reply(response.statusCode(), body.getBytes())));
    }

    /** The body of {@code request}, whatever a server's limits are. */
    static byte[] body(Request request) {
        Buffer body = Buffer.buffer();
        new RequestCodec(ProtocolLimits.DEFAULT).encode(request).forEach(body::appendBytes);
        return body.getBytes();
    }

    static <R> R join(Future<R> future) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Lets time pass where a test is about a peer that is slow. */
    void pause(Duration time) {
        join(vertx.timer(time.toMillis(), TimeUnit.MILLISECONDS));
    }

    private Reply greet(String path, Greeting greeting) {
        return send("POST", path, Map.of("content-type", Route.CONTENT_TYPE), GreetingCodec.encode(greeting));
    }

    Reply helloReply(ProtocolVersions versions) {
        return greet(Route.HELLO_PATH, new Greeting.Hello(versions, List.of(), "a test"));
    }

    Greeting.HelloAnswer hello() {
        return GreetingCodec.decodeHelloAnswer(
                helloReply(ProtocolVersions.OWN).orThrow().frame());
    }

    Reply enrolReply(DeviceKey key, String code) {
        return greet(Route.ENROL_PATH, key.enrol(hello(), fingerprint, code, "a test"));
    }

    Greeting.Enrolled enrol(DeviceKey key, String code) {
        return GreetingCodec.decodeEnrolled(enrolReply(key, code).orThrow().frame());
    }

    Greeting.Token token(DeviceKey key, RepositoryName name) {
        return key.token(hello(), fingerprint, name);
    }

    Reply sessionReply(Greeting.Token token) {
        return greet(Route.SESSION_PATH, token);
    }

    /** A session, ready to be used. */
    Session session(DeviceKey key, RepositoryName name) {
        Greeting.Session session = GreetingCodec.decodeSession(
                sessionReply(token(key, name)).orThrow().frame());
        return new Session(name, session);
    }

    /** Requests about one repository. */
    final class Session {
        private final RepositoryName name;
        private final Greeting.Session greeting;

        Session(RepositoryName name, Greeting.Session greeting) {
            this.name = name;
            this.greeting = greeting;
        }

        Greeting.Session greeting() {
            return greeting;
        }

        Map<String, String> headers() {
            return Map.of(
                    "content-type",
                    Route.CONTENT_TYPE,
                    "authorization",
                    "Bearer " + Base64.getUrlEncoder().withoutPadding().encodeToString(greeting.secret()));
        }

        Future<Reply> start(Request request) {
            return TestClient.this.start(
                    request.route().method(), request.route().path(name), headers(), body(request));
        }

        Reply reply(Request request) {
            return join(start(request));
        }

        Reply raw(Route route, byte[] body) {
            return send(route.method(), route.path(name), headers(), body);
        }

        /** The only frame of the answer, which must not be a problem. */
        Response ask(Request request) {
            return ResponseCodec.decode(request, reply(request).orThrow().frame());
        }

        /** All frames of the answer. */
        List<Response> stream(Request request) {
            List<Response> responses = new ArrayList<>();
            for (byte[] frame : reply(request).orThrow().frames()) {
                responses.add(ResponseCodec.decode(request, frame));
            }
            return responses;
        }
    }

    @Override
    public void close() {
        join(http.close());
        join(vertx.close());
    }
}
