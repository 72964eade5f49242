package dev.cairn.cas.lmdb;

import java.util.Locale;
import java.util.Set;

/** File systems over a network, whose locks and maps LMDB cannot rely on, by what the operating system calls them. */
public final class NetworkFileSystem {

    private static final Set<String> TYPES = Set.of(
            "nfs",
            "nfs3",
            "nfs4",
            "cifs",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "9p",
            "afs",
            "ncpfs",
            "fuse.sshfs",
            "fuse.davfs",
            "fuse.rclone",
            "fuse.s3fs",
            "davfs",
            "ceph",
            "glusterfs",
            "fuse.glusterfs",
            "lustre",
            "beegfs");

    private NetworkFileSystem() {}

    /** Whether file systems of that type are refused. */
    public static boolean isOfType(String type) {
        return TYPES.contains(type.toLowerCase(Locale.ROOT));
    }
}
