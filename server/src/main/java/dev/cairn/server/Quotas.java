package dev.cairn.server;

import dev.cairn.replicator.protocol.RepositoryName;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What the tenants of a server may use, kept beside the list of devices: commands may read and change it while a server runs, which
 * follows at its next request. Thread-safe, also across processes; blocks on I/O. Errors are those of {@link DeviceRegistry}.
 */
public final class Quotas {

    private final AccessFile file;
    private final Quota unlessSet;

    Quotas(AccessFile file) {
        this(file, Quota.UNLIMITED);
    }

    private Quotas(AccessFile file, Quota unlessSet) {
        this.file = file;
        this.unlessSet = unlessSet;
    }

    /** The same, with what a tenant may use where nothing was set for it, number by number. */
    Quotas unlessSet(Quota quota) {
        return new Quotas(file, quota);
    }

    /**
     * The quotas of the server whose data folder this is.
     *
     * @throws dev.cairn.cas.NoRepositoryException if it is not one
     */
    public static Quotas open(Path dataFolder) {
        return DataFolder.existing(dataFolder).quotas();
    }

    /** All that were set. */
    public Map<Scope, Quota> all() {
        return file.read().quotas();
    }

    /** What was set for a tenant, or for one repository of it. */
    public Quota get(Scope scope) {
        return file.read().quotas().getOrDefault(scope, Quota.UNLIMITED);
    }

    /**
     * Sets what {@code change} makes of the present quota. Durable when it returns.
     *
     * @param scope of one tenant
     * @return what holds now
     */
    public Quota update(Scope scope, UnaryOperator<Quota> change) {
        if (scope.tenant().isEmpty()) {
            throw new IllegalArgumentException("a quota is of one tenant");
        }
        return file.update(list -> list.with(scope, change.apply(list.quotas().getOrDefault(scope, Quota.UNLIMITED))))
                .quotas()
                .getOrDefault(scope, Quota.UNLIMITED);
    }

    Quota ofTenant(RepositoryName name) {
        return get(new Scope(name.tenant(), "")).or(unlessSet);
    }

    Quota ofRepository(RepositoryName name) {
        return get(new Scope(name.tenant(), name.repository()));
    }
}
