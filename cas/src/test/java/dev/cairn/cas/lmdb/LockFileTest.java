package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that LMDB writes to through a map: there before LMDB, whole, and nobody's twice. */
final class LockFileTest {

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void require_none_isWrittenInFull() throws IOException {
        Path lock = temporary.resolve("lock.mdb");
        LockFile.require(lock);
        assertThat(Files.readAllBytes(lock)).hasSizeGreaterThan(65_664).containsOnly(0);
        assertThat(temporary.toFile().list()).as("nothing else is left").containsExactly("lock.mdb");
    }

    @Test
    void require_fileThere_isLeftAlone() throws IOException {
        Path lock = Files.writeString(temporary.resolve("lock.mdb"), "in use");
        LockFile.require(lock);
        assertThat(lock).hasContent("in use");
    }

    @Test
    void require_folderGone_saysWhere() {
        Path lock = temporary.resolve("none/lock.mdb");
        assertThatThrownBy(() -> LockFile.require(lock))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(lock.toString());
    }

    @Test
    void require_manyAtOnce_allSeeOneFile() throws Exception {
        for (int round = 0; round < 20; round++) {
            Path lock = temporary.resolve("lock-" + round);
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                List<Future<Object>> keys = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    keys.add(threads.submit(() -> {
                        LockFile.require(lock);
                        return Files.getAttribute(lock, "unix:ino");
                    }));
                }
                List<Object> inodes = new ArrayList<>();
                for (Future<Object> key : keys) {
                    inodes.add(key.get());
                }
                assertThat(inodes).containsOnly(inodes.getFirst());
            }
        }
    }

    /** LMDB derives the number of its readers from the length: it must be one that it works with. */
    @Test
    void require_beforeAnEnvironment_servesIt() throws IOException {
        Path folder = temporary.resolve("replica");
        SmallReplica replica = SmallReplica.create(folder, 121);
        assertThat(Files.size(folder.resolve("index/lock.mdb"))).isEqualTo(17 * 4096);
        assertThat(Files.size(Environment.lockOf(folder.resolve(Damage.volume(1)))))
                .isEqualTo(17 * 4096);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            replica.requireWhole(store);
        }
    }
}
