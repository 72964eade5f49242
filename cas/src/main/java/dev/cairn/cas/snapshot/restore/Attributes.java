package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.PosixException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Sets owner, extended attributes, mode and modification time of what stands in the target, each only where it differs.
 *
 * <p>In that order: a change of owner takes set-id bits and capabilities away; attributes of the user need the right to
 * write, which the mode may take; and everything moves the time. Where an owner cannot be set for want of the right to,
 * set-id bits are not set either: they would speak for another user.
 *
 * <p>What cannot be set is listed, and keeps neither the other attributes nor the content from being restored.
 */
final class Attributes {

    private static final int SET_ID_BITS = 06000;

    private final ObjectSource objects;
    private final AttributeListener listener;

    Attributes(ObjectSource objects, AttributeListener listener) {
        this.objects = objects;
        this.listener = listener;
    }

    /** Makes the attributes of {@code target} those of {@code entry} and returns whether anything differed. */
    boolean apply(Entry entry, AttributeTarget target) throws IOException {
        Metadata wanted = entry.metadata();
        FileStat before = target.stat();
        boolean otherOwner = isOtherOwner(wanted, before);
        boolean changed = otherOwner && chown(wanted, target);
        int mode = mode(wanted, before, otherOwner && !changed);
        changed |= xattrs(entry, target);
        FileStat now = changed ? target.stat() : before;
        if (now.type() != FileType.SYMLINK && now.mode() != mode) {
            changed |= attempt(entry, () -> target.chmod(mode));
        }
        if (isOtherTime(wanted, now)) {
            changed |= attempt(entry, () -> target.setTimes(wanted.mtimeSeconds(), wanted.mtimeNanos()));
        }
        return changed;
    }

    /** Whether {@link #apply} would find nothing to do. Once an owner could not be set, owners count for nothing. */
    boolean areSet(Entry entry, AttributeTarget target) throws IOException {
        Metadata wanted = entry.metadata();
        FileStat present = target.stat();
        boolean otherOwner = isOtherOwner(wanted, present);
        if ((otherOwner && !listener.areOwnersKept()) || isOtherTime(wanted, present)) {
            return false;
        }
        if (present.type() != FileType.SYMLINK && present.mode() != mode(wanted, present, otherOwner)) {
            return false;
        }
        List<Xattr> attributes = wanted.xattrs().load(objects);
        if (target.xattrNames().size() != attributes.size()) {
            return false;
        }
        for (Xattr xattr : attributes) {
            if (!Arrays.equals(target.xattr(xattr.name()), xattr.value())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOtherOwner(Metadata wanted, FileStat present) {
        return present.uid() != wanted.owner().uidUnsigned()
                || present.gid() != wanted.owner().gidUnsigned();
    }

    private static boolean isOtherTime(Metadata wanted, FileStat present) {
        return present.mtimeSeconds() != wanted.mtimeSeconds() || present.mtimeNanos() != wanted.mtimeNanos();
    }

    /** @param foreign whether it belongs to somebody else than it should */
    private static int mode(Metadata wanted, FileStat present, boolean foreign) {
        return foreign && present.type() != FileType.DIRECTORY ? wanted.mode() & ~SET_ID_BITS : wanted.mode();
    }

    private boolean chown(Metadata wanted, AttributeTarget target) throws IOException {
        try {
            target.chown(wanted.owner().uidUnsigned(), wanted.owner().gidUnsigned());
            return true;
        } catch (PosixException e) {
            // In a user namespace, an owner that it has no number for is not valid.
            if (e.errno() != Errno.EPERM && e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            listener.ownerKept();
            return false;
        }
    }

    /** One attribute that cannot be set does not keep the others from being set. */
    private boolean xattrs(Entry entry, AttributeTarget target) throws IOException {
        List<Xattr> wanted;
        try {
            wanted = entry.metadata().xattrs().load(objects);
        } catch (CorruptDataException e) {
            listener.fail(RestoreError.of(entry.path(), e));
            return false;
        }
        boolean changed = false;
        for (byte[] name : target.xattrNames()) {
            if (wanted.stream().noneMatch(xattr -> Arrays.equals(xattr.name(), name))) {
                changed |= attempt(entry, () -> target.removeXattr(name));
            }
        }
        for (Xattr xattr : wanted) {
            byte[] present = target.xattr(xattr.name());
            if (present == null || !Arrays.equals(present, xattr.value())) {
                changed |= attempt(entry, () -> target.setXattr(xattr.name(), xattr.value()));
            }
        }
        return changed;
    }

    private interface Deed {
        void run() throws IOException;
    }

    private boolean attempt(Entry entry, Deed deed) throws IOException {
        try {
            deed.run();
            return true;
        } catch (PosixException e) {
            // A file system gives the attributes of one file little room: that it is full does not mean that the disk
            // is.
            boolean full = e.errno() == Errno.ENOSPC || e.errno() == Errno.EDQUOT;
            if (FileRestorer.isFatal(e) && !full) {
                throw e;
            }
            listener.fail(RestoreError.of(entry.path(), e));
            return false;
        }
    }
}
