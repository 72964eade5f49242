package dev.cairn.server;

import dev.cairn.replicator.protocol.ProtocolLimits;
import java.time.Duration;

/** The default limits of a server, some of them changed. */
final class TestLimits {

    private ProtocolLimits protocol = ProtocolLimits.DEFAULT;
    private long bodyBytesInFlight = ServerLimits.DEFAULT.bodyBytesInFlight();
    private int bodiesWaiting = ServerLimits.DEFAULT.bodiesWaiting();
    private int connections = ServerLimits.DEFAULT.connections();
    private int requestsPerTenant = ServerLimits.DEFAULT.requestsPerTenant();
    private int sessions = ServerLimits.DEFAULT.sessions();
    private int sessionsPerDevice = ServerLimits.DEFAULT.sessionsPerDevice();
    private int openRepositories = ServerLimits.DEFAULT.openRepositories();
    private Duration repositoryIdle = ServerLimits.DEFAULT.repositoryIdle();
    private int pushesPerRepository = ServerLimits.DEFAULT.pushesPerRepository();
    private Duration pushIdle = ServerLimits.DEFAULT.pushIdle();
    private int repositoriesPerTenant = ServerLimits.DEFAULT.repositoriesPerTenant();
    private int storeThreads = ServerLimits.DEFAULT.storeThreads();
    private int tasksWaiting = ServerLimits.DEFAULT.tasksWaiting();
    private Duration idle = ServerLimits.DEFAULT.idle();
    private Duration stall = ServerLimits.DEFAULT.stall();
    private int bodyBytesPerSecondMin = ServerLimits.DEFAULT.bodyBytesPerSecondMin();
    private Duration closing = ServerLimits.DEFAULT.closing();

    TestLimits protocol(ProtocolLimits limits) {
        protocol = limits;
        return this;
    }

    /** Batches of so many bytes and records; frames that are not longer than the shortest that may be allowed. */
    TestLimits batches(int bytes, int records) {
        return protocol(new ProtocolLimits(ProtocolLimits.FRAME_OVERHEAD_BYTES, bytes, records, 64, 16, 16));
    }

    TestLimits bodies(long bytesInFlight, int waiting) {
        bodyBytesInFlight = bytesInFlight;
        bodiesWaiting = waiting;
        return this;
    }

    TestLimits connections(int count) {
        connections = count;
        return this;
    }

    TestLimits requestsPerTenant(int count) {
        requestsPerTenant = count;
        return this;
    }

    TestLimits sessions(int inAll, int perDevice) {
        sessions = inAll;
        sessionsPerDevice = perDevice;
        return this;
    }

    TestLimits openRepositories(int count, Duration whenIdle) {
        openRepositories = count;
        repositoryIdle = whenIdle;
        return this;
    }

    TestLimits repositoriesPerTenant(int count) {
        repositoriesPerTenant = count;
        return this;
    }

    TestLimits workers(int threads, int waiting) {
        storeThreads = threads;
        tasksWaiting = waiting;
        return this;
    }

    TestLimits idle(Duration longest) {
        idle = longest;
        return this;
    }

    TestLimits pace(Duration longestStall, int bytesPerSecondMin) {
        stall = longestStall;
        bodyBytesPerSecondMin = bytesPerSecondMin;
        return this;
    }

    TestLimits pushes(int most, Duration idle) {
        pushesPerRepository = most;
        pushIdle = idle;
        return this;
    }

    TestLimits closing(Duration patience) {
        closing = patience;
        return this;
    }

    ServerLimits limits() {
        return new ServerLimits(
                protocol,
                bodyBytesInFlight,
                bodiesWaiting,
                connections,
                ServerLimits.DEFAULT.streamsPerConnection(),
                requestsPerTenant,
                sessions,
                sessionsPerDevice,
                ServerLimits.DEFAULT.sessionLife(),
                ServerLimits.DEFAULT.nonceLife(),
                openRepositories,
                repositoryIdle,
                pushesPerRepository,
                pushIdle,
                repositoriesPerTenant,
                storeThreads,
                tasksWaiting,
                idle,
                stall,
                bodyBytesPerSecondMin,
                closing);
    }
}
