package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlainDirectoryTest extends DirectoryContract {
    @Override
    Directory open(Path path) throws IOException {
        return PlainDirectory.open(path);
    }

    @Test
    void whatIsLost_isRefusedNotPretended() throws IOException {
        write(root, bytes("file"), bytes("x"));
        assertErrno(() -> root.createNode(bytes("fifo"), FileType.FIFO, 0644, 0, 0), Errno.EOPNOTSUPP);
        assertErrno(() -> root.chmod(bytes("file"), 04755), Errno.EOPNOTSUPP);
        assertErrno(() -> root.setXattr(bytes("file"), bytes("trusted.a"), bytes("1")), Errno.EOPNOTSUPP);
        assertErrno(() -> root.createSymlink(bytes("link"), bytes("a//b")), Errno.EOPNOTSUPP);
        assertErrno(() -> root.createSymlink(bytes("link"), bytes("a/")), Errno.EOPNOTSUPP);
        assertThat(root.xattr(bytes("file"), bytes("system.posix_acl_access"))).isNull();
        assertThat(root.capabilities())
                .doesNotContain(Capability.NO_FOLLOW, Capability.HOLES, Capability.XATTRS, Capability.SPECIAL_FILES);
    }

    @Test
    void open_relativePathAsBytes_resolvesAgainstTheWorkingFolder() throws IOException {
        try (Directory here = PlainDirectory.open(bytes("."));
                Directory same = PlainDirectory.open(Path.of(""))) {
            assertThat(here.stat().sameFile(same.stat())).isTrue();
        }
    }
}
