package dev.cairn.server;

import dev.cairn.cas.StoreException;
import dev.cairn.replicator.RepositoryService;
import dev.cairn.replicator.protocol.FrameReader;
import dev.cairn.replicator.protocol.MalformedMessageException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemCodec;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.lang.System.Logger.Level;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One request and its answer. Watches that neither stands still for long, and tells when both are done with.
 *
 * <p>Threading: everything happens on the event loop of the connection, but for {@link #onLoop}, {@link #fail} and
 * {@link #isOver}, which any thread may call. Nothing blocks.
 */
final class Exchange {

    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

    /** HTTP/2 error codes. */
    private static final long NO_ERROR = 0;

    private static final long INTERNAL_ERROR = 2;
    private static final long CANCEL = 8;

    private static final int SLICE_BYTES = 64 << 10;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final ServerLimits limits;
    private final List<Runnable> whenOver = new ArrayList<>();
    private final long timer;
    private volatile boolean over;
    private boolean answered;
    private boolean streaming;
    private boolean requestEnded;
    private boolean reading;
    private long readSince;
    private long received;
    private long lastRead;
    private long unsent;
    private long lastWritten;

    /** To be called in the request's handler: the body rests until {@link #readBody}. */
    Exchange(HttpServerRequest request, Context context, ServerLimits limits) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.limits = limits;
        request.pause();
        request.exceptionHandler(e -> end());
        response.exceptionHandler(e -> end());
        response.closeHandler(v -> end());
        long watchMillis = Math.clamp(limits.stall().toMillis() / 4, 50, 5000);
        timer = context.owner().setPeriodic(watchMillis, id -> watch());
    }

    HttpServerRequest request() {
        return request;
    }

    /** Runs {@code task} on the event loop; what it throws fails the exchange. */
    void onLoop(Runnable task) {
        context.runOnContext(v -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    /** Whether the peer has gone, or has everything. */
    boolean isOver() {
        return over;
    }

    /** Runs {@code task} on the event loop once the exchange is over; at once if it is. */
    void whenOver(Runnable task) {
        if (over) {
            task.run();
        } else {
            whenOver.add(task);
        }
    }

    /**
     * Reads the body, in frames.
     *
     * @param bytesMax the longest body, prefixes of frames included
     * @param whole takes the frames, once, if all of them came
     */
    void readBody(long bytesMax, int frameBytesMax, int framesMax, Consumer<List<byte[]>> whole) {
        if (over || answered) {
            return;
        }
        FrameReader frames = new FrameReader(frameBytesMax);
        List<byte[]> complete = new ArrayList<>();
        request.handler(buffer -> {
            received += buffer.length();
            lastRead = System.nanoTime();
            if (answered) {
                return;
            }
            try {
                if (received > bytesMax) {
                    throw MalformedMessageException.tooLarge("bytes of the body", bytesMax, received);
                }
                complete.addAll(frames.read(buffer.getBytes()));
                if (complete.size() > framesMax) {
                    throw MalformedMessageException.tooLarge("frames of the body", framesMax, complete.size());
                }
            } catch (MalformedMessageException e) {
                complete.clear();
                fail(e);
            }
        });
        request.endHandler(v -> {
            requestEnded = true;
            reading = false;
            if (answered) {
                return;
            }
            if (frames.atFrameEnd()) {
                whole.accept(complete);
            } else {
                fail(MalformedMessageException.because("a body that ends within a frame"));
            }
        });
        beginReading();
    }

    private void beginReading() {
        reading = true;
        readSince = System.nanoTime();
        lastRead = readSince;
        request.resume();
    }

    /**
     * Answers with what went wrong; a stream that has begun is cut off. May be called from any thread; does nothing if another
     * answer is under way.
     */
    void fail(Throwable failure) {
        context.runOnContext(v -> {
            if (over || (answered && !streaming)) {
                return;
            }
            Problem problem = problem(failure, request);
            if (streaming) {
                reset(INTERNAL_ERROR);
            } else {
                refuse(problem);
            }
        });
    }

    /** Answers with a problem, if no answer is under way. */
    void refuse(Problem problem) {
        answer(problem.code().status(), Route.CONTENT_TYPE, ProblemCodec.encode(problem));
    }

    /** Answers with one frame, and with what time it is here: by that a person finds a clock that is wrong. */
    void answerDated(byte[] frame) {
        if (!answered && !over) {
            ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
            response.putHeader(HttpHeaders.DATE, DateTimeFormatter.RFC_1123_DATE_TIME.format(now));
        }
        answer(frame);
    }

    /** Answers with one frame, if no answer is under way. */
    void answer(byte[] frame) {
        answer(200, Route.CONTENT_TYPE, frame);
    }

    void answer(int status, String contentType, byte[] body) {
        if (answered || over) {
            return;
        }
        answered = true;
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        lastWritten = System.nanoTime();
        unsent += body.length;
        response.end(Buffer.buffer(body)).onComplete(done -> answerSent());
        dropRestOfBody();
    }

    /** Begins an answer of many frames. */
    void beginStream() {
        answered = true;
        streaming = true;
        response.setStatusCode(200)
                .putHeader(HttpHeaders.CONTENT_TYPE, Route.CONTENT_TYPE)
                .setChunked(true);
        dropRestOfBody();
    }

    boolean isAnswered() {
        return answered;
    }

    /** Sends some of the answer. The future completes when the socket has taken it, and fails if the peer is gone. */
    Future<Void> write(byte[] frame) {
        Future<Void> last = Future.succeededFuture();
        lastWritten = unsent == 0 ? System.nanoTime() : lastWritten;
        for (int at = 0; at < frame.length; at += SLICE_BYTES) {
            int length = Math.min(SLICE_BYTES, frame.length - at);
            unsent += length;
            last = response.write(Buffer.buffer(length).appendBytes(frame, at, length))
                    .onComplete(done -> {
                        unsent -= length;
                        lastWritten = System.nanoTime();
                    });
        }
        return last;
    }

    /** Ends the answer that {@link #beginStream} began. */
    void endStream() {
        streaming = false;
        if (!over) {
            response.end().onComplete(done -> answerSent());
        }
    }

    /** The peer may still be sending what nobody reads any more: a little of it is let by, so that it reads the answer. */
    private void dropRestOfBody() {
        if (!requestEnded && !reading && !over) {
            request.handler(buffer -> received += buffer.length());
            request.endHandler(v -> {
                requestEnded = true;
                reading = false;
            });
            beginReading();
        }
    }

    private void answerSent() {
        unsent = 0;
        if (requestEnded || over) {
            end();
        } else {
            // Whoever has the whole answer has no more to say. A client that is in the middle of its body gets a
            // moment.
            context.owner().setTimer(Math.min(limits.stall().toMillis(), 1000), id -> {
                if (!requestEnded && !over) {
                    reset(NO_ERROR);
                }
                end();
            });
        }
    }

    private void reset(long code) {
        try {
            response.reset(code);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a stream that cannot be reset", e);
        }
        end();
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        context.owner().cancelTimer(timer);
        whenOver.forEach(Runnable::run);
        whenOver.clear();
    }

    private void watch() {
        long now = System.nanoTime();
        long stall = limits.stall().toNanos();
        if (reading) {
            double seconds = (now - readSince) / (double) TimeUnit.SECONDS.toNanos(1);
            boolean isSlow = now - readSince > stall && received < seconds * limits.bodyBytesPerSecondMin();
            if (now - lastRead > stall || isSlow) {
                LOG.log(Level.DEBUG, "{0} of {1} bytes in {2} s: reset", request.path(), received, seconds);
                reset(CANCEL);
            }
        }
        if (unsent > 0 && now - lastWritten > stall) {
            LOG.log(Level.DEBUG, "{0}: the peer takes no more of the answer: reset", request.path());
            reset(CANCEL);
        }
    }

    /** What is told to the peer of a failure. What is nobody's fault but the server's is logged here. */
    static Problem problem(Throwable failure, HttpServerRequest request) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null -> problem(wrapped.getCause(), request);
            case ProblemException refusal -> logged(refusal.problem(), refusal, request);
            case MalformedMessageException malformed ->
                Problem.of(
                        malformed.isTooLarge() ? ProblemCode.TOO_LARGE : ProblemCode.MALFORMED,
                        String.valueOf(malformed.getMessage()),
                        "");
            case StoreException fault -> logged(RepositoryService.problem(fault, false), fault, request);
            default ->
                logged(
                        Problem.of(ProblemCode.INTERNAL, "the server failed at this request", "See the server's log."),
                        failure,
                        request);
        };
    }

    private static Problem logged(Problem problem, Throwable failure, HttpServerRequest request) {
        boolean isOwnFault = switch (problem.code()) {
            case INTERNAL, SERVER_DAMAGED -> true;
            // The disk, not a quota.
            case FULL -> failure instanceof StoreException || failure.getCause() instanceof StoreException;
            // Not a client of other versions, but files here that a later Cairn wrote.
            case VERSION -> failure instanceof StoreException;
            default -> false;
        };
        if (isOwnFault) {
            LOG.log(Level.WARNING, request.method() + " " + request.path() + ": " + problem.message(), failure);
        } else {
            LOG.log(Level.DEBUG, "{0} {1}: {2}", request.method(), request.path(), problem.message());
        }
        return problem;
    }
}
