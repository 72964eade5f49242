package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.StoreAccessException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that may not be written to: reading works, or says why not, and writing is refused in words. */
final class ReadOnlyFolderTest {

    private static final List<String> MODES_APPLY = List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @Test
    void use_filesClosedByTheirModes_readsWhatMayBeReadAndSaysTheRest() throws Exception {
        List<String> before = List.of();
        if ("root".equals(System.getProperty("user.name"))) {
            List<String> attempt = new java.util.ArrayList<>(MODES_APPLY);
            attempt.add("true");
            assumeTrue(SmallDisk.isDone(attempt), "skipped: modes do not bind root, and there is no setpriv");
            before = MODES_APPLY;
        }
        Process probe = ChildStore.start(before, AccessProbe.class, temporary.toString());
        List<String> lines = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(probe.waitFor()).isZero();
        assertThat(lines).last().isEqualTo(AccessProbe.DONE);
    }

    @Test
    void use_fileSystemMountedForReadingOnly_readsAndRefusesToWrite() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary, "tmpfs", 4 << 20)) {
            Path folder = disk.folder().resolve("replica");
            SmallReplica replica = SmallReplica.create(folder, 82);
            assumeTrue(
                    SmallDisk.isDone(
                            List.of("mount", "-o", "remount,ro", disk.folder().toString())),
                    "skipped: this file system cannot be mounted for reading only");
            try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
                replica.requireWhole(store);
                assertThatThrownBy(() -> store.commit(List.of(replica.make().run(10))))
                        .isInstanceOf(StoreAccessException.class)
                        .hasMessageContaining("open for reading only");
                assertThatThrownBy(() -> store.configure(1, new byte[1])).isInstanceOf(StoreAccessException.class);
            }
            assertThatThrownBy(() -> LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("read-only");
            assertThatThrownBy(() -> LmdbObjectStore.create(
                            disk.folder().resolve("new"), SmallReplica.REPOSITORY, SmallReplica.OPTIONS))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void open_forReadingOnly_readsAndRefusesToWrite() {
        Path folder = temporary.resolve("replica");
        SmallReplica replica = SmallReplica.create(folder, 83);
        LmdbObjectStore.Options readOnly = SmallReplica.OPTIONS.withReadOnly(true);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, readOnly)) {
            replica.requireWhole(store);
            assertThatThrownBy(() -> store.commit(List.of(replica.make().run(10))))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("open for reading only");
            assertThatThrownBy(() -> LmdbObjectStore.open(folder, SmallReplica.OPTIONS))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("open for reading only in this process");
        }
        try (LmdbObjectStore writing = LmdbObjectStore.open(folder, SmallReplica.OPTIONS);
                LmdbObjectStore reading = LmdbObjectStore.open(folder, readOnly)) {
            writing.commit(List.of(replica.make().run(10)));
            assertThat(reading.stats().records()).isEqualTo(writing.stats().records());
            assertThatThrownBy(() -> reading.configure(1, new byte[1])).isInstanceOf(StoreAccessException.class);
        }
    }
}
