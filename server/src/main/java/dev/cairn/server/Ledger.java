package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.UnspeltHeader;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who uses how much, and whether one more batch or branch may come in. What is under way counts as if it were stored, so that
 * batches that come together do not pass a quota together. A batch of what is there already grows nothing, and is let in though a quota
 * is used up: every request may come twice.
 *
 * <p>What a tenant's other repositories use is read once, at the first batch under a quota of the tenant, and followed from then on.
 * Thread-safe; blocks on stores, one tenant's batches upon each other only.
 */
final class Ledger {

    /** The most providers of an object that are read to see whether a record is there already. */
    private static final int COMPARED_MAX = 8;

    private final DataFolder folder;
    private final Quotas quotas;
    private final RepositoryShelf shelf;
    private final Map<String, Tenant> tenants = new HashMap<>();

    /** One tenant's page. Guarded by its own monitor. */
    private static final class Tenant {
        private final Map<String, Use> repositories = new HashMap<>();
        private boolean isRead;
    }

    /** What a repository uses, and what batches under way may add. */
    private static final class Use {
        private long bytes;
        private long objects;
        private long bytesBooked;
        private long objectsBooked;
        private int bookings;

        void read(StoreStats stats) {
            bytes = stats.recordBytes();
            objects = stats.objects();
        }
    }

    /** Room for a batch, until it is known what it took. */
    static final class Booking {
        private final @Nullable Tenant tenant;
        private final @Nullable Use use;
        private final long bytes;
        private final long objects;

        private Booking(@Nullable Tenant tenant, @Nullable Use use, long bytes, long objects) {
            this.tenant = tenant;
            this.use = use;
            this.bytes = bytes;
            this.objects = objects;
        }

        /** To be called once: the batch is stored, or, with null, is not. */
        void settle(Response.@Nullable BatchStored stored) {
            if (tenant == null || use == null) {
                return;
            }
            synchronized (tenant) {
                use.bookings--;
                use.bytesBooked -= bytes;
                use.objectsBooked -= objects;
                if (stored != null) {
                    use.bytes += stored.bytesStored();
                    use.objects += stored.objectsNew();
                }
            }
        }
    }

    Ledger(DataFolder folder, Quotas quotas, RepositoryShelf shelf) {
        this.folder = folder;
        this.quotas = quotas;
        this.shelf = shelf;
    }

    /**
     * Lets a batch in.
     *
     * @param store the repository's
     * @throws ProblemException if a quota is used up
     */
    Booking book(RepositoryName name, ObjectStore store, Request.Batch batch) {
        Quota ofTenant = quotas.ofTenant(name);
        Quota ofRepository = quotas.ofRepository(name);
        Quota both = ofTenant.and(ofRepository);
        if (both.bytes() == Quota.NONE && both.objects() == Quota.NONE) {
            return new Booking(null, null, 0, 0);
        }
        Tenant tenant = tenant(name);
        boolean readsTenant = ofTenant.bytes() != Quota.NONE || ofTenant.objects() != Quota.NONE;
        synchronized (tenant) {
            if (readsTenant && !tenant.isRead) {
                readOthers(name, tenant);
            }
            Use use = tenant.repositories.computeIfAbsent(name.repository(), repository -> new Use());
            if (use.bookings == 0) {
                use.read(store.stats());
            }
            Growth growth = Growth.atMost(batch);
            if (problem(ofTenant, ofRepository, tenant, use, growth) != null) {
                growth = Growth.exactly(batch, store);
            }
            Problem problem = problem(ofTenant, ofRepository, tenant, use, growth);
            if (problem != null && growth.isSome()) {
                throw new ProblemException(problem);
            }
            use.bookings++;
            use.bytesBooked += growth.bytes();
            use.objectsBooked += growth.objects();
            return new Booking(tenant, use, growth.bytes(), growth.objects());
        }
    }

    /** What a batch may add. */
    private record Growth(long bytes, long objects) {

        static Growth atMost(Request.Batch batch) {
            long objects = 0;
            for (Request.Upload upload : batch.records()) {
                objects += provided(upload).size();
            }
            return new Growth(batch.recordBytes(), objects);
        }

        static Growth exactly(Request.Batch batch, ObjectStore store) {
            long bytes = 0;
            Set<ObjectId> ids = new LinkedHashSet<>();
            for (Request.Upload upload : batch.records()) {
                List<ObjectId> provided = provided(upload);
                ids.addAll(provided);
                bytes += isStored(upload, provided, store) ? 0 : upload.record().length;
            }
            return new Growth(bytes, store.missing(ids).size());
        }

        /** A record that is damaged on its face is refused later, and provides nothing here. */
        private static List<ObjectId> provided(Request.Upload upload) {
            try {
                return UnspeltHeader.read(ByteBuffer.wrap(upload.record()), "a batch").provided().stream()
                        .map(ProvidedObject::id)
                        .toList();
            } catch (CorruptDataException e) {
                return List.of();
            }
        }

        private static boolean isStored(Request.Upload upload, List<ObjectId> provided, ObjectStore store) {
            if (provided.isEmpty()) {
                return false;
            }
            List<RecordRef> refs = store.providers(provided.getFirst());
            return refs.stream().limit(COMPARED_MAX).anyMatch(ref -> {
                try {
                    return Arrays.equals(store.read(ref).bytes(), upload.record());
                } catch (CorruptDataException e) {
                    return false;
                }
            });
        }

        boolean isSome() {
            return bytes > 0 || objects > 0;
        }
    }

    private static @Nullable Problem problem(
            Quota ofTenant, Quota ofRepository, Tenant tenant, Use use, Growth growth) {
        long bytes = 0;
        long objects = 0;
        for (Use other : tenant.repositories.values()) {
            bytes += other.bytes + other.bytesBooked;
            objects += other.objects + other.objectsBooked;
        }
        if (bytes + growth.bytes() > ofTenant.bytes()) {
            return full("tenant", bytes, ofTenant.bytes(), "bytes");
        }
        if (objects + growth.objects() > ofTenant.objects()) {
            return full("tenant", objects, ofTenant.objects(), "objects");
        }
        if (use.bytes + use.bytesBooked + growth.bytes() > ofRepository.bytes()) {
            return full("repository", use.bytes + use.bytesBooked, ofRepository.bytes(), "bytes");
        }
        if (use.objects + use.objectsBooked + growth.objects() > ofRepository.objects()) {
            return full("repository", use.objects + use.objectsBooked, ofRepository.objects(), "objects");
        }
        return null;
    }

    private static Problem full(String what, long used, long quota, String of) {
        return Problem.of(
                ProblemCode.FULL,
                "the %s's quota is used up: this does not fit into %,d %s, of which %,d are used"
                        .formatted(what, quota, of, used),
                "Ask whoever runs the server for more ('cairn tenant quota' there).");
    }

    /** A repository that cannot be read counts for nothing: whoever runs the server hears of it. */
    private void readOthers(RepositoryName name, Tenant tenant) {
        for (String repository : folder.tenants().repositories(name.tenant())) {
            if (repository.equals(name.repository())) {
                continue;
            }
            Use use = tenant.repositories.computeIfAbsent(repository, other -> new Use());
            try (RepositoryShelf.Lease lease = shelf.open(new RepositoryName(name.tenant(), repository))) {
                if (use.bookings == 0) {
                    use.read(lease.store().stats());
                }
            } catch (StoreException e) {
                System.getLogger(Ledger.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "repository {0}/{1} counts for nothing in its tenant''s quota: {2}",
                                name.tenant(),
                                repository,
                                e.getMessage());
            }
        }
        tenant.isRead = true;
    }

    /**
     * Carries out a move. One that makes a branch must find the quota of branches not used up, and no repository has more than {@link
     * ProtocolLimits#BRANCHES_MAX}, which is what fits into an answer.
     */
    <A> A moving(RepositoryName name, ObjectStore store, Request.Move move, Supplier<A> carryOut) {
        if (move.move().target() == null || store.branch(move.move().branch()).isPresent()) {
            return carryOut.get();
        }
        synchronized (tenant(name)) {
            long most = Math.min(
                    ProtocolLimits.BRANCHES_MAX,
                    quotas.ofTenant(name).and(quotas.ofRepository(name)).branches());
            if (store.branch(move.move().branch()).isEmpty() && store.branches().size() >= most) {
                throw new ProblemException(Problem.of(
                        ProblemCode.FULL,
                        "the repository has %d branches, and that is the most".formatted(most),
                        "Use a branch that is there, or ask whoever runs the server for more."));
            }
            return carryOut.get();
        }
    }

    private Tenant tenant(RepositoryName name) {
        synchronized (tenants) {
            return tenants.computeIfAbsent(name.tenant(), tenant -> new Tenant());
        }
    }
}
