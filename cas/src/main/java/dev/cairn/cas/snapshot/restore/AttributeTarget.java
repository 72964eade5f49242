package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.Handle;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What attributes are set on: something open, or a name in an open folder where opening would do something. */
interface AttributeTarget {

    FileStat stat() throws IOException;

    /** Does nothing for a symbolic link, which has no mode. */
    void chmod(int mode) throws IOException;

    void chown(long uid, long gid) throws IOException;

    void setTimes(long seconds, int nanos) throws IOException;

    List<byte[]> xattrNames() throws IOException;

    byte @Nullable [] xattr(byte[] attribute) throws IOException;

    void setXattr(byte[] attribute, byte[] value) throws IOException;

    void removeXattr(byte[] attribute) throws IOException;

    /** Something open. */
    static AttributeTarget of(Handle handle) {
        return new AttributeTarget() {
            @Override
            public FileStat stat() throws IOException {
                return handle.stat();
            }

            @Override
            public void chmod(int mode) throws IOException {
                handle.chmod(mode);
            }

            @Override
            public void chown(long uid, long gid) throws IOException {
                handle.chown(uid, gid);
            }

            @Override
            public void setTimes(long seconds, int nanos) throws IOException {
                handle.setTimes(seconds, nanos);
            }

            @Override
            public List<byte[]> xattrNames() throws IOException {
                return handle.xattrNames();
            }

            @Override
            public byte @Nullable [] xattr(byte[] attribute) throws IOException {
                return handle.xattr(attribute);
            }

            @Override
            public void setXattr(byte[] attribute, byte[] value) throws IOException {
                handle.setXattr(attribute, value);
            }

            @Override
            public void removeXattr(byte[] attribute) throws IOException {
                handle.removeXattr(attribute);
            }
        };
    }

    /** A name that is not a folder; a link is not followed. */
    static AttributeTarget of(Directory parent, byte[] name, boolean symlink) {
        return new AttributeTarget() {
            @Override
            public FileStat stat() throws IOException {
                return parent.stat(name);
            }

            @Override
            public void chmod(int mode) throws IOException {
                if (!symlink) {
                    parent.chmod(name, mode);
                }
            }

            @Override
            public void chown(long uid, long gid) throws IOException {
                parent.chown(name, uid, gid);
            }

            @Override
            public void setTimes(long seconds, int nanos) throws IOException {
                parent.setTimes(name, seconds, nanos);
            }

            @Override
            public List<byte[]> xattrNames() throws IOException {
                return parent.xattrNames(name);
            }

            @Override
            public byte @Nullable [] xattr(byte[] attribute) throws IOException {
                return parent.xattr(name, attribute);
            }

            @Override
            public void setXattr(byte[] attribute, byte[] value) throws IOException {
                parent.setXattr(name, attribute, value);
            }

            @Override
            public void removeXattr(byte[] attribute) throws IOException {
                parent.removeXattr(name, attribute);
            }
        };
    }
}
