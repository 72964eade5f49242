package dev.cairn.server;

import dev.cairn.replicator.ResponseStream;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.ResponseCodec;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends a stream of frames at the pace of the peer: frames are made by a worker while the socket takes the previous ones, and
 * no thread waits. Memory: {@value #AHEAD_BYTES} bytes ahead of the socket and one frame, which count against the budget of
 * all answers.
 */
final class FrameSender {

    /** Frames are made together up to this, to spare small ones the way between threads. */
    private static final int PIECE_BYTES = 256 << 10;

    /** More frames are made while less than this waits for the socket. */
    private static final long AHEAD_BYTES = 1 << 20;

    private final Exchange exchange;
    private final Route route;
    private final ResponseStream stream;
    private final Workers workers;
    private final BodyBudget budget;
    private final String party;
    private final long frameBytesMax;
    private final Runnable done;
    private CompletableFuture<BodyBudget.Share> waiting = new CompletableFuture<>();
    private boolean making;
    private boolean ended;
    private boolean finished;
    private long unsent;

    /** Some frames, in their order. */
    private record Piece(List<byte[]> frames, long bytes, boolean isLast) {}

    /**
     * A sender that has not begun.
     *
     * @param party whose room in the budget it takes: a tenant
     * @param done runs once, on the event loop, when {@code stream} is asked no more
     */
    FrameSender(
            Exchange exchange,
            Route route,
            ResponseStream stream,
            Workers workers,
            BodyBudget budget,
            String party,
            long frameBytesMax,
            Runnable done) {
        this.exchange = exchange;
        this.route = route;
        this.stream = stream;
        this.workers = workers;
        this.budget = budget;
        this.party = party;
        this.frameBytesMax = frameBytesMax;
        this.done = done;
    }

    /** The room that it takes before it makes frames, where none is longer than {@code frameBytesMax}. */
    static long roomBytes(long frameBytesMax) {
        return frameBytesMax + PIECE_BYTES;
    }

    /** Begins; on the event loop. */
    void start() {
        exchange.whenOver(() -> {
            waiting.cancel(false);
            advance();
        });
        advance();
    }

    private void advance() {
        if (making) {
            return;
        }
        if (ended || exchange.isOver()) {
            finish();
        } else if (unsent < AHEAD_BYTES) {
            making = true;
            try {
                waiting = budget.take(party, roomBytes(frameBytesMax));
            } catch (ProblemException e) {
                stop(e);
                return;
            }
            CompletableFuture<Void> made =
                    waiting.thenAccept(taken -> workers.run(exchange, () -> make(taken), () -> unmade(taken)));
            made.exceptionally(failure -> {
                exchange.onLoop(() -> stop(failure));
                return null;
            });
        }
    }

    private void make(BodyBudget.Share share) {
        Piece piece;
        try {
            piece = next();
            share.shrink(piece.bytes());
        } catch (Throwable e) {
            share.close();
            exchange.onLoop(() -> stop(e));
            return;
        }
        exchange.onLoop(() -> send(piece, share));
    }

    private void unmade(BodyBudget.Share share) {
        share.close();
        exchange.onLoop(() -> stop(new ProblemException(Problem.busy("the server has too much to do", 2))));
    }

    private Piece next() {
        List<byte[]> frames = new ArrayList<>();
        long bytes = 0;
        boolean isLast = false;
        while (bytes < PIECE_BYTES && !isLast && !exchange.isOver()) {
            Response response = stream.next();
            byte[] frame = ResponseCodec.encode(route, response, true);
            frames.add(frame);
            bytes += frame.length;
            isLast = response instanceof Response.End;
        }
        return new Piece(frames, bytes, isLast);
    }

    private void send(Piece piece, BodyBudget.Share share) {
        making = false;
        if (exchange.isOver()) {
            share.close();
            finish();
            return;
        }
        if (!exchange.isAnswered()) {
            exchange.beginStream();
        }
        unsent += piece.bytes();
        Future<Void> last = Future.succeededFuture();
        for (byte[] frame : piece.frames()) {
            last = exchange.write(frame);
        }
        last.onComplete(sent -> {
            share.close();
            unsent -= piece.bytes();
            advance();
        });
        if (piece.isLast()) {
            ended = true;
            exchange.endStream();
        }
        advance();
    }

    /** The answer cannot go on: a status if it has not begun, else a last frame that says why. */
    private void stop(Throwable failure) {
        making = false;
        ended = true;
        if (!exchange.isOver()) {
            if (exchange.isAnswered()) {
                Problem problem = Exchange.problem(failure, exchange.request());
                exchange.write(ResponseCodec.encode(route, problem, true));
                exchange.endStream();
            } else {
                exchange.fail(failure);
            }
        }
        finish();
    }

    private void finish() {
        if (!finished) {
            finished = true;
            done.run();
        }
    }
}
