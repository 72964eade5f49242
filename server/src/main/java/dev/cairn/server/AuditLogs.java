package dev.cairn.server;

import dev.cairn.cas.StoreException;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.RepositoryName;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a running server: one a repository, one for what belongs to none. What changes a repository is put down at once, and is
 * on disk before the answer goes; sessions, stored batches and refusals are counted and put down together, with the next change
 * of the repository or after a while: so a device cannot push others' entries out of the log by asking often.
 *
 * <p>Thread-safe. Blocks on I/O, but for {@link #count}.
 */
final class AuditLogs implements AutoCloseable {

    /** Counts that wait; one more that finds no place is put down with a count of its own kind. */
    private static final int COUNTS_MAX = 4096;

    private final DataFolder folder;
    private final InstantSource clock;

    /** Of each repository that was used since the start: where its log ends. Some hundred bytes each. */
    private final Map<Place, AuditLog> logs = new HashMap<>();

    private final Map<Counted, Sum> counts = new LinkedHashMap<>();

    /** Whose log: a repository's, or with null the server's. */
    private record Place(@Nullable RepositoryName name) {}

    private record Counted(
            Place place, @Nullable DeviceId device, AuditEntry.Operation operation, Map<String, String> details) {}

    private static final class Sum {
        private long count;
        private long bytes;
    }

    AuditLogs(DataFolder folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Puts down what changed a repository, after what was counted there. Durable when it returns. */
    void done(RepositoryName name, DeviceId device, AuditEntry.Operation operation, Map<String, String> details) {
        Place place = new Place(name);
        List<AuditLog.Event> events = counted(place);
        events.add(new AuditLog.Event(device, operation, details));
        log(place).append(events, true);
    }

    /** Puts down what belongs to no repository. Durable when it returns. */
    void done(DeviceId device, AuditEntry.Operation operation, Map<String, String> details) {
        log(new Place(null)).append(List.of(new AuditLog.Event(device, operation, details)), true);
    }

    /**
     * Counts something that happens often. Does not block.
     *
     * @param details what is counted together
     * @param bytes of records, or 0
     */
    void count(
            RepositoryName name,
            DeviceId device,
            AuditEntry.Operation operation,
            Map<String, String> details,
            long count,
            long bytes) {
        Counted key = new Counted(new Place(name), device, operation, details);
        synchronized (counts) {
            if (counts.size() >= COUNTS_MAX && !counts.containsKey(key)) {
                key = new Counted(new Place(null), null, operation, Map.of("where", "too many to tell"));
            }
            Sum sum = counts.computeIfAbsent(key, counted -> new Sum());
            sum.count += count;
            sum.bytes += bytes;
        }
    }

    /** Puts down what was counted since. For housekeeping: what fails is logged. */
    void flush() {
        List<Place> places;
        synchronized (counts) {
            places = counts.keySet().stream().map(Counted::place).distinct().toList();
        }
        for (Place place : places) {
            try {
                List<AuditLog.Event> events = counted(place);
                if (!events.isEmpty()) {
                    log(existing(place)).append(events, false);
                }
            } catch (StoreException e) {
                System.getLogger(AuditLogs.class.getName())
                        .log(System.Logger.Level.WARNING, "what was counted is not in the log: {0}", e.getMessage());
            }
        }
    }

    /** How far the log of a repository goes. */
    AuditChain.Head head(RepositoryName name) {
        return log(new Place(name)).head();
    }

    private List<AuditLog.Event> counted(Place place) {
        List<AuditLog.Event> events = new ArrayList<>();
        synchronized (counts) {
            Iterator<Map.Entry<Counted, Sum>> all = counts.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Counted, Sum> next = all.next();
                Counted key = next.getKey();
                if (key.place().equals(place)) {
                    Map<String, String> details = new LinkedHashMap<>(key.details());
                    details.put("count", Long.toString(next.getValue().count));
                    if (next.getValue().bytes > 0) {
                        details.put("bytes", Long.toString(next.getValue().bytes));
                    }
                    events.add(new AuditLog.Event(key.device(), key.operation(), details));
                    all.remove();
                }
            }
        }
        return events;
    }

    /** Whoever may ask for any name must not make a log for each: what is asked of repositories that are not there goes together. */
    private Place existing(Place place) {
        RepositoryName name = place.name();
        return name == null || Files.isDirectory(folder.repository(name)) ? place : new Place(null);
    }

    private AuditLog log(Place place) {
        synchronized (logs) {
            return logs.computeIfAbsent(
                    place, made -> new AuditLog(folder.log(made.name()), clock, AuditLog.FILE_BYTES));
        }
    }

    /** Puts down what was counted. */
    @Override
    public void close() {
        flush();
    }
}
