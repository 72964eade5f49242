package dev.cairn.server;

import dev.cairn.replicator.protocol.ProtocolLimits;
import java.time.Duration;

/**
 * What a server takes on at most, so that neither many peers nor a hostile one exhaust it.
 *
 * @param protocol what requests may hold
 * @param bodyBytesInFlight bodies of requests, over all connections, that are in memory at once; further ones wait. As much
 *     again for answers. Not less than one of them takes
 * @param bodiesWaiting bodies that wait for such room; further ones are told to come back
 * @param connections open connections; further ones are closed
 * @param streamsPerConnection requests of one connection under way
 * @param requestsPerTenant requests of one tenant under way, over all connections; further ones are told to come back
 * @param sessions open sessions; the oldest of the tenant that has most make room
 * @param sessionsPerDevice open sessions of one device
 * @param sessionLife how long a session lives
 * @param nonceLife how long a nonce may be used
 * @param openRepositories repositories held open
 * @param repositoryIdle after how long without a request a repository is closed
 * @param pushesPerRepository pushes under way to one repository; the one heard of longest ago makes room
 * @param pushIdle after how long without a request a push counts as given up: what it was told is there may be collected then
 * @param repositoriesPerTenant repositories of one tenant
 * @param storeThreads threads that work on stores
 * @param tasksWaiting pieces of work that wait for such a thread; further ones are told to come back
 * @param idle after how long without any traffic a connection is closed
 * @param stall how long a body may stand still, in or out, before its stream is reset
 * @param bodyBytesPerSecondMin the least rate of a request's body, after {@code stall}, on average
 * @param closing how long a closing server waits for requests that are under way
 */
public record ServerLimits(
        ProtocolLimits protocol,
        long bodyBytesInFlight,
        int bodiesWaiting,
        int connections,
        int streamsPerConnection,
        int requestsPerTenant,
        int sessions,
        int sessionsPerDevice,
        Duration sessionLife,
        Duration nonceLife,
        int openRepositories,
        Duration repositoryIdle,
        int pushesPerRepository,
        Duration pushIdle,
        int repositoriesPerTenant,
        int storeThreads,
        int tasksWaiting,
        Duration idle,
        Duration stall,
        int bodyBytesPerSecondMin,
        Duration closing) {

    /**
     * A body is in memory up to three times while it is decoded and stored: bodies take at most three eighths of the heap.
     */
    private static final int HEAP_PARTS = 8;

    /** For a server with one machine to itself, whatever its size. */
    public static final ServerLimits DEFAULT = new ServerLimits(
            ProtocolLimits.DEFAULT,
            Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PARTS, 24L << 20, 1L << 30),
            1024,
            1024,
            32,
            256,
            16_384,
            256,
            Duration.ofMinutes(5),
            Duration.ofMinutes(2),
            64,
            Duration.ofMinutes(5),
            256,
            Duration.ofMinutes(30),
            10_000,
            Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 64),
            4096,
            Duration.ofMinutes(5),
            Duration.ofSeconds(30),
            256,
            Duration.ofSeconds(10));

    public ServerLimits {
        long largest = FrameSender.roomBytes(protocol.frameBytes());
        for (var route : dev.cairn.replicator.protocol.Route.values()) {
            largest = Math.max(largest, protocol.bodyBytes(route));
        }
        requireAtLeast(largest, bodyBytesInFlight, "bodyBytesInFlight");
        requireAtLeast(0, bodiesWaiting, "bodiesWaiting");
        requireAtLeast(1, connections, "connections");
        requireAtLeast(1, streamsPerConnection, "streamsPerConnection");
        requireAtLeast(1, requestsPerTenant, "requestsPerTenant");
        requireAtLeast(1, sessions, "sessions");
        requireAtLeast(1, sessionsPerDevice, "sessionsPerDevice");
        requireAtLeast(1, sessionLife.toSeconds(), "sessionLife in seconds");
        requireAtLeast(1, nonceLife.toSeconds(), "nonceLife in seconds");
        requireAtLeast(1, openRepositories, "openRepositories");
        requireAtLeast(1, repositoryIdle.toMillis(), "repositoryIdle in milliseconds");
        requireAtLeast(1, pushesPerRepository, "pushesPerRepository");
        requireAtLeast(1, pushIdle.toMillis(), "pushIdle in milliseconds");
        requireAtLeast(1, repositoriesPerTenant, "repositoriesPerTenant");
        requireAtLeast(1, storeThreads, "storeThreads");
        requireAtLeast(1, tasksWaiting, "tasksWaiting");
        requireAtLeast(1, idle.toMillis(), "idle in milliseconds");
        requireAtLeast(1, stall.toMillis(), "stall in milliseconds");
        requireAtLeast(0, bodyBytesPerSecondMin, "bodyBytesPerSecondMin");
        requireAtLeast(0, closing.toMillis(), "closing in milliseconds");
    }

    private static void requireAtLeast(long min, long actual, String what) {
        if (actual < min) {
            throw new IllegalArgumentException("%s (%d) must be at least %d".formatted(what, actual, min));
        }
    }
}
