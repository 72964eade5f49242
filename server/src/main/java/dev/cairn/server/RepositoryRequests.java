package dev.cairn.server;

import dev.cairn.cas.BranchMove;
import dev.cairn.cas.Note;
import dev.cairn.cas.NoteKind;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.StoreException;
import dev.cairn.replicator.Answer;
import dev.cairn.replicator.RepositoryService;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.LogHead;
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
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    private final RequestsUnderWay underWay;
    private final Quotas quotas;
    private final AuditLogs audit;
    private final Ledger ledger;

    RepositoryRequests(
            ServerLimits limits,
            Greeter greeter,
            DataFolder folder,
            Quotas quotas,
            RepositoryShelf shelf,
            AuditLogs audit,
            Workers workers) {
        this.audit = audit;
        this.limits = limits;
        this.greeter = greeter;
        this.shelf = shelf;
        this.workers = workers;
        this.requestBudget = new BodyBudget(limits.bodyBytesInFlight(), limits.bodiesWaiting());
        this.answerBudget = new BodyBudget(limits.bodyBytesInFlight(), limits.bodiesWaiting());
        this.codec = new RequestCodec(limits.protocol());
        this.underWay = new RequestsUnderWay(limits.requestsPerTenant());
        this.quotas = quotas;
        this.ledger = new Ledger(folder, quotas, shelf);
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
        underWay.begin(name);
        exchange.whenOver(() -> underWay.ended(name));
        workers.run(exchange, () -> {
            Sessions.Session open = session.get();
            Asked asked = new Asked(route, name, open.device(), greeter.role(open), greeter.uploader(open));
            try {
                RepositoryService.requireRole(asked.role(), route);
            } catch (ProblemException e) {
                refused(asked, e);
                throw e;
            }
            underWay.require(name, quotas.ofTenant(name), quotas.ofRepository(name));
            exchange.onLoop(() -> takeRoom(exchange, asked, bytes));
        });
    }

    /** What is asked, and by whom. */
    private record Asked(Route route, RepositoryName name, DeviceId device, Role role, int uploader) {}

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
        CompletableFuture<BodyBudget.Share> room =
                requestBudget.take(asked.name().tenant(), bytes);
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
            RepositoryService service = new RepositoryService(work.store(), asked.uploader());
            if (request instanceof Request.Batch batch) {
                store(new Uploaded(exchange, asked, service, batch, work, share));
                handedOn = true;
                return;
            }
            switch (answer(asked, work.store(), service, request)) {
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
                            asked.name().tenant(),
                            limits.protocol().frameBytes(),
                            work::close);
                    handedOn = true;
                    share.close();
                    exchange.onLoop(sender::start);
                }
            }
        } catch (ProblemException e) {
            refused(asked, e);
            throw e;
        } finally {
            if (!handedOn) {
                share.close();
                if (work != null) {
                    work.close();
                }
            }
        }
    }

    /** Carries a request out; what changes the repository is in the log before the answer goes. */
    private Answer answer(Asked asked, ObjectStore store, RepositoryService service, Request request) {
        switch (request) {
            case Request.Move move -> {
                Answer answer = ledger.moving(asked.name(), store, move, () -> service.answer(move, asked.role()));
                moved(asked, move, answer instanceof Answer.Whole(Response.Moved moved) ? moved.outcome() : null);
                return answer;
            }
            case Request.Configure configure -> {
                Answer answer = service.answer(configure, asked.role());
                audit.done(
                        asked.name(),
                        asked.device(),
                        AuditEntry.Operation.CONFIGURE,
                        AuditDetails.of("from", configure.expectedRevision(), "bytes", configure.content().length));
                return answer;
            }
            case Request.Annotate annotate -> {
                Answer answer = service.answer(annotate, asked.role());
                audit.done(
                        asked.name(),
                        asked.device(),
                        AuditEntry.Operation.ANNOTATE,
                        AuditDetails.of("notes", annotate.notes().size(), "forget", forgetting(annotate)));
                return answer;
            }
            case Request.Create create -> {
                Answer answer = service.answer(create, asked.role());
                audit.done(
                        asked.name(),
                        asked.device(),
                        AuditEntry.Operation.CREATE,
                        AuditDetails.of("repository", create.repository()));
                return withLog(asked.name(), answer);
            }
            case Request.Describe _, Request.Compare _ -> {
                return withLog(asked.name(), service.answer(request, asked.role()));
            }
            case Request.Snapshots _,
                    Request.Missing _,
                    Request.Batch _,
                    Request.Notes _,
                    Request.Diff _,
                    Request.Fetch _ -> {
                return service.answer(request, asked.role());
            }
        }
    }

    private Answer withLog(RepositoryName name, Answer answer) {
        if (!(answer instanceof Answer.Whole(Response.RepositoryInfo info))) {
            return answer;
        }
        AuditChain.Head head = audit.head(name);
        return head.sequence() > 0 ? new Answer.Whole(info.withLog(new LogHead(head.sequence(), head.hex()))) : answer;
    }

    /** How many of the notes forget a snapshot. They were parsed before; those of a later version are not known. */
    private static long forgetting(Request.Annotate annotate) {
        return annotate.notes().stream()
                .filter(bytes -> {
                    try {
                        return Note.parse(bytes, "a note").kind() == NoteKind.FORGET;
                    } catch (StoreException e) {
                        return false;
                    }
                })
                .count();
    }

    private void moved(Asked asked, Request.Move move, BranchMove.@Nullable Outcome outcome) {
        BranchMove asking = move.move();
        boolean isDeletion = asking.target() == null;
        boolean isDone = outcome instanceof BranchMove.Outcome.Moved || outcome instanceof BranchMove.Outcome.Deleted;
        audit.done(
                asked.name(),
                asked.device(),
                isDeletion ? AuditEntry.Operation.DELETE : AuditEntry.Operation.MOVE,
                AuditDetails.of(
                        "branch",
                        asking.branch(),
                        "from",
                        asking.expected(),
                        "to",
                        asking.target(),
                        isDeletion ? "deleted" : "moved",
                        isDone));
    }

    private void refused(Asked asked, ProblemException refusal) {
        switch (refusal.problem().code()) {
            // What a client does wrong, not what passes by waiting or was to be expected.
            case NOT_ALLOWED, FULL, DAMAGED, TOO_LARGE, MALFORMED, OTHER_REPOSITORY ->
                audit.count(
                        asked.name(),
                        asked.device(),
                        AuditEntry.Operation.REFUSED,
                        AuditDetails.of(
                                "request",
                                asked.route().segment(),
                                "problem",
                                refusal.problem().code()),
                        1,
                        0);
            case VERSION,
                    TOKEN_EXPIRED,
                    TOKEN_REFUSED,
                    ENROLMENT_REFUSED,
                    NO_REPOSITORY,
                    CHANGED,
                    MISSING,
                    BUSY,
                    INTERNAL,
                    SERVER_DAMAGED -> {}
        }
    }

    private CompletableFuture<Response.BatchStored> put(Uploaded uploaded) {
        Asked asked = uploaded.asked();
        Request.Batch batch = uploaded.batch();
        Ledger.Booking booking = ledger.book(asked.name(), uploaded.work().store(), batch);
        try {
            return uploaded.service().put(batch, asked.role()).whenComplete((stored, failure) -> {
                booking.settle(stored);
                if (stored != null && stored.recordsStored() > 0) {
                    audit.count(
                            asked.name(),
                            asked.device(),
                            AuditEntry.Operation.BATCHES,
                            AuditDetails.of(
                                    "push",
                                    HexFormat.of().formatHex(batch.push().bytes()),
                                    "replaces",
                                    batch.replaces() ? true : null),
                            stored.recordsStored(),
                            stored.bytesStored());
                } else if (failure != null && cause(failure) instanceof ProblemException refusal) {
                    refused(asked, refusal);
                }
            });
        } catch (RuntimeException e) {
            booking.settle(null);
            throw e;
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause == null ? failure : cause;
    }

    /** Keeps room for the bodies of tenants that have none, where there is more than one tenant. */
    void tenants(int count) {
        requestBudget.reserve(count > 1 ? limits.protocol().bodyBytes(Route.BATCH) : 0);
        answerBudget.reserve(count > 1 ? FrameSender.roomBytes(limits.protocol().frameBytes()) : 0);
    }

    /** A batch that was read, and what is held for it. */
    private record Uploaded(
            Exchange exchange,
            Asked asked,
            RepositoryService service,
            Request.Batch batch,
            Work work,
            BodyBudget.Share share) {

        void release() {
            share.close();
            work.close();
        }
    }

    /** Answers once the batch is durable, and the move done that it may bring. No thread waits for the former. */
    private void store(Uploaded uploaded) {
        CompletableFuture<Void> answered = put(uploaded).handle((stored, failure) -> {
            if (failure != null) {
                uploaded.release();
                uploaded.exchange().fail(failure);
                return null;
            }
            Request.Move last = uploaded.batch().last();
            if (last == null) {
                uploaded.release();
                answer(uploaded.exchange(), stored);
            } else {
                workers.run(uploaded.exchange(), () -> finish(uploaded, last, stored), uploaded::release);
            }
            return null;
        });
        if (answered.isCompletedExceptionally()) {
            uploaded.exchange().fail(new IllegalStateException("a batch whose outcome cannot be told"));
        }
    }

    /** Does the move that came with a batch: to the ledger and the log it is a move like any other. */
    private void finish(Uploaded uploaded, Request.Move last, Response.BatchStored stored) {
        Asked asked = uploaded.asked();
        try {
            Response.BatchStored finished = ledger.moving(
                    asked.name(),
                    uploaded.work().store(),
                    last,
                    () -> uploaded.service().finish(uploaded.batch(), stored, asked.role()));
            moved(asked, last, finished.outcome());
            uploaded.work().answered();
            answer(uploaded.exchange(), finished);
        } catch (ProblemException e) {
            refused(asked, e);
            throw e;
        } finally {
            uploaded.release();
        }
    }

    private static void answer(Exchange exchange, Response.BatchStored stored) {
        byte[] frame = ResponseCodec.encode(Route.BATCH, stored, false);
        exchange.onLoop(() -> exchange.answer(frame));
    }
}
