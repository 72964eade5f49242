package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** A process to which modes apply, root's or not: uses a replica whose files are closed to it in several ways. */
final class AccessProbe {

    static final String DONE = "done";

    private final Path whole;
    private final Path folder;
    private final SmallReplica replica;

    private AccessProbe(Path temporary) {
        whole = temporary.resolve("whole");
        folder = temporary.resolve("replica");
        replica = SmallReplica.create(whole, 81);
    }

    public static void main(String[] arguments) throws IOException {
        AccessProbe probe = new AccessProbe(Path.of(arguments[0]));
        if (Files.isWritable(Files.createFile(
                Path.of(arguments[0], "closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--r--r--"))))) {
            throw new IllegalStateException("modes do not apply to this process");
        }
        probe.nothingWritable_readsAndRefusesToWrite();
        probe.volumesNotWritable_readsAndRefusesToWrite();
        probe.oneVolumeNotWritable_readsAndSaysWhich();
        probe.lockNotWritable_saysSo();
        probe.writerLockNotWritable_readsAndSaysSo();
        probe.indexNotReadable_saysSo();
        probe.oneVolumeNotReadable_readsTheOthers();
        probe.folderClosed_saysSoAndNotThatThereIsNone();
        probe.parentClosed_refusesToMakeOne();
        System.out.println(DONE);
    }

    private void begin() throws IOException {
        if (Files.exists(folder)) {
            open(folder);
            SmallReplica.delete(folder);
        }
        SmallReplica.copy(whole, folder);
    }

    /** Gives all rights back, so that it can be removed. */
    private static void open(Path path) throws IOException {
        boolean isFolder = Files.isDirectory(path);
        mode(path, isFolder ? "rwxr-xr-x" : "rw-r--r--");
        if (isFolder) {
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.toList()) {
                    open(file);
                }
            }
        }
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private LmdbObjectStore open() {
        return LmdbObjectStore.open(folder, SmallReplica.OPTIONS);
    }

    private void requireRefused(LmdbObjectStore store, String message) {
        assertThatThrownBy(() -> store.commit(List.of(replica.make().run(10))))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining(message);
    }

    private void requireOpenRefused(String message) {
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((StoreAccessException) e).hint())
                .asString()
                .isNotEmpty();
    }

    private void nothingWritable_readsAndRefusesToWrite() throws IOException {
        begin();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                mode(file, Files.isDirectory(file) ? "r-xr-xr-x" : "r--r--r--");
            }
        }
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
            requireRefused(store, "open for reading only");
        }
        assertThatThrownBy(() -> LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("permission denied");
    }

    private void volumesNotWritable_readsAndRefusesToWrite() throws IOException {
        begin();
        mode(folder.resolve("volumes"), "r-xr-xr-x");
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
            requireRefused(store, "open for reading only");
        }
    }

    private void oneVolumeNotWritable_readsAndSaysWhich() throws IOException {
        begin();
        mode(folder.resolve(Damage.volume(3)), "r--r--r--");
        try (LmdbObjectStore store = open()) {
            requireRefused(store, "000003.mdb: permission denied");
            assertThat(replica.read(store).right()).isNotEmpty();
        }
    }

    private void lockNotWritable_saysSo() throws IOException {
        begin();
        Files.write(folder.resolve("index/lock.mdb"), new byte[0]);
        mode(folder.resolve("index/lock.mdb"), "r--r--r--");
        requireOpenRefused("permission denied");
    }

    private void writerLockNotWritable_readsAndSaysSo() throws IOException {
        begin();
        Files.write(folder.resolve("writer.lock"), new byte[0]);
        mode(folder.resolve("writer.lock"), "r--r--r--");
        try (LmdbObjectStore store = open()) {
            replica.requireWhole(store);
            requireRefused(store, "writer.lock: permission denied");
        }
    }

    private void indexNotReadable_saysSo() throws IOException {
        begin();
        mode(folder.resolve(Damage.INDEX), "---------");
        requireOpenRefused("data.mdb: permission denied");
    }

    private void oneVolumeNotReadable_readsTheOthers() throws IOException {
        begin();
        mode(folder.resolve(Damage.volume(1)), "---------");
        try (LmdbObjectStore store = open()) {
            SmallReplica.Reading reading = replica.read(store);
            assertThat(reading.right()).isNotEmpty();
            assertThat(reading.refused())
                    .isNotEmpty()
                    .allMatch(e -> e instanceof StoreAccessException)
                    .allMatch(e -> String.valueOf(e.getMessage()).contains("000001.mdb: permission denied"));
        }
    }

    private void folderClosed_saysSoAndNotThatThereIsNone() throws IOException {
        begin();
        mode(folder, "---------");
        requireOpenRefused("permission denied");
        mode(folder, "rwxr-xr-x");
        mode(folder.resolve("index"), "---------");
        requireOpenRefused("permission denied");
    }

    private void parentClosed_refusesToMakeOne() throws IOException {
        begin();
        mode(folder, "r-xr-xr-x");
        assertThatThrownBy(() ->
                        LmdbObjectStore.create(folder.resolve("new"), SmallReplica.REPOSITORY, SmallReplica.OPTIONS))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("permission denied");
        open(folder);
    }
}
