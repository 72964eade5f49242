package dev.cairn.server;

import dev.cairn.replicator.protocol.RepositoryName;

/**
 * The repositories that a grant or a code covers.
 *
 * @param tenant empty for all tenants; then {@code repository} is empty too
 * @param repository empty for all of the tenant's repositories
 */
public record Scope(String tenant, String repository) {

    /** Every repository of every tenant. */
    public static final Scope ALL = new Scope("", "");

    public Scope {
        if (!tenant.isEmpty()) {
            RepositoryName.requireName(tenant, "tenant");
        } else if (!repository.isEmpty()) {
            throw new IllegalArgumentException(
                    "repository '%s' needs a tenant: which one is it of?".formatted(repository));
        }
        if (!repository.isEmpty()) {
            RepositoryName.requireName(repository, "repository");
        }
    }

    /** Whether {@code name} is one of them. */
    public boolean covers(RepositoryName name) {
        return (tenant.isEmpty() || tenant.equals(name.tenant()))
                && (repository.isEmpty() || repository.equals(name.repository()));
    }

    @Override
    public String toString() {
        return (tenant.isEmpty() ? "*" : tenant) + "/" + (repository.isEmpty() ? "*" : repository);
    }
}
