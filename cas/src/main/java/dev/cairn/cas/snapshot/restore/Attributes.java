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
 */
final class Attributes {

    private static final int SET_ID_BITS = 06000;

    private final ObjectSource objects;
    private final RestoreTally tally;

    Attributes(ObjectSource objects, RestoreTally tally) {
        this.objects = objects;
        this.tally = tally;
    }

    /** Makes the attributes of {@code target} those of {@code entry} and returns whether anything differed. */
    boolean apply(Entry entry, AttributeTarget target) throws IOException {
        Metadata wanted = entry.metadata();
        FileStat before = target.stat();
        boolean changed = false;
        boolean foreign = false;
        if (before.uid() != wanted.owner().uidUnsigned()
                || before.gid() != wanted.owner().gidUnsigned()) {
            foreign = !chown(wanted, target);
            changed = !foreign;
        }
        changed |= xattrs(entry, target);
        int mode = foreign && before.type() != FileType.DIRECTORY ? wanted.mode() & ~SET_ID_BITS : wanted.mode();
        FileStat now = changed ? target.stat() : before;
        if (now.type() != FileType.SYMLINK && now.mode() != mode) {
            target.chmod(mode);
            changed = true;
        }
        if (now.mtimeSeconds() != wanted.mtimeSeconds() || now.mtimeNanos() != wanted.mtimeNanos()) {
            target.setTimes(wanted.mtimeSeconds(), wanted.mtimeNanos());
            changed = true;
        }
        return changed;
    }

    private boolean chown(Metadata wanted, AttributeTarget target) throws IOException {
        try {
            target.chown(wanted.owner().uidUnsigned(), wanted.owner().gidUnsigned());
            return true;
        } catch (PosixException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            tally.ownersKept = true;
            return false;
        }
    }

    /** One attribute that cannot be set does not keep the others from being set. */
    private boolean xattrs(Entry entry, AttributeTarget target) throws IOException {
        List<Xattr> wanted;
        try {
            wanted = entry.metadata().xattrs().load(objects);
        } catch (CorruptDataException e) {
            tally.fail(RestoreError.of(entry.path(), e));
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
            if (FileRestorer.isFatal(e)) {
                throw e;
            }
            tally.fail(RestoreError.of(entry.path(), e));
            return false;
        }
    }
}
