package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.file.DurableFile;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.ServerId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where everything of a server is kept.
 *
 * <pre>
 *   server                  the folder's format and the server's id, as text
 *   tls/                    certificate.pem and key.pem, made at the first start
 *   access                  devices, codes and quotas ({@link AccessFile})
 *   tenants/TENANT/REPOSITORY/   an object store each
 *   logs/server/, logs/tenants/TENANT/REPOSITORY/   what devices did ({@link AuditChain})
 *   serving.lock, access.lock    held by the running server, and by whoever changes devices
 * </pre>
 *
 * Names that begin with a dot are unfinished and may be removed when no server runs.
 */
final class DataFolder {

    private static final String HEADER = "cairn server 1";
    private static final String ANY_HEADER = "cairn server ";

    private final Path folder;
    private final ServerId serverId;

    private DataFolder(Path folder, ServerId serverId) {
        this.folder = folder;
        this.serverId = serverId;
    }

    /**
     * A folder that a server has been started on.
     *
     * @throws NoRepositoryException if none has
     */
    static DataFolder existing(Path folder) {
        Path marker = folder.resolve("server");
        if (Files.isDirectory(folder) && !Files.isExecutable(folder)) {
            throw new StoreAccessException(
                    "the server's data folder " + folder + " may not be read by this user",
                    "Run it as the user that the server runs as, such as 'sudo -u cairn cairn ...'.",
                    null);
        }
        if (!Files.exists(marker)) {
            throw new NoRepositoryException(
                    folder + " (it is no server's data folder)", "Start 'cairn serve --data " + folder + "' once.");
        }
        try {
            return new DataFolder(folder, parse(marker));
        } catch (IOException e) {
            throw new StoreAccessException(
                    "cannot read " + marker + ": " + e.getMessage(), "Run it as the user that the server runs as.", e);
        }
    }

    /**
     * The folder of a server, which is made where there is none.
     *
     * @throws StoreAccessException if something else is there, or it cannot be made
     */
    static DataFolder make(Path folder) {
        try {
            DurableFile.makeOwnFolder(folder);
            Path marker = folder.resolve("server");
            if (!Files.exists(marker)) {
                requireEmpty(folder);
                String id = HexFormat.of().formatHex(Secrets.random(ServerId.BYTES));
                DurableFile.replace(marker, (HEADER + "\n" + id + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            DataFolder made = new DataFolder(folder, parse(marker));
            DurableFile.makeOwnFolder(made.tls());
            DurableFile.makeOwnFolder(made.tenantsFolder());
            return made;
        } catch (IOException e) {
            String reason = switch (e) {
                case AccessDeniedException _ -> "permission denied";
                case FileAlreadyExistsException _ -> "a file is in the way";
                default -> String.valueOf(e.getMessage());
            };
            throw new StoreAccessException(
                    "cannot use " + folder + " as the server's data folder: " + reason,
                    "Give another one with --data.",
                    e);
        }
    }

    private static void requireEmpty(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            List<Path> others = children.filter(child -> {
                        String name = String.valueOf(child.getFileName());
                        return !name.startsWith(".") && !name.equals("lost+found");
                    })
                    .limit(1)
                    .toList();
            if (!others.isEmpty()) {
                throw new StoreAccessException(
                        "%s is no server's data folder, and not empty: it holds %s"
                                .formatted(folder, others.getFirst().getFileName()),
                        "Give an empty folder, or one that does not exist yet, with --data.",
                        null);
            }
        }
    }

    private static ServerId parse(Path marker) throws IOException {
        if (Files.size(marker) > 4096) {
            throw new CorruptDataException(marker.toString(), "a few lines", Files.size(marker) + " bytes");
        }
        String[] lines =
                Files.readString(marker, StandardCharsets.ISO_8859_1).lines().toArray(String[]::new);
        if (lines.length == 0 || !lines[0].startsWith(ANY_HEADER)) {
            throw new CorruptDataException(marker.toString(), "'" + HEADER + "'", "something else");
        }
        if (!lines[0].equals(HEADER)) {
            throw new VersionMismatchException(
                    "%s was made by another version of Cairn: %s".formatted(marker, lines[0].strip()),
                    "Upgrade Cairn on this machine.");
        }
        try {
            return ServerId.of(HexFormat.of().parseHex(lines.length > 1 ? lines[1] : ""));
        } catch (RuntimeException e) {
            throw CorruptDataException.because(marker.toString(), "its second line is not an id", e);
        }
    }

    ServerId serverId() {
        return serverId;
    }

    Path tls() {
        return folder.resolve("tls");
    }

    Path tenantsFolder() {
        return folder.resolve("tenants");
    }

    Tenants tenants() {
        return new Tenants(tenantsFolder());
    }

    Path tenant(String tenant) {
        return tenantsFolder().resolve(RepositoryName.requireName(tenant, "tenant"));
    }

    Path repository(RepositoryName name) {
        return tenant(name.tenant()).resolve(name.repository());
    }

    /** Where the log of a repository is; with null that of what belongs to none. It outlives the repository. */
    Path log(@Nullable RepositoryName name) {
        Path logs = folder.resolve("logs");
        return name == null
                ? logs.resolve("server")
                : logs.resolve("tenants").resolve(name.tenant()).resolve(name.repository());
    }

    DeviceRegistry registry(InstantSource clock) {
        return new DeviceRegistry(access(), clock);
    }

    Quotas quotas() {
        return new Quotas(access());
    }

    private AccessFile access() {
        return new AccessFile(folder.resolve("access"), folder.resolve("access.lock"));
    }

    /**
     * Takes the folder for one server. Dies with the process.
     *
     * @throws StoreBusyException if another server runs on it
     */
    Serving serve() {
        Path file = folder.resolve("serving.lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            @Nullable FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // Held by a server of this process: the same as by another.
            } finally {
                if (lock == null) {
                    channel.close();
                }
            }
            if (lock == null) {
                throw new StoreBusyException(folder + " (a server runs on it)", 0);
            }
            return new Serving(channel);
        } catch (IOException e) {
            throw new StoreAccessException("cannot lock " + file + ": " + e.getMessage(), "", e);
        }
    }

    /** The right to serve a folder. */
    record Serving(FileChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new StoreAccessException("cannot unlock the data folder: " + e.getMessage(), "", e);
            }
        }
    }
}
