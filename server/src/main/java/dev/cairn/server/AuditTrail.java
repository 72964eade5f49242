package dev.cairn.server;

import dev.cairn.replicator.protocol.RepositoryName;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a server wrote down of what devices did, for whoever has its data folder, whether a server runs on it or not. Blocks on I/O.
 */
public final class AuditTrail {

    private final DataFolder folder;

    private AuditTrail(DataFolder folder) {
        this.folder = folder;
    }

    /**
     * How far a log goes.
     *
     * @param sequence number of the last entry; 0 if there is none
     * @param hash its hash, 64 hex digits, which binds all before
     */
    public record Head(long sequence, String hash) {}

    /**
     * The logs of the server whose data folder this is.
     *
     * @throws dev.cairn.cas.NoRepositoryException if it is not one
     */
    public static AuditTrail open(Path dataFolder) {
        return new AuditTrail(DataFolder.existing(dataFolder));
    }

    /**
     * Reads a log from the oldest entry that is kept to the newest, and checks every hash on the way. Entries go to {@code entries} as
     * they are read: those before one that is wrong were right.
     *
     * @param entries takes each with its hash, 64 hex digits
     * @param name null for what belongs to no repository: enrolments
     * @throws dev.cairn.cas.CorruptDataException that names the first entry that is wrong, or gone
     */
    public Head read(@Nullable RepositoryName name, BiConsumer<AuditEntry, String> entries) {
        AuditChain.Head head = AuditChain.read(folder.log(name), entries);
        return new Head(head.sequence(), head.hex());
    }
}
