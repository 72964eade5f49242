package dev.cairn.cas.posix;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file or folder: what can be asked of and done to it without naming it again, so that nothing can be swapped
 * in between. May be used from several threads. Every method fails with EBADF after {@link #close()}.
 */
public interface Handle extends AutoCloseable {
    /** One call; allocates only the result. */
    FileStat stat() throws IOException;

    /** Sets the set-id, sticky and permission bits. The umask has no part in it. */
    void chmod(int mode) throws IOException;

    /** Sets owner and group; clears set-id bits, so it comes before {@link #chmod}. -1 leaves one as it is. */
    void chown(long uid, long gid) throws IOException;

    /** Sets the modification time and leaves the access time as it is. */
    void setTimes(long mtimeSeconds, int mtimeNanos) throws IOException;

    /**
     * The names of the extended attributes, in the file system's order, ACLs ({@code system.posix_acl_access},
     * {@code system.posix_acl_default}) among them. Empty where the file system has none at all.
     */
    List<byte[]> xattrNames() throws IOException;

    /** The value of an extended attribute (at most 64 KiB), or null where there is none of that name. */
    byte @Nullable [] xattr(byte[] attribute) throws IOException;

    /** Makes or replaces an extended attribute. */
    void setXattr(byte[] attribute, byte[] value) throws IOException;

    /** Removes an extended attribute; none of that name is no error. */
    void removeXattr(byte[] attribute) throws IOException;

    /** Forces content and metadata to disk: what this reported survives power loss. */
    void sync() throws IOException;

    /** Gives the handle back; idempotent. A call of another thread that is under way finishes first. */
    @Override
    void close() throws IOException;
}
