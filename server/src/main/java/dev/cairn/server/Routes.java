package dev.cairn.server;

import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.MalformedMessageException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Where each request goes. Knows how many are under way, and stops taking new ones when told to.
 *
 * <p>Threading: requests come on event loops, which this never blocks; {@link #drain} may be called from any other thread.
 */
final class Routes implements Handler<HttpServerRequest> {

    private static final String HEALTH_PATH = "/health";

    /** The protocol version of the paths below. */
    private static final int PROTOCOL = 1;

    private static final int PATH_CHARS_MAX = 256;

    /** Greetings under way at once: the most work that strangers can ask for. */
    private static final int GREETINGS_MAX = 256;

    private final Vertx vertx;
    private final ServerLimits limits;
    private final Greeter greeter;
    private final Sessions sessions;
    private final RepositoryRequests repositories;
    private final Workers workers;
    private final AtomicInteger greetings = new AtomicInteger();
    private final Object activity = new Object();
    private int active;
    private volatile boolean draining;

    Routes(
            Vertx vertx,
            ServerLimits limits,
            Greeter greeter,
            Sessions sessions,
            RepositoryRequests repositories,
            Workers workers) {
        this.vertx = vertx;
        this.limits = limits;
        this.greeter = greeter;
        this.sessions = sessions;
        this.repositories = repositories;
        this.workers = workers;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            request.connection().close();
            return;
        }
        Context context = vertx.getOrCreateContext();
        Exchange exchange = new Exchange(request, context, limits);
        begin();
        exchange.whenOver(this::over);
        try {
            route(exchange);
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    private void route(Exchange exchange) {
        String method = exchange.request().method().name();
        String path = exchange.request().path();
        if (path == null || path.length() > PATH_CHARS_MAX) {
            exchange.refuse(noRoute());
        } else if (method.equals("GET") && path.equals(HEALTH_PATH)) {
            exchange.answer(
                    draining ? 503 : 200,
                    "text/plain",
                    (draining ? "stopping\n" : "ok\n").getBytes(StandardCharsets.US_ASCII));
        } else if (draining) {
            exchange.refuse(Problem.busy("the server is stopping", 2));
        } else if (method.equals("POST") && path.equals(Route.HELLO_PATH)) {
            greet(exchange, frame -> GreetingCodec.encode(greeter.hello(GreetingCodec.decodeHello(frame))));
        } else if (method.equals("POST") && path.equals(Route.ENROL_PATH)) {
            greet(
                    exchange,
                    frame -> GreetingCodec.encode(greeter.enrol(
                            GreetingCodec.decodeEnrol(frame),
                            HttpListener.fingerprint(exchange.request().connection()))));
        } else if (method.equals("POST") && path.equals(Route.SESSION_PATH)) {
            greet(
                    exchange,
                    frame -> GreetingCodec.encode(greeter.session(
                            GreetingCodec.decodeToken(frame),
                            HttpListener.fingerprint(exchange.request().connection()))));
        } else {
            repository(exchange, method, path);
        }
    }

    private void repository(Exchange exchange, String method, String path) {
        String[] segments = path.split("/", -1);
        boolean isRepository = segments.length == 5
                && segments[0].isEmpty()
                && segments[1].equals("v1")
                && RepositoryName.isName(segments[2])
                && RepositoryName.isName(segments[3]);
        Optional<Route> route = isRepository ? Route.find(method, segments[4]) : Optional.empty();
        if (route.isEmpty()) {
            exchange.refuse(noRoute());
            return;
        }
        if (!method.equals("GET") && !hasContentType(exchange)) {
            return;
        }
        RepositoryName name = new RepositoryName(segments[2], segments[3]);
        Optional<Credentials> credentials = Credentials.of(exchange.request());
        Optional<Sessions.Session> session =
                credentials.map(Credentials::secret).flatMap(sessions::find);
        if (session.isPresent() && !session.get().name().equals(name)) {
            exchange.refuse(Greeter.notAllowed().problem());
        } else if (session.isPresent()) {
            repositories.handle(exchange, route.get(), name, session::get);
        } else if (credentials.orElse(null) instanceof Credentials.Channel channel) {
            introduce(exchange, route.get(), name, channel);
        } else {
            exchange.refuse(
                    Problem.of(ProblemCode.TOKEN_EXPIRED, "no session, or one that has ended", "Open a new session."));
        }
    }

    /** The first request of a device on its connection: until its token is checked it is a stranger's. */
    private void introduce(Exchange exchange, Route route, RepositoryName name, Credentials.Channel channel) {
        if (greetings.incrementAndGet() > GREETINGS_MAX) {
            greetings.decrementAndGet();
            exchange.refuse(tooManyGreetings());
            return;
        }
        AtomicBoolean isCounted = new AtomicBoolean(true);
        Runnable checked = () -> {
            if (isCounted.compareAndSet(true, false)) {
                greetings.decrementAndGet();
            }
        };
        exchange.whenOver(checked);
        Fingerprint fingerprint = HttpListener.fingerprint(exchange.request().connection());
        repositories.handle(exchange, route, name, () -> {
            try {
                return greeter.session(
                        channel.token(), channel.secret(), PROTOCOL, name, channel.channel(), fingerprint);
            } finally {
                checked.run();
            }
        });
    }

    /** Reads one small frame, answers it on a worker. */
    private void greet(Exchange exchange, UnaryOperator<byte[]> answer) {
        if (!hasContentType(exchange)) {
            return;
        }
        if (greetings.incrementAndGet() > GREETINGS_MAX) {
            greetings.decrementAndGet();
            exchange.refuse(tooManyGreetings());
            return;
        }
        exchange.whenOver(greetings::decrementAndGet);
        int frameBytes = ProtocolLimits.GREETING_FRAME_BYTES_MAX;
        exchange.readBody(
                frameBytes + 5L,
                frameBytes,
                1,
                frames -> workers.run(exchange, () -> {
                    if (frames.size() != 1) {
                        throw MalformedMessageException.because("a body of one frame, not " + frames.size());
                    }
                    byte[] frame = answer.apply(frames.getFirst());
                    exchange.onLoop(() -> exchange.answerDated(frame));
                }));
    }

    private static boolean hasContentType(Exchange exchange) {
        boolean isCairn = Route.CONTENT_TYPE.equals(exchange.request().getHeader(HttpHeaders.CONTENT_TYPE));
        if (!isCairn) {
            exchange.refuse(Problem.of(ProblemCode.MALFORMED, "the body is not of type " + Route.CONTENT_TYPE, ""));
        }
        return isCairn;
    }

    private static Problem tooManyGreetings() {
        return Problem.busy("the server is busy with other greetings", 1);
    }

    private static Problem noRoute() {
        return Problem.of(
                ProblemCode.NO_REPOSITORY,
                "nothing is there: a remote's URL is https://HOST:PORT/TENANT/REPOSITORY",
                "Check the remote's URL.");
    }

    private void begin() {
        synchronized (activity) {
            active++;
        }
    }

    private void over() {
        synchronized (activity) {
            active--;
            activity.notifyAll();
        }
    }

    /** Refuses new requests from now on. */
    void drain() {
        draining = true;
    }

    /**
     * Waits until no request is under way.
     *
     * @return whether that came about
     */
    boolean awaitIdle(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        synchronized (activity) {
            while (active > 0) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    return false;
                }
                activity.wait(millis);
            }
            return true;
        }
    }
}
