package dev.cairn.server;

import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.RepositoryName;
import java.util.HashMap;
import java.util.Map;

/** How many requests of each tenant and repository are under way, so that one cannot take all the places. Thread-safe. */
final class RequestsUnderWay {

    private final int perTenantMax;
    private final Map<Scope, Integer> counts = new HashMap<>();

    RequestsUnderWay(int perTenantMax) {
        this.perTenantMax = perTenantMax;
    }

    /**
     * One more; {@link #ended} must follow.
     *
     * @throws ProblemException if the tenant has as many as any may have
     */
    synchronized void begin(RepositoryName name) {
        if (counts.getOrDefault(tenant(name), 0) >= perTenantMax) {
            throw busy("tenant", perTenantMax);
        }
        counts.merge(tenant(name), 1, Integer::sum);
        counts.merge(repository(name), 1, Integer::sum);
    }

    synchronized void ended(RepositoryName name) {
        counts.computeIfPresent(tenant(name), (scope, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
        counts.computeIfPresent(repository(name), (scope, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
    }

    /**
     * Checks those that have begun against quotas.
     *
     * @throws ProblemException if there are more
     */
    synchronized void require(RepositoryName name, Quota ofTenant, Quota ofRepository) {
        if (counts.getOrDefault(tenant(name), 0) > ofTenant.requests()) {
            throw busy("tenant", ofTenant.requests());
        }
        if (counts.getOrDefault(repository(name), 0) > ofRepository.requests()) {
            throw busy("repository", ofRepository.requests());
        }
    }

    private static Scope tenant(RepositoryName name) {
        return new Scope(name.tenant(), "");
    }

    private static Scope repository(RepositoryName name) {
        return new Scope(name.tenant(), name.repository());
    }

    private static ProblemException busy(String what, long max) {
        return new ProblemException(
                Problem.busy("the %s has %d requests under way, and that is the most".formatted(what, max), 1));
    }
}
