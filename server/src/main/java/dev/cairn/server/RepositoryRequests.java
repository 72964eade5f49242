package dev.cairn.server;

import dev.cairn.replicator.Answer;
import dev.cairn.replicator.RepositoryService;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.RequestCodec;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.ResponseCodec;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Carries out the requests about repositories. The way of each: the session is looked up (event loop), its device is looked up
 * in the list of devices (worker), room for the body is taken, the body is read (event loop), the store is asked (worker), the
 * answer is sent (event loop).
 */
final class RepositoryRequests {

    private final ServerLimits limits;
    private final Greeter greeter;
    private final RepositoryShelf shelf;
    private final Workers workers;
    private final BodyBudget requestBudget;
    private final BodyBudget answerBudget;
    private final RequestCodec codec;

    RepositoryRequests(ServerLimits limits, Greeter greeter, RepositoryShelf shelf, Workers workers) {
        this.limits = limits;
        this.greeter = greeter;
        this.shelf = shelf;
        this.workers = workers;
        this.requestBudget = new BodyBudget(limits.bodyBytesInFlight(), limits.bodiesWaiting());
        this.answerBudget = new BodyBudget(limits.bodyBytesInFlight(), limits.bodiesWaiting());
        this.codec = new RequestCodec(limits.protocol());
    }

    /** Room for bodies of requests; for tests. */
    BodyBudget requestBudget() {
        return requestBudget;
    }

    /** Room for frames of answers; for tests. */
    BodyBudget answerBudget() {
        return answerBudget;
    }

    /**
     * Handles a request. On the event loop.
     *
     * @param session finds the session, on a worker; what it throws is the answer
     */
    void handle(Exchange exchange, Route route, RepositoryName name, Supplier<Sessions.Session> session) {
        long bytesMax = limits.protocol().bodyBytes(route);
        long announced = announcedBytes(exchange);
        if (announced > bytesMax) {
            exchange.refuse(Problem.of(
                    ProblemCode.TOO_LARGE, "a body of %d bytes; %d are allowed".formatted(announced, bytesMax), ""));
            return;
        }
        long bytes = announced < 0 ? bytesMax : announced;
        workers.run(exchange, () -> {
            Role role = greeter.role(session.get());
            if (!role.includes(route.role())) {
                throw new ProblemException(Problem.of(
                        ProblemCode.NOT_ALLOWED,
                        "this device may %s here; '%s' takes more"
                                .formatted(role.name().toLowerCase(Locale.ROOT), route.segment()),
                        "Ask whoever runs the server for a code of another role."));
            }
            exchange.onLoop(() -> takeRoom(exchange, new Asked(route, name, role), bytes));
        });
    }

    /** What is asked, and by whom. */
    private record Asked(Route route, RepositoryName name, Role role) {}

    /** The length that the request's head announces; -1 if it does not. */
    private static long announcedBytes(Exchange exchange) {
        String text = exchange.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (text == null) {
            return -1;
        }
        try {
            long bytes = Long.parseLong(text);
            return bytes < 0 ? Long.MAX_VALUE : bytes;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private void takeRoom(Exchange exchange, Asked asked, long bytes) {
        CompletableFuture<BodyBudget.Share> room = requestBudget.take(bytes);
        exchange.whenOver(() -> room.cancel(false));
        CompletableFuture<Void> reading =
                room.thenAccept(share -> exchange.onLoop(() -> read(exchange, asked, bytes, share)));
        reading.exceptionally(failure -> {
            exchange.fail(failure);
            return null;
        });
    }

    private void read(Exchange exchange, Asked asked, long bytes, BodyBudget.Share share) {
        boolean[] handedOn = new boolean[1];
        exchange.whenOver(() -> {
            if (!handedOn[0]) {
                share.close();
            }
        });
        int framesMax = asked.route() == Route.BATCH ? limits.protocol().batchRecords() + 1 : 1;
        exchange.readBody(bytes, limits.protocol().frameBytes(), framesMax, frames -> {
            handedOn[0] = true;
            workers.run(exchange, () -> carryOut(exchange, asked, frames, share), share::close);
        });
    }

    private void carryOut(Exchange exchange, Asked asked, List<byte[]> frames, BodyBudget.Share share) {
        Work work = null;
        boolean handedOn = false;
        try {
            Request request = codec.decode(asked.route(), frames);
            frames.clear();
            RepositoryShelf.Lease lease = request instanceof Request.Create create
                    ? shelf.openOrMake(asked.name(), create.repository(), create.configuration())
                    : shelf.open(asked.name());
            work = Work.begin(request, lease);
            RepositoryService service = new RepositoryService(work.store());
            if (request instanceof Request.Batch batch) {
                store(new Uploaded(exchange, service, batch, asked.role(), work, share));
                handedOn = true;
                return;
            }
            switch (service.answer(request, asked.role())) {
                case Answer.Whole whole -> {
                    work.answered();
                    byte[] frame = ResponseCodec.encode(asked.route(), whole.response(), false);
                    exchange.onLoop(() -> exchange.answer(frame));
                }
                case Answer.Streamed streamed -> {
                    FrameSender sender = new FrameSender(
                            exchange,
                            asked.route(),
                            streamed.stream(),
                            workers,
                            answerBudget,
                            limits.protocol().frameBytes(),
                            work::close);
                    handedOn = true;
                    share.close();
                    exchange.onLoop(sender::start);
                }
            }
        } finally {
            if (!handedOn) {
                share.close();
                if (work != null) {
                    work.close();
                }
            }
        }
    }

    /** A batch that was read, and what is held for it. */
    private record Uploaded(
            Exchange exchange,
            RepositoryService service,
            Request.Batch batch,
            Role role,
            Work work,
            BodyBudget.Share share) {

        void release() {
            share.close();
            work.close();
        }
    }

    /** Answers once the batch is durable, and the move done that it may bring. No thread waits for the former. */
    private void store(Uploaded uploaded) {
        CompletableFuture<Void> answered = uploaded.service()
                .put(uploaded.batch(), uploaded.role())
                .handle((stored, failure) -> {
                    if (failure != null) {
                        uploaded.release();
                        uploaded.exchange().fail(failure);
                    } else if (uploaded.batch().last() == null) {
                        uploaded.release();
                        answer(uploaded.exchange(), stored);
                    } else {
                        workers.run(uploaded.exchange(), () -> finish(uploaded, stored), uploaded::release);
                    }
                    return null;
                });
        if (answered.isCompletedExceptionally()) {
            uploaded.exchange().fail(new IllegalStateException("a batch whose outcome cannot be told"));
        }
    }

    private static void finish(Uploaded uploaded, Response.BatchStored stored) {
        try {
            Response.BatchStored finished = uploaded.service().finish(uploaded.batch(), stored, uploaded.role());
            uploaded.work().answered();
            answer(uploaded.exchange(), finished);
        } finally {
            uploaded.release();
        }
    }

    private static void answer(Exchange exchange, Response.BatchStored stored) {
        byte[] frame = ResponseCodec.encode(Route.BATCH, stored, false);
        exchange.onLoop(() -> exchange.answer(frame));
    }
}
