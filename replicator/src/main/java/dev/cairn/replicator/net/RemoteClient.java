package dev.cairn.replicator.net;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.replicator.Action;
import dev.cairn.replicator.ChunkSupply;
import dev.cairn.replicator.Event;
import dev.cairn.replicator.MendSession;
import dev.cairn.replicator.PullSession;
import dev.cairn.replicator.PushRehearsal;
import dev.cairn.replicator.PushSession;
import dev.cairn.replicator.RemoteException;
import dev.cairn.replicator.RemoteHints;
import dev.cairn.replicator.RemoteMemory;
import dev.cairn.replicator.RemoteUrl;
import dev.cairn.replicator.Replica;
import dev.cairn.replicator.RetryPolicy;
import dev.cairn.replicator.Sending;
import dev.cairn.replicator.Session;
import dev.cairn.replicator.TransferProgress;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Feature;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A remote, for a command that may wait: greets, enrols, pushes, pulls. Connects when it is first asked something.
 *
 * <p>Threading: one call at a time, {@link #cancel} and {@link #close} from any thread. Errors are {@link RemoteException}s
 * and {@link dev.cairn.cas.StoreException}s; what was committed stays, and the next call goes on from there.
 */
public final class RemoteClient implements AutoCloseable {

    /** Events that wait for the session: with a frame of 8 MiB each the most that is buffered of what a server streams. */
    private static final int EVENTS_MAX = 4;

    /** How soon a cancelled call ends at the latest. */
    private static final int CANCEL_MILLIS = 100;

    private final RemoteUrl url;
    private final HttpLine line;
    private final Greeter greeter;
    private final Requests requests;
    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final List<Thread> threads = new ArrayList<>();
    private final Object cancelling = new Object();
    private @Nullable Thread interruptible;
    private volatile boolean cancelled;

    private RemoteClient(
            RemoteUrl url, ClientIdentity identity, RetryPolicy policy, RateLimits limits, Deadlines deadlines) {
        this.url = url;
        this.line = new HttpLine(url, limits, deadlines);
        this.greeter = new Greeter(line, url, identity);
        this.requests = new Requests(line, greeter, url, policy, random.split());
    }

    /**
     * A client for the remote at {@code url}. Nothing is sent yet.
     *
     * @throws IllegalArgumentException if the URL is secure and names no fingerprint
     */
    public static RemoteClient open(RemoteUrl url, ClientIdentity identity, RetryPolicy policy) {
        return open(url, identity, policy, RateLimits.NONE);
    }

    /**
     * As {@link #open(RemoteUrl, ClientIdentity, RetryPolicy)}, within rate limits.
     *
     * @throws IllegalArgumentException if the URL is secure and names no fingerprint
     */
    public static RemoteClient open(RemoteUrl url, ClientIdentity identity, RetryPolicy policy, RateLimits limits) {
        return open(url, identity, policy, limits, Deadlines.DEFAULT);
    }

    static RemoteClient open(
            RemoteUrl url, ClientIdentity identity, RetryPolicy policy, RateLimits limits, Deadlines deadlines) {
        if (url.isSecure() && url.fingerprint() == null) {
            throw new IllegalArgumentException("no fingerprint is pinned for " + url);
        }
        return new RemoteClient(url, identity, policy, limits, deadlines);
    }

    /**
     * Asks a server for its fingerprint, to be shown to a person: the handshake is broken off before anything is sent.
     *
     * @param url secure; a fingerprint in it does not count
     * @throws RemoteException.Unreachable if there is no TLS server
     */
    public static Fingerprint fingerprint(RemoteUrl url, Duration retryFor) {
        RemoteUrl open = new RemoteUrl(true, url.host(), url.port(), url.name(), null);
        ClientIdentity nobody = ClientIdentity.of(DeviceKey.random(), "");
        try (RemoteClient client =
                new RemoteClient(open, nobody, RetryPolicy.within(retryFor), RateLimits.NONE, Deadlines.DEFAULT)) {
            client.hello();
            throw new RemoteException.PeerMisbehaved("no certificate", null);
        } catch (RemoteException.WrongFingerprint e) {
            return e.actual();
        }
    }

    /** Asks what the server is. */
    public Greeting.HelloAnswer hello() {
        return waiting(() -> requests.repeatedly(greeter::hello));
    }

    /** What time it was at the server when it answered {@link #hello}, to the second; empty if it does not say. */
    public Optional<Instant> serverDate() {
        return Optional.ofNullable(line.serverDate());
    }

    /** Registers this device by a one-time code. */
    public Greeting.Enrolled enrol(String code, String deviceName) {
        return waiting(() -> requests.repeatedly(() -> greeter.enrol(code, deviceName)));
    }

    /**
     * What the remote has: enough to make a replica of it.
     *
     * @throws RemoteException.NoRepository if nothing was pushed there yet
     */
    public Response.RepositoryInfo info() {
        if (ask(new Request.Describe()) instanceof Response.RepositoryInfo info) {
            return info;
        }
        throw new RemoteException.PeerMisbehaved("no description of the repository", null);
    }

    /**
     * Deletes a branch of the remote; what it was of stays retained there.
     *
     * @return where it was; empty if the remote has no such branch
     * @throws RemoteException.Refused if the server cannot do that, or the branch moved meanwhile
     */
    public Optional<Branch> deleteBranch(String name) {
        if (!hello().has(Feature.DELETE_BRANCH)) {
            throw new RemoteException.Refused("the server cannot delete branches", "Upgrade Cairn on the server.");
        }
        Optional<Branch> there = info().branches().stream()
                .filter(branch -> branch.name().equals(name))
                .findFirst();
        if (there.isPresent()) {
            OperationId operation = new OperationId(random.nextLong(), random.nextLong());
            BranchMove deletion = BranchMove.deletion(name, there.get().snapshot(), operation);
            if (!(ask(new Request.Move(deletion, null)) instanceof Response.Moved(BranchMove.Outcome.Deleted _))) {
                throw new RemoteException.Refused("the remote's branch moved meanwhile", "Look, and delete it again.");
            }
        }
        return there;
    }

    /** One request that is answered by one frame. */
    private Response ask(Request request) {
        return waiting(() -> {
            List<Event> answer = new ArrayList<>();
            requests.carryOut(0, request, answer::add);
            return switch (answer.getLast()) {
                case Event.Answered(long number, Problem problem) -> throw RemoteException.of(problem);
                case Event.Answered(long number, Response response) -> response;
                case Event.Interrupted(long number) ->
                    throw new RemoteException.PeerMisbehaved("no answer of one frame", null);
                case Event.Failed(long number, RuntimeException cause) -> throw cause;
            };
        });
    }

    /**
     * Sends what the remote lacks and moves its branches. A branch that went different ways on both sides stays where it is, and
     * is a conflict in the result.
     *
     * @param branches all if empty
     * @throws RemoteException if the remote cannot be asked, refuses, or shows less than was seen there before
     * @throws dev.cairn.cas.StoreException if the replica cannot be read
     */
    public TransferReport push(Replica replica, List<String> branches, TransferProgress progress) {
        return push(replica, branches, Sending.LACKING, progress);
    }

    /**
     * As {@link #push(Replica, List, TransferProgress)}.
     *
     * @param sending what to send
     */
    public TransferReport push(Replica replica, List<String> branches, Sending sending, TransferProgress progress) {
        RemoteMemory memory = recalled(replica);
        while (true) {
            Greeting.HelloAnswer greeting = greeting();
            RemoteHints hints = RemoteHints.of(greeting, memory.state().orElse(null));
            ProtocolLimits limits = greeting.limits().atMost(ProtocolLimits.DEFAULT);
            PushSession session = new PushSession(replica, branches, sending, limits, hints, random.split(), progress);
            try {
                return drive(session);
            } catch (RemoteException e) {
                // Limits that were remembered may be above those that the server has now.
                Greeting.HelloAnswer now = greeter.known();
                if (now == null || now.limits().equals(greeting.limits())) {
                    throw e;
                }
            } finally {
                memory.keep(greeter.known(), session.remote().orElse(null));
            }
        }
    }

    /**
     * Fetches what the replica lacks and moves its branches. Conflicts are as those of a push. What came is checked under the keys
     * before it is kept.
     *
     * @param branches all if empty
     * @param spoolFolder an existing folder, on the store's file system, such as {@code Repository.temporaryFolder()}
     * @throws RemoteException if the remote cannot be asked, refuses, sends what is wrong, or shows less than was seen there before
     * @throws dev.cairn.cas.StoreException if the replica cannot be written, or its disk is full
     */
    public TransferReport pull(Replica replica, List<String> branches, Path spoolFolder, TransferProgress progress) {
        return pull(replica, branches, spoolFolder, ChunkSupply.NONE, progress);
    }

    /**
     * As {@link #pull(Replica, List, Path, TransferProgress)}.
     *
     * @param supply asked for chunks that lack before the remote is
     */
    public TransferReport pull(
            Replica replica, List<String> branches, Path spoolFolder, ChunkSupply supply, TransferProgress progress) {
        RemoteMemory memory = recalled(replica);
        ProtocolLimits limits = limits();
        PullSession session = new PullSession(
                replica, branches, limits, random.split(), spoolFolder, PullSession.SPOOL_BYTES_MAX, supply, progress);
        try {
            return drive(session);
        } finally {
            memory.keep(greeter.known(), session.remote().orElse(null));
        }
    }

    /**
     * Finds out what {@link #push(Replica, List, Sending, TransferProgress)} would do, and sends nothing that a server keeps. What
     * would be sent is read and counted as a push would.
     */
    public TransferReport rehearsePush(
            Replica replica, List<String> branches, Sending sending, TransferProgress progress) {
        recalled(replica);
        ProtocolLimits limits = limits();
        return drive(new PushRehearsal(replica, branches, sending, limits, random.split(), progress));
    }

    /**
     * Finds out what {@link #pull(Replica, List, Path, TransferProgress)} would do, and keeps nothing. Pages do come: only they tell
     * which chunks lack.
     *
     * @param spoolFolder an existing folder, for pages while they are looked at
     */
    public TransferReport rehearsePull(
            Replica replica, List<String> branches, Path spoolFolder, TransferProgress progress) {
        recalled(replica);
        ProtocolLimits limits = limits();
        return drive(PullSession.rehearsal(replica, branches, limits, random.split(), spoolFolder, progress));
    }

    private RemoteMemory recalled(Replica replica) {
        RemoteMemory memory = new RemoteMemory(replica.store(), url);
        memory.greeting().ifPresent(greeter::recall);
        return memory;
    }

    /**
     * Fetches what a replica has lost, as far as the remote has it whole.
     *
     * @param repository that the remote must be of
     */
    public TransferReport mend(RepositoryId repository, MendSession.Receiver receiver, TransferProgress progress) {
        return drive(new MendSession(repository, receiver, limits(), progress));
    }

    /** What went over the wire so far. */
    public WireCounts counts() {
        return requests.counts();
    }

    /** Makes the call that is under way, and every further one, end with {@link RemoteException.Cancelled}. */
    public void cancel() {
        synchronized (cancelling) {
            cancelled = true;
            Thread waiting = interruptible;
            if (waiting != null) {
                waiting.interrupt();
            }
        }
    }

    private ProtocolLimits limits() {
        return greeting().limits().atMost(ProtocolLimits.DEFAULT);
    }

    private Greeting.HelloAnswer greeting() {
        return waiting(() -> requests.repeatedly(greeter::greeting));
    }

    /** Never interrupts the thread that the session runs on: that would close the files it writes. */
    private TransferReport drive(Session session) {
        try {
            Deque<Action> actions = new ArrayDeque<>(session.start());
            while (true) {
                for (Action action = actions.poll(); action != null; action = actions.poll()) {
                    switch (action) {
                        case Action.Send(long number, Request request) -> start(number, request);
                        case Action.Done(var result) -> {
                            return new TransferReport(result, requests.counts());
                        }
                        case Action.Fail(RuntimeException cause, var result) -> throw cause;
                    }
                }
                actions.addAll(session.on(nextEvent()));
            }
        } finally {
            stopAll();
            session.close();
        }
    }

    private Event nextEvent() {
        try {
            while (!cancelled) {
                Event event = events.poll(CANCEL_MILLIS, TimeUnit.MILLISECONDS);
                if (event != null) {
                    return event;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new RemoteException.Cancelled();
    }

    private void start(long number, Request request) {
        threads.removeIf(thread -> !thread.isAlive());
        threads.add(Thread.ofVirtual().name("request-" + number).start(() -> {
            try {
                requests.carryOut(number, request, events::put);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                deliver(new Event.Failed(number, e));
            }
        }));
    }

    private void deliver(Event event) {
        try {
            events.put(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopAll() {
        threads.forEach(Thread::interrupt);
        threads.clear();
        events.clear();
    }

    @FunctionalInterface
    private interface Waiting<T> {
        T call() throws InterruptedException;
    }

    private <T> T waiting(Waiting<T> call) {
        synchronized (cancelling) {
            interruptible = Thread.currentThread();
        }
        try {
            if (cancelled) {
                throw new RemoteException.Cancelled();
            }
            return call.call();
        } catch (InterruptedException e) {
            if (!cancelled) {
                Thread.currentThread().interrupt();
            }
            throw new RemoteException.Cancelled();
        } finally {
            synchronized (cancelling) {
                interruptible = null;
            }
        }
    }

    /** Closes the connection; a call that is under way ends. Idempotent, takes milliseconds. */
    @Override
    public void close() {
        cancel();
        line.close();
    }
}
