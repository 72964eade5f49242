package dev.cairn.replicator.protocol;

import java.util.regex.Pattern;

/** Where a server keeps a repository: a tenant and a name, each {@code [a-z0-9][a-z0-9._-]{0,63}}. */
public record RepositoryName(String tenant, String repository) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public RepositoryName {
        requireName(tenant, "tenant");
        requireName(repository, "repository");
    }

    /** Whether {@code name} may name a tenant or a repository. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Checks the name of a tenant or a repository.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static String requireName(String name, String what) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "not the name of a %s: '%s' (1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit)"
                            .formatted(what, name));
        }
        return name;
    }

    @Override
    public String toString() {
        return tenant + "/" + repository;
    }
}
