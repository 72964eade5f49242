package dev.cairn.server;

import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.replicator.protocol.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tenants of a server: folders of its data folder, each with repositories of its own. May be changed while a server runs
 * on that folder. Thread-safe, also across processes; blocks on I/O.
 */
public final class Tenants {

    /** The tenant that a server's first start makes. */
    public static final String DEFAULT = "default";

    private final Path folder;

    Tenants(Path folder) {
        this.folder = folder;
    }

    /**
     * The tenants of the server whose data folder this is.
     *
     * @throws dev.cairn.cas.NoRepositoryException if it is not one
     */
    public static Tenants open(Path dataFolder) {
        return DataFolder.existing(dataFolder).tenants();
    }

    /**
     * Adds a tenant. Durable when it returns.
     *
     * @return whether it is new
     */
    public boolean add(String name) {
        Path tenant = folder.resolve(RepositoryName.requireName(name, "tenant"));
        try {
            boolean isNew = !Files.isDirectory(tenant);
            DurableFile.makeOwnFolder(tenant);
            return isNew;
        } catch (IOException e) {
            throw new StoreAccessException("cannot make " + tenant + ": " + e.getMessage(), "", e);
        }
    }

    /** Their names, sorted. */
    public List<String> names() {
        return names(folder);
    }

    /** The names of a tenant's repositories, sorted; none if there is no such tenant. */
    public List<String> repositories(String tenant) {
        return names(folder.resolve(RepositoryName.requireName(tenant, "tenant")));
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> String.valueOf(child.getFileName()))
                    .filter(RepositoryName::isName)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StoreAccessException("cannot read " + folder + ": " + e.getMessage(), "", e);
        }
    }
}
