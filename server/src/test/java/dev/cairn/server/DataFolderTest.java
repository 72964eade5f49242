package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.replicator.protocol.ServerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    Path folder;

    private Path data;
    private Path marker;

    @BeforeEach
    void place() {
        data = folder.resolve("a/data");
        marker = data.resolve("server");
    }

    @Test
    void make_newFolder_isForItsOwnerAlone() throws IOException {
        DataFolder.make(data);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(marker)))
                .isEqualTo("rw-------");
        assertThat(data.resolve("tls")).isDirectory();
        assertThat(data.resolve("tenants")).isDirectory();
    }

    @Test
    void make_again_keepsTheId() {
        ServerId id = DataFolder.make(data).serverId();
        assertThat(DataFolder.make(data).serverId()).isEqualTo(id);
        assertThat(DataFolder.existing(data).serverId()).isEqualTo(id);
        assertThat(DataFolder.make(folder.resolve("b")).serverId()).isNotEqualTo(id);
    }

    @Test
    void make_freshFileSystem_isTakenForEmpty() throws IOException {
        Files.createDirectories(data.resolve("lost+found"));
        Files.createFile(data.resolve(".server-0123456789abcdef"));
        assertThat(DataFolder.make(data).serverId()).isNotNull();
    }

    @Test
    void make_folderOfSomethingElse_isLeftAlone() throws IOException {
        Files.createDirectories(data);
        Files.writeString(data.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> DataFolder.make(data))
                .isInstanceOfSatisfying(
                        StoreAccessException.class, e -> assertThat(e.hint()).contains("--data"))
                .hasMessageContaining("letter.txt");
        try (var children = Files.list(data)) {
            assertThat(children.toList()).containsExactly(data.resolve("letter.txt"));
        }
    }

    @Test
    void make_fileInThePlace_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "dear");
        assertThatThrownBy(() -> DataFolder.make(file))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent("dear");
    }

    @Test
    void make_ofALaterVersion_isAVersionMismatch() throws IOException {
        DataFolder.make(data);
        for (String version : new String[] {"2", "10", "1.1"}) {
            Files.writeString(marker, "cairn server " + version + "\nsomething new\n");
            assertThatThrownBy(() -> DataFolder.make(data))
                    .isInstanceOfSatisfying(
                            VersionMismatchException.class,
                            e -> assertThat(e.hint()).contains("Upgrade"))
                    .hasMessageContaining(marker.toString())
                    .hasMessageContaining("cairn server " + version);
            assertThatThrownBy(() -> DataFolder.existing(data)).isInstanceOf(VersionMismatchException.class);
        }
    }

    @Test
    void make_damagedMarker_isDamageAndNothingIsReplaced() throws IOException {
        DataFolder.make(data);
        String id = Files.readString(marker).lines().toList().get(1);
        String[] damaged = {
            "",
            "\n",
            "letter\n",
            "cairn server 1",
            "cairn server 1\n",
            "cairn server 1\n" + id.substring(1) + "\n",
            "cairn server 1\n" + id + "00\n",
            "cairn server 1\nx" + id.substring(1) + "\n",
            "cairn server 1\n" + id + "\n" + " ".repeat(5000)
        };
        for (String content : damaged) {
            Files.writeString(marker, content);
            assertThatThrownBy(() -> DataFolder.make(data))
                    .as(content)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(marker.toString());
            assertThat(marker).hasContent(content);
        }
    }

    @Test
    void existing_folderWithoutServer_saysHowToMakeOne() {
        assertThatThrownBy(() -> DataFolder.existing(data))
                .isInstanceOfSatisfying(
                        NoRepositoryException.class, e -> assertThat(e.hint()).contains("cairn serve --data " + data))
                .hasMessageContaining(data.toString());
        assertThat(data).doesNotExist();
    }

    @Test
    void serve_twice_isBusyUntilTheFirstLetsGo() {
        DataFolder made = DataFolder.make(data);
        try (DataFolder.Serving serving = made.serve()) {
            assertThat(serving.channel().isOpen()).isTrue();
            assertThatThrownBy(() -> DataFolder.make(data).serve())
                    .isInstanceOf(StoreBusyException.class)
                    .hasMessageContaining(data.toString());
        }
        made.serve().close();
    }

    @Test
    void repository_place_isBelowItsTenant() {
        DataFolder made = DataFolder.make(data);
        assertThat(made.repository(new RepositoryName("home", "photos")))
                .isEqualTo(data.resolve("tenants/home/photos"));
        assertThatThrownBy(() -> made.tenant("..")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tenants_addedAndListed_areSortedAndOnlyThose() throws IOException {
        DataFolder made = DataFolder.make(data);
        Tenants tenants = made.tenants();
        assertThat(tenants.names()).isEmpty();
        assertThat(tenants.add("office")).isTrue();
        assertThat(tenants.add("home")).isTrue();
        assertThat(tenants.add("home")).as("already there").isFalse();
        Files.createDirectories(data.resolve("tenants/.hidden"));
        Files.createDirectories(data.resolve("tenants/home/photos"));
        Files.createDirectories(data.resolve("tenants/home/.new-1234"));
        Files.createFile(data.resolve("tenants/home/file"));
        assertThat(Tenants.open(data).names()).containsExactly("home", "office");
        assertThat(tenants.repositories("home")).containsExactly("photos");
        assertThat(tenants.repositories("nobody")).isEmpty();
        for (String name : new String[] {"..", "", "Home", "a/b", ".new"}) {
            assertThatThrownBy(() -> tenants.add(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
