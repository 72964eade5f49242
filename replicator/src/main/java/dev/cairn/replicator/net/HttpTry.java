package dev.cairn.replicator.net;

import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.protocol.FrameReader;
import dev.cairn.replicator.protocol.MalformedMessageException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemCodec;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One try of one request, on a thread that may wait: writes the body as fast as the peer takes it, then reads the answer
 * frame by frame. Not thread-safe.
 */
final class HttpTry {

    /** How long nothing at all may happen. */
    private static final long SILENCE_MILLIS = 30_000;

    /** How long a server may take to begin its answer: it commits, or looks for records. */
    private static final long ANSWER_MILLIS = 120_000;

    private static final int WRITES_UNDER_WAY_MAX = 2;
    private static final int PROBLEM_BYTES_MAX = 256 << 10;

    private final HttpClientRequest request;
    private final Context context;
    private final int frameBytesMax;
    private final Pace pace = new Pace(System::nanoTime);
    private boolean finished;

    HttpTry(HttpClientRequest request, Context context, int frameBytesMax) {
        this.request = request;
        this.context = context;
        this.frameBytesMax = frameBytesMax;
    }

    /** Takes the frames of an answer with status 200. */
    @FunctionalInterface
    interface FrameConsumer {
        /** Takes a frame; tells whether a further one may follow. */
        boolean accept(byte[] frame) throws InterruptedException;
    }

    /**
     * Carries the request out.
     *
     * @return the problem that the server answered, or null if it answered with frames
     * @throws TransportFault if it may go better another time
     */
    @Nullable
    Problem run(List<byte[]> body, FrameConsumer consumer) throws InterruptedException {
        try {
            Future<ReceivedBody> answer = request.response().map(response -> new ReceivedBody(response, context));
            write(body, answer);
            ReceivedBody received = await(answer, ANSWER_MILLIS);
            if (received.status() != 200) {
                return problem(received);
            }
            read(received, consumer);
            return null;
        } catch (MalformedMessageException e) {
            throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
        } finally {
            if (!finished) {
                request.reset();
            }
        }
    }

    private void write(List<byte[]> body, Future<ReceivedBody> answer) throws InterruptedException {
        if (body.size() <= 1) {
            request.end(body.isEmpty() ? Buffer.buffer() : Buffer.buffer(body.get(0)));
            return;
        }
        long bytes = body.stream().mapToLong(frame -> frame.length).sum();
        request.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(bytes));
        Deque<Future<Void>> writes = new ArrayDeque<>();
        for (byte[] frame : body) {
            if (answer.isComplete()) {
                break; // The server refuses without having read everything.
            }
            writes.add(request.write(Buffer.buffer(frame)));
            while (writes.size() > WRITES_UNDER_WAY_MAX) {
                await(writes.remove(), SILENCE_MILLIS);
            }
            pace.waited(pace.mark(), frame.length);
            requirePace();
        }
        if (!answer.isComplete()) {
            request.end();
        }
    }

    private void read(ReceivedBody received, FrameConsumer consumer) throws InterruptedException {
        FrameReader reader = new FrameReader(frameBytesMax);
        boolean mayFollow = true;
        for (byte[] bytes = next(received); bytes != null; bytes = next(received)) {
            for (byte[] frame : reader.read(bytes)) {
                if (!mayFollow) {
                    throw MalformedMessageException.because("a frame after the last");
                }
                mayFollow = consumer.accept(frame);
            }
        }
        finished = true;
        if (mayFollow || !reader.atFrameEnd()) {
            throw new TransportFault("the answer ended early", null);
        }
    }

    private byte @Nullable [] next(ReceivedBody received) throws InterruptedException {
        long mark = pace.mark();
        byte[] bytes = received.read(SILENCE_MILLIS);
        pace.waited(mark, bytes == null ? 0 : bytes.length);
        requirePace();
        return bytes;
    }

    private void requirePace() {
        if (pace.isTooSlow()) {
            throw new TransportFault("less than %d bytes a second".formatted(Pace.BYTES_PER_SECOND_MIN), null);
        }
    }

    private Problem problem(ReceivedBody received) throws InterruptedException {
        int status = received.status();
        FrameReader reader = new FrameReader(PROBLEM_BYTES_MAX);
        int length = 0;
        for (byte[] bytes = next(received); bytes != null; bytes = next(received)) {
            length += bytes.length;
            if (length > PROBLEM_BYTES_MAX) {
                break;
            }
            try {
                List<byte[]> frames = reader.read(bytes);
                if (!frames.isEmpty()) {
                    return ProblemCodec.decode(status, frames.get(0));
                }
            } catch (MalformedMessageException e) {
                break;
            }
        }
        return Problem.of(ProblemCode.ofStatus(status), "status %d without an explanation".formatted(status), "");
    }

    private <T> T await(Future<T> future, long millisMax) throws InterruptedException {
        long mark = pace.mark();
        try {
            return future.toCompletionStage().toCompletableFuture().get(millisMax, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new TransportFault("the connection broke", e.getCause());
        } catch (TimeoutException e) {
            throw new TransportFault("nothing happened for %d s".formatted(millisMax / 1000), null);
        } finally {
            pace.waited(mark, 0);
        }
    }
}
