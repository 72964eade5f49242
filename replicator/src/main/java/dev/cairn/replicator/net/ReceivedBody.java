package dev.cairn.replicator.net;

import io.vertx.core.Context;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as it arrives, read by one thread that may wait, written by the event loop. Asks the stream for a
 * few pieces at a time, so that HTTP/2 flow control stops a server that sends faster than the reader reads.
 */
final class ReceivedBody {

    private static final int PIECES = 8;

    private final HttpClientResponse response;
    private final Context context;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private int asked;

    private sealed interface Piece {
        record Bytes(byte[] bytes) implements Piece {}

        record End() implements Piece {}

        record Fault(Throwable cause) implements Piece {}
    }

    /** To be made on the event loop, before any of the body can have come. */
    ReceivedBody(HttpClientResponse response, Context context) {
        this.response = response;
        this.context = context;
        response.pause();
        response.handler(buffer -> pieces.add(new Piece.Bytes(buffer.getBytes())));
        response.endHandler(end -> pieces.add(new Piece.End()));
        response.exceptionHandler(cause -> pieces.add(new Piece.Fault(cause)));
    }

    /** What time it was at the server, to the second; null if it does not say. */
    @Nullable
    Instant date() {
        String date = response.getHeader(HttpHeaders.DATE);
        try {
            return date == null ? null : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
        } catch (DateTimeException e) {
            return null;
        }
    }

    int status() {
        return response.statusCode();
    }

    /**
     * Waits for further bytes.
     *
     * @return null at the end
     * @throws TransportFault if the stream broke, or nothing came in time
     */
    byte @Nullable [] read(Duration longest) throws InterruptedException {
        if (asked == 0) {
            asked = PIECES;
            context.runOnContext(run -> response.fetch(PIECES));
        }
        Piece piece = pieces.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        return switch (piece) {
            case null -> throw TransportFault.silence("nothing came for %s s".formatted(longest.toMillis() / 1000.0));
            case Piece.Bytes(byte[] bytes) -> {
                asked--;
                yield bytes;
            }
            case Piece.End end -> null;
            case Piece.Fault(Throwable cause) -> throw new TransportFault("the connection broke", cause);
        };
    }
}
