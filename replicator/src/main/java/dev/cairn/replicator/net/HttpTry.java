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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One try of one request, on a thread that may wait: writes the body as fast as the peer takes it, then reads the answer
 * frame by frame. Not thread-safe.
 */
final class HttpTry {

    /** A frame is written in slices, so that its progress is seen. */
    private static final int SLICE_BYTES = 64 << 10;

    private static final int SLICES_UNDER_WAY_MAX = 32;
    private static final int PROBLEM_BYTES_MAX = 256 << 10;

    private final HttpClientRequest request;
    private final Context context;
    private final LongSupplier movedBytes;
    private final LongSupplier receivedBytes;
    private final Deadlines deadlines;
    private final int frameBytesMax;
    private final Pace pace = new Pace(System::nanoTime);
    private long movedBefore;
    private long receivedBefore;
    private boolean finished;
    private @Nullable Instant date;

    /**
     * A try that has not begun.
     *
     * @param movedBytes over the connection so far, in both directions, for whatever request
     * @param receivedBytes those of them that came in
     */
    HttpTry(
            HttpClientRequest request,
            Context context,
            LongSupplier movedBytes,
            LongSupplier receivedBytes,
            Deadlines deadlines,
            int frameBytesMax) {
        this.request = request;
        this.context = context;
        this.movedBytes = movedBytes;
        this.receivedBytes = receivedBytes;
        this.deadlines = deadlines;
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
     * @param written called once the body is on its way, or is not wanted any more
     * @return the problem that the server answered, or null if it answered with frames
     * @throws TransportFault if it may go better another time
     */
    @Nullable
    Problem run(List<byte[]> body, Runnable written, FrameConsumer consumer) throws InterruptedException {
        try {
            CompletableFuture<ReceivedBody> answer = request.response()
                    .map(response -> new ReceivedBody(response, context))
                    .toCompletionStage()
                    .toCompletableFuture();
            write(body, answer);
            written.run();
            ReceivedBody received = await(answer);
            date = received.date();
            if (received.status() != 200) {
                return problem(received);
            }
            read(received, consumer);
            return null;
        } catch (MalformedMessageException e) {
            throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
        } catch (TransportFault e) {
            if (e.isSilence() && receivedBytes.getAsLong() == receivedBefore) {
                // A connection over which nothing comes may be dead for good, though a new one would do.
                request.connection().close();
            }
            throw e;
        } finally {
            if (!finished) {
                request.reset();
            }
        }
    }

    /** What time it was at the server when it answered; null if it did not say. */
    @Nullable
    Instant date() {
        return date;
    }

    private void write(List<byte[]> body, CompletableFuture<ReceivedBody> answer) throws InterruptedException {
        if (body.size() <= 1) {
            request.end(body.isEmpty() ? Buffer.buffer() : Buffer.buffer(body.get(0)));
            return;
        }
        long bytes = body.stream().mapToLong(frame -> frame.length).sum();
        request.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(bytes));
        Deque<Future<Void>> writes = new ArrayDeque<>();
        for (byte[] frame : body) {
            for (int at = 0; at < frame.length; at += SLICE_BYTES) {
                int length = Math.min(SLICE_BYTES, frame.length - at);
                writes.add(request.write(Buffer.buffer(length).appendBytes(frame, at, length)));
                while (writes.size() > SLICES_UNDER_WAY_MAX) {
                    awaitWritten(writes.remove(), answer);
                }
                if (answer.isDone()) {
                    return; // The server refuses without having read everything.
                }
                pace.waited(pace.mark(), length);
                requirePace();
            }
        }
        writes.add(request.end());
        while (!writes.isEmpty()) {
            awaitWritten(writes.remove(), answer);
        }
    }

    /** Waits until bytes are written or an answer has begun, for as long as anything moves on the connection. */
    private void awaitWritten(Future<Void> write, CompletableFuture<ReceivedBody> answer) throws InterruptedException {
        CompletableFuture<Object> either =
                CompletableFuture.anyOf(write.toCompletionStage().toCompletableFuture(), answer);
        do {
            requirePace();
        } while (!isDone(either, deadlines.silence()) && movedBytes.getAsLong() > movedBefore);
        if (!either.isDone()) {
            throw silence(deadlines.silence());
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
        movedBefore = movedBytes.getAsLong();
        receivedBefore = receivedBytes.getAsLong();
        byte[] bytes = received.read(deadlines.silence());
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

    private ReceivedBody await(CompletableFuture<ReceivedBody> answer) throws InterruptedException {
        if (!isDone(answer, deadlines.answer())) {
            throw silence(deadlines.answer());
        }
        return answer.join();
    }

    /** Waits; tells whether it was long enough. */
    private boolean isDone(CompletableFuture<?> future, Duration longest) throws InterruptedException {
        long mark = pace.mark();
        movedBefore = movedBytes.getAsLong();
        receivedBefore = receivedBytes.getAsLong();
        try {
            future.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            throw new TransportFault("the connection broke", e.getCause());
        } catch (TimeoutException e) {
            return false;
        } finally {
            pace.waited(mark, 0);
        }
    }

    private static TransportFault silence(Duration time) {
        return TransportFault.silence("nothing happened for %s s".formatted(time.toMillis() / 1000.0));
    }
}
