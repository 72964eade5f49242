package dev.cairn.cas.snapshot.restore;

import dev.cairn.cas.posix.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** To a file system in memory. */
final class MemoryFileSystemRoundTripTest extends RoundTripContract {

    private @Nullable SmallFileSystem mounted;

    @BeforeEach
    void mount() throws IOException {
        Path mount = temp.resolve("mount");
        mounted = SmallFileSystem.mount(mount, "64m");
        source = Files.createDirectory(mount.resolve("source"));
        target = mount.resolve("target");
    }

    @AfterEach
    void unmount() throws IOException {
        if (mounted != null) {
            mounted.close();
        }
    }
}
