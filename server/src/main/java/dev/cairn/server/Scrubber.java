package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.lmdb.ScrubBudget;
import dev.cairn.cas.lmdb.ScrubProgress;
import dev.cairn.cas.lmdb.ScrubReport;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Looks at every stored record of every repository once in so long, on a thread of its own, without haste: a slice of {@value
 * #SLICE_BYTES} bytes of one repository, then a pause of {@value #PAUSES_A_SLICE} times as long as that took. What each
 * volume's last round found is kept in its repository, so that a server that is started again goes on where it was.
 *
 * <p>Damage is noted there: clients are told that the server lacks the object, and bring it again. It is logged once for each
 * slice that met it. A repository that cannot be opened, or is in use as much as may be, is left for the next round.
 */
final class Scrubber implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Scrubber.class.getName());
    private static final long SLICE_BYTES = 32L << 20;
    private static final int PAUSES_A_SLICE = 3;
    private static final long BETWEEN_ROUNDS_MILLIS = 60_000;

    private final RepositoryShelf shelf;
    private final Tenants tenants;
    private final Duration every;
    private final InstantSource clock;
    private final Thread thread;
    private volatile boolean closed;

    /** @param every how long a volume is left alone once it was looked through */
    Scrubber(RepositoryShelf shelf, Tenants tenants, Duration every, InstantSource clock) {
        this.shelf = shelf;
        this.tenants = tenants;
        this.every = every;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("cairn-scrub").daemon(true).unstarted(this::run);
    }

    Scrubber start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!closed) {
                round();
                Thread.sleep(Math.min(BETWEEN_ROUNDS_MILLIS, Math.max(1, every.toMillis())));
            }
        } catch (InterruptedException e) {
            // The server stops.
        }
    }

    private void round() throws InterruptedException {
        for (String tenant : tenants.names()) {
            for (String repository : tenants.repositories(tenant)) {
                while (!closed && slice(new RepositoryName(tenant, repository))) {
                    // Until nothing of it is due.
                }
            }
        }
    }

    /** Whether there was anything to do. */
    private boolean slice(RepositoryName name) throws InterruptedException {
        long began = System.nanoTime();
        long bytes = 0;
        try (RepositoryShelf.Lease lease = shelf.open(name)) {
            if (lease.store() instanceof LmdbObjectStore store) {
                ScrubBudget budget = new ScrubBudget(SLICE_BYTES, Duration.ofMinutes(1), every);
                ScrubReport report = store.scrub(budget, clock, () -> !closed, new Log(name));
                bytes = report.bytes();
            }
        } catch (StoreException | ProblemException e) {
            LOG.log(Level.WARNING, "scrub of {0}: {1}", name, e.getMessage());
            return false;
        } catch (IllegalStateException e) {
            // The store is being closed.
            return false;
        }
        if (!closed) {
            Thread.sleep(Duration.ofNanos((System.nanoTime() - began) * PAUSES_A_SLICE));
        }
        return bytes > 0;
    }

    /** Tells the first damage of a slice. */
    private static final class Log implements ScrubProgress {
        private final RepositoryName name;
        private boolean told;

        Log(RepositoryName name) {
            this.name = name;
        }

        @Override
        public void damaged(CorruptDataException damage) {
            if (!told) {
                told = true;
                LOG.log(
                        Level.WARNING,
                        "scrub of {0}: {1}. Clients that have it bring it again with their next push.",
                        name,
                        damage.getMessage());
            }
        }
    }

    /** Stops; waits for the record at hand. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
