package dev.cairn.replicator.net;

import dev.cairn.cas.StoreException;
import dev.cairn.replicator.Event;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Retries;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.RequestCodec;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.ResponseCodec;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Carries requests out with all that a bad network takes: tries again after what may pass, opens a new session where the old
 * one is not known any more, and tells events to whoever waits.
 *
 * <p>Thread-safe; each call blocks its own thread.
 */
final class Requests {

    /** How many credentials in a row may be refused: a greeting that is out of date, a token of a connection, sessions. */
    private static final int CREDENTIALS_MAX = 5;

    private final HttpLine line;
    private final Greeter greeter;
    private final RemoteUrl url;
    private final RetryPolicy policy;
    private final RandomGenerator.SplittableGenerator random;
    private final LongAdder batchesRepeated = new LongAdder();

    Requests(
            HttpLine line,
            Greeter greeter,
            RemoteUrl url,
            RetryPolicy policy,
            RandomGenerator.SplittableGenerator random) {
        this.line = line;
        this.greeter = greeter;
        this.url = url;
        this.policy = policy;
        this.random = random;
    }

    /** What went over the wire so far. */
    WireCounts counts() {
        return line.counts(batchesRepeated.sum());
    }

    /** Where events go. Blocks while the session is busy with earlier ones. */
    @FunctionalInterface
    interface EventConsumer {
        void accept(Event event) throws InterruptedException;
    }

    /** Carries out one request of a session: as many events as it takes, the last one final. */
    void carryOut(long number, Request request, EventConsumer events) throws InterruptedException {
        Retries retries = retries();
        try {
            RequestCodec codec = new RequestCodec(repeatedly(retries, greeter::limits));
            while (true) {
                Try attempt = new Try(number, request, events);
                try {
                    attempt.run(codec);
                    return;
                } catch (TransportFault e) {
                    if (attempt.parts > 0) {
                        retries.progressed();
                    }
                    pause(retries, e);
                    if (attempt.parts > 0) {
                        events.accept(new Event.Interrupted(number));
                        return;
                    }
                    if (request instanceof Request.Batch && !e.isUnsent()) {
                        batchesRepeated.increment();
                    }
                }
            }
        } catch (RemoteException | StoreException e) {
            events.accept(new Event.Failed(number, e));
        }
    }

    /** Calls {@code call} until it comes through, it fails for good, or time has run out. */
    <T> T repeatedly(Callable<T> call) throws InterruptedException {
        return repeatedly(retries(), call);
    }

    private <T> T repeatedly(Retries retries, Callable<T> call) throws InterruptedException {
        while (true) {
            try {
                T result = call.call();
                retries.progressed();
                return result;
            } catch (TransportFault e) {
                pause(retries, e);
            } catch (InterruptedException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("no other checked exception is declared", e);
            }
        }
    }

    private Retries retries() {
        RandomGenerator own;
        synchronized (random) {
            own = random.split();
        }
        return new Retries(policy, System::nanoTime, own);
    }

    private void pause(Retries retries, TransportFault fault) throws InterruptedException {
        OptionalLong nanos = retries.failed(fault.retryAfterNanos());
        if (nanos.isEmpty()) {
            Throwable cause = fault.getCause();
            throw new RemoteException.Unreachable(
                    "%s cannot be reached (tried for %d s): %s"
                            .formatted(url.server(), policy.total().toSeconds(), fault.getMessage()),
                    cause == null ? fault : cause);
        }
        TimeUnit.NANOSECONDS.sleep(nanos.getAsLong());
    }

    static TransportFault fault(Problem problem) {
        return TransportFault.comeBack(
                "the server says: " + problem.message(), TimeUnit.SECONDS.toNanos(problem.retryAfterSeconds()));
    }

    /** One try of a request, with a new session if it takes one. */
    private final class Try {

        private final long number;
        private final Request request;
        private final EventConsumer events;
        private int parts;

        Try(long number, Request request, EventConsumer events) {
            this.number = number;
            this.request = request;
            this.events = events;
        }

        void run(RequestCodec codec) throws InterruptedException {
            for (int tries = 1; ; tries++) {
                Greeter.Credentials credentials = greeter.credentials();
                Problem problem = line.request(
                        request.route().method(),
                        request.route().path(url.name()),
                        connection -> greeter.header(credentials, connection),
                        codec.encode(request),
                        ProtocolLimits.DEFAULT.frameBytes(),
                        this::deliver);
                if (problem == null) {
                    greeter.accepted(credentials);
                    return;
                }
                if (greeter.refused(credentials, problem) && tries < CREDENTIALS_MAX) {
                    continue;
                }
                if (problem.code().passes()) {
                    throw fault(problem);
                }
                events.accept(new Event.Answered(number, problem));
                return;
            }
        }

        private boolean deliver(byte[] frame) throws InterruptedException {
            Response response = ResponseCodec.decode(request, frame);
            if (response instanceof Problem problem && problem.code().passes()) {
                throw fault(problem);
            }
            boolean mayFollow = response instanceof Response.Part;
            parts++;
            events.accept(new Event.Answered(number, response));
            return mayFollow;
        }
    }
}
