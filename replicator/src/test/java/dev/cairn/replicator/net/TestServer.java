package dev.cairn.replicator.net;

import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.replicator.Answer;
import dev.cairn.replicator.RepositoryService;
import dev.cairn.replicator.ResponseStream;
import dev.cairn.replicator.protocol.Claims;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.FrameReader;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.MalformedMessageException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemCodec;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.ProtocolVersions;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.RequestCodec;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.ResponseCodec;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import dev.cairn.replicator.protocol.ServerId;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A small server for tests of the client: one repository, one device, faults on demand. It answers from memory and keeps no
 * rules but those that the tests are about.
 */
final class TestServer implements AutoCloseable {

    private static final RequestCodec REQUESTS = new RequestCodec(ProtocolLimits.DEFAULT);

    final ServerId id = new ServerId(1, new SecureRandom().nextLong());
    final DeviceKey device = DeviceKey.random();
    final Set<String> sessions = ConcurrentHashMap.newKeySet();
    final AtomicInteger sessionsOpened = new AtomicInteger();
    final AtomicInteger answered = new AtomicInteger();
    final Map<String, byte[]> nonces = new ConcurrentHashMap<>();
    volatile ProtocolVersions versions = ProtocolVersions.OWN;

    /** Requests whose connection is cut instead of an answer. */
    volatile Predicate<Request> cut = request -> false;

    /** Requests whose stream is cut after its first frame. */
    volatile Predicate<Request> cutStream = request -> false;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer http;
    private final @Nullable Fingerprint fingerprint;
    private volatile @Nullable InMemoryObjectStore store;

    /**
     * @param keys a PKCS #12 file with the password "changeit" for TLS, or null for none
     */
    TestServer(@Nullable Path keys, @Nullable Fingerprint fingerprint) throws Exception {
        this.fingerprint = fingerprint;
        HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
        if (keys != null) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setAlpnVersions(List.of(HttpVersion.HTTP_2))
                    .setKeyCertOptions(new PfxOptions().setPath(keys.toString()).setPassword("changeit"));
        }
        http = vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    int port() {
        return http.actualPort();
    }

    ObjectStore store() {
        InMemoryObjectStore current = store;
        if (current == null) {
            throw new IllegalStateException("nothing was pushed yet");
        }
        return current;
    }

    void serve(InMemoryObjectStore other) {
        store = other;
    }

    /** Makes a key and a self-signed certificate with the JDK's own tool. */
    static Path makeKeys(Path folder, String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=elsewhere",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed");
        }
        return file;
    }

    private void handle(HttpServerRequest request) {
        request.body()
                .onSuccess(body -> Thread.ofVirtual().start(() -> {
                    try {
                        answer(request, body.getBytes());
                    } catch (ProblemException e) {
                        refuse(request.response(), e.problem());
                    } catch (MalformedMessageException e) {
                        refuse(
                                request.response(),
                                Problem.of(ProblemCode.MALFORMED, String.valueOf(e.getMessage()), ""));
                    }
                }));
    }

    private static void refuse(HttpServerResponse response, Problem problem) {
        response.setStatusCode(problem.code().status()).end(Buffer.buffer(ProblemCodec.encode(problem)));
    }

    private void answer(HttpServerRequest request, byte[] body) {
        List<byte[]> frames = new FrameReader(ProtocolLimits.DEFAULT.frameBytes()).read(body);
        switch (request.path()) {
            case Route.HELLO_PATH -> greet(request, hello(GreetingCodec.decodeHello(frames.get(0))));
            case Route.SESSION_PATH -> greet(request, session(GreetingCodec.decodeToken(frames.get(0))));
            case Route.ENROL_PATH -> greet(request, enrol(GreetingCodec.decodeEnrol(frames.get(0))));
            case String path -> {
                String bearer = request.getHeader("authorization");
                if (bearer == null || !sessions.contains(bearer)) {
                    throw new ProblemException(Problem.of(ProblemCode.TOKEN_EXPIRED, "no session", ""));
                }
                Route route = Route.find(request.method().name(), path.substring(path.lastIndexOf('/') + 1))
                        .orElseThrow();
                serve(request, route, REQUESTS.decode(route, frames));
            }
        }
    }

    private static void greet(HttpServerRequest request, Greeting greeting) {
        request.response().end(Buffer.buffer(GreetingCodec.encode(greeting)));
    }

    private Greeting hello(Greeting.Hello hello) {
        int protocol = versions.highestShared(hello.versions())
                .orElseThrow(() -> new ProblemException(versions.mismatch(hello.versions())));
        byte[] nonce = new byte[Greeting.SECRET_BYTES];
        new SecureRandom().nextBytes(nonce);
        nonces.put(Arrays.toString(nonce), nonce);
        return new Greeting.HelloAnswer(
                protocol, versions, List.of(), ProtocolLimits.DEFAULT, id, nonce, 60, "test server");
    }

    private Greeting session(Greeting.Token token) {
        byte[] claim = Claims.token(token.device(), id, fingerprint, token.name(), token.nonce());
        if (nonces.remove(Arrays.toString(token.nonce())) == null
                || !DeviceKey.verify(device.publicKey(), claim, token.signature())) {
            throw new ProblemException(Problem.of(ProblemCode.TOKEN_REFUSED, "the token does not hold", ""));
        }
        byte[] secret = new byte[Greeting.SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        sessions.add("Bearer " + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
        sessionsOpened.incrementAndGet();
        return new Greeting.Session(secret, 300, Role.WRITE);
    }

    private Greeting enrol(Greeting.Enrol enrol) {
        byte[] claim = Claims.enrolment(id, fingerprint, enrol.nonce(), enrol.code(), enrol.publicKey(), enrol.name());
        if (!Claims.canonicalCode(enrol.code()).equals("GOODCODE")
                || !DeviceKey.verify(enrol.publicKey(), claim, enrol.signature())) {
            throw new ProblemException(Problem.of(ProblemCode.ENROLMENT_REFUSED, "no such code", ""));
        }
        return new Greeting.Enrolled(device.id(), "default", "", Role.ADMIN);
    }

    private void serve(HttpServerRequest http, Route route, Request request) {
        answered.incrementAndGet();
        if (cut.test(request)) {
            var _ = http.connection().close();
            return;
        }
        InMemoryObjectStore current = store;
        if (request instanceof Request.Create create && current == null) {
            current = new InMemoryObjectStore(create.repository());
            store = current;
        }
        if (current == null) {
            throw new ProblemException(Problem.of(ProblemCode.NO_REPOSITORY, "nothing here", ""));
        }
        switch (new RepositoryService(current, 1).answer(request, Role.WRITE)) {
            case Answer.Whole(Response.One one) ->
                http.response().end(Buffer.buffer(ResponseCodec.encode(route, one, false)));
            case Answer.Streamed(ResponseStream stream) -> stream(http, route, request, stream);
        }
    }

    private void stream(HttpServerRequest http, Route route, Request request, ResponseStream stream) {
        http.response().setChunked(true);
        while (true) {
            Response next = stream.next();
            var written = http.response().write(Buffer.buffer(ResponseCodec.encode(route, next, true)));
            if (cutStream.test(request)) {
                var _ = http.response().reset(8);
                return;
            }
            written.toCompletionStage().toCompletableFuture().join();
            if (next instanceof Response.End) {
                http.response().end();
                return;
            }
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
