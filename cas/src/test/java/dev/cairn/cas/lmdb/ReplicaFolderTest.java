package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreAccessException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where there is a replica, where there is none, and where there must not be one. */
final class ReplicaFolderTest {

    private static final LmdbObjectStore.Options OPTIONS = LmdbObjectStore.Options.DEFAULT;

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"nfs", "nfs4", "NFS4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "ceph", "lustre"})
    void requireLocal_networkFileSystem_isRefusedUnlessAllowed(String type) {
        assertThatThrownBy(() -> ReplicaFolder.requireLocal(temporary, type, false))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining(temporary.toString())
                .hasMessageContaining(type);
        assertThatCode(() -> ReplicaFolder.requireLocal(temporary, type, true)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "fuseblk", ""})
    void requireLocal_localFileSystem_isTaken(String type) {
        assertThatCode(() -> ReplicaFolder.requireLocal(temporary, type, false)).doesNotThrowAnyException();
    }

    @Test
    void open_nothingThere_saysWhatIsMissing() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertThatThrownBy(() -> LmdbObjectStore.open(temporary.resolve("none"), OPTIONS))
                .isInstanceOf(NoRepositoryException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> LmdbObjectStore.open(file, OPTIONS)).isInstanceOf(NoRepositoryException.class);
        assertThatThrownBy(() -> LmdbObjectStore.open(empty, OPTIONS)).isInstanceOf(NoRepositoryException.class);
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void open_volumesWithoutAnIndex_isDamage() throws IOException {
        Path folder = temporary.resolve("replica");
        SmallReplica.create(folder, 91);
        SmallReplica.delete(folder.resolve("index"));
        assertThatThrownBy(() -> LmdbObjectStore.open(folder, OPTIONS))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(folder.resolve("index").toString());
    }

    @Test
    void open_rowOfTheRepositoryGone_isDamageAndNotAFolderToRemove() throws IOException {
        Path folder = temporary.resolve("replica");
        SmallReplica replica = SmallReplica.create(folder, 94);
        Path index = folder.resolve("index/data.mdb");
        String bytes = Files.readString(index, StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains("repository");
        Files.writeString(index, bytes.replace("repository", "repositorx"), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> LmdbObjectStore.open(folder, OPTIONS))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(folder.resolve("index").toString());
        LmdbObjectStore.rebuildIndex(folder, SmallReplica.OPTIONS);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            replica.requireWhole(store);
        }
    }

    @Test
    void open_bySeveralNames_sharesOneReplica() throws IOException {
        Path folder = temporary.resolve("replica");
        SmallReplica replica = SmallReplica.create(folder, 92);
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        LmdbObjectStore other;
        try (LmdbObjectStore one = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            other = LmdbObjectStore.open(link, SmallReplica.OPTIONS);
            assertThat(other.shared()).isSameAs(one.shared());
        }
        try (other) {
            replica.requireWhole(other);
        }
        assertThat(Replica.isOpen(folder.toRealPath())).isFalse();
    }

    @Test
    void create_somethingThere_isRefusedAndLeavesItAlone() throws IOException {
        Path folder = temporary.resolve("replica");
        SmallReplica replica = SmallReplica.create(folder, 93);
        assertThatThrownBy(() -> LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("there is a repository");
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SmallReplica.OPTIONS)) {
            replica.requireWhole(store);
        }
        Path other = Files.createDirectory(temporary.resolve("other"));
        Files.writeString(other.resolve("mine"), "text");
        assertThatThrownBy(() -> LmdbObjectStore.create(other, SmallReplica.REPOSITORY, OPTIONS))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("not empty");
        assertThat(other.resolve("mine")).hasContent("text");
        assertThat(other.resolve("index")).doesNotExist();
    }

    @Test
    void create_cutShortBefore_isFinished() throws IOException {
        Path folder = temporary.resolve("replica");
        Files.createDirectories(folder.resolve("index"));
        Files.createDirectories(folder.resolve("volumes"));
        Files.createFile(folder.resolve("writer.lock"));
        Environment.index(folder.resolve("index"), OPTIONS.indexMapBytes(), Environment.Mode.CREATE)
                .close();
        assertThatThrownBy(() -> LmdbObjectStore.open(folder, OPTIONS)).isInstanceOf(NoRepositoryException.class);
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, OPTIONS)) {
            assertThat(store.repositoryId()).isEqualTo(SmallReplica.REPOSITORY);
        }
    }
}
