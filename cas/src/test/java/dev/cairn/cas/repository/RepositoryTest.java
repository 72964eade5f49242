package dev.cairn.cas.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RecoveryCode;
import dev.cairn.cas.seal.ReplicaId;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotSecret;
import dev.cairn.cas.snapshot.SnapshotCodec;
import dev.cairn.cas.snapshot.SnapshotDescription;
import dev.cairn.chunker.ChunkProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryTest {

    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    private final MemoryStorage storage = new MemoryStorage();
    private final Repository.Seams seams = new Repository.Seams(storage, Entropy.system(), InstantSource.fixed(TIME));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temporary;

    private Path folder = Path.of("");
    private Path keys = Path.of("");

    @BeforeEach
    void folders() {
        folder = temporary.resolve("data/repo");
        keys = temporary.resolve("config/keys");
    }

    private CreateOptions withKeyFile() {
        return CreateOptions.withKeyFile(id -> keys.resolve(id + ".key"));
    }

    private Repository.Created create() {
        return Repository.create(folder, withKeyFile(), seams);
    }

    private Repository open(KeySource key) {
        return Repository.open(folder, _ -> key, OpenOptions.DEFAULT, seams);
    }

    @Test
    void open_byKeyFileAndRecoveryCode_givesTheSameRepository() {
        Repository.Created created = create();
        Repository first = created.repository();
        KeySource keyFile = new KeySource.KeyFilePath(created.keyFile().orElseThrow());
        for (KeySource key : List.of(keyFile, new KeySource.RecoveryText(created.recoveryCode()))) {
            try (Repository again = open(key)) {
                assertThat(again.id()).isEqualTo(first.id());
                assertThat(again.hasher().chunk(new byte[3], 0, 3))
                        .isEqualTo(first.hasher().chunk(new byte[3], 0, 3));
                assertThat(again.gearTable()).isEqualTo(again.gearTable());
                assertThat(again.manifestKey().copy())
                        .isEqualTo(first.manifestKey().copy());
                assertThat(again.replica().id()).isEqualTo(first.replica().id());
            }
        }
    }

    @Test
    void create_keyFileAndReplica_areForTheirOwnerOnly() throws IOException {
        Repository.Created created = create();
        created.repository().replica();

        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(created.keyFile().orElseThrow())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("replica"))))
                .isEqualTo("rw-------");
        assertThat(names(folder)).containsExactly("index", "replica");
        assertThat(names(folder.resolve(".."))).containsExactly("repo");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void create_options_standInTheConfiguration() {
        CreateOptions options =
                withKeyFile().withChunks(ChunkProfile.parse("8/32/128")).withCompression(new Compression.Lz4());
        try (Repository repository = Repository.create(folder, options, seams).repository()) {
            assertThat(repository.chunkProfile()).isEqualTo(ChunkProfile.parse("8/32/128"));
            assertThat(repository.configuration().compression()).isEqualTo(new Compression.Lz4());
        }
    }

    @Test
    void create_overSomething_isRefusedAndLeavesItAlone() throws IOException {
        create();
        assertThatThrownBy(this::create)
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("there is a repository");
        Path other = temporary.resolve("other");
        Files.createDirectories(other);
        Files.writeString(other.resolve("mine"), "text");
        assertThatThrownBy(() -> Repository.create(other, withKeyFile(), seams))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("not an empty folder");
        assertThat(names(other)).containsExactly("mine");
        assertThat(names(keys)).hasSize(1);
    }

    @Test
    void create_inAnEmptyFolder_works() throws IOException {
        Files.createDirectories(folder);

        assertThatCode(this::create).doesNotThrowAnyException();
        assertThat(names(folder)).contains("index");
    }

    @Test
    void create_storeFull_leavesNothing() throws IOException {
        storage.fail();

        assertThatThrownBy(this::create).isInstanceOf(StoreFullException.class);
        assertThat(folder).doesNotExist();
        assertThat(names(keys)).isEmpty();
        assertThat(names(temporary.resolve("data"))).isEmpty();
    }

    @Test
    void create_keyFileThereAlready_isRefused() throws IOException {
        Path file = temporary.resolve("my.key");
        Files.writeString(file, "precious");

        assertThatThrownBy(() -> Repository.create(folder, CreateOptions.withKeyFile(_ -> file), seams))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("my.key");
        assertThat(Files.readString(file)).isEqualTo("precious");
        assertThat(folder).doesNotExist();
    }

    @Test
    void open_noRepository_saysSo() {
        assertThatThrownBy(() -> open(new KeySource.RecoveryText("x"))).isInstanceOf(NoRepositoryException.class);
    }

    @Test
    void open_keySourceUnusable_isAWrongKeyThatNamesIt() throws IOException {
        create();
        Path missing = temporary.resolve("missing.key");
        Path empty = Files.writeString(temporary.resolve("empty.key"), "");
        Path malformed = Files.writeString(temporary.resolve("malformed.key"), "not a key\n");
        for (Path file : List.of(missing, empty, malformed, temporary)) {
            assertThatThrownBy(() -> open(new KeySource.KeyFilePath(file)))
                    .isInstanceOf(WrongKeyException.class)
                    .hasMessageContaining(file.toString());
            assertThatThrownBy(() -> open(new KeySource.PasswordFile(file))).isInstanceOf(WrongKeyException.class);
        }
        assertThatThrownBy(() -> open(new KeySource.PasswordText(new char[0], "CAIRN_PASSWORD")))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("CAIRN_PASSWORD");
        assertThatThrownBy(() -> open(new KeySource.RecoveryText(""))).isInstanceOf(WrongKeyException.class);
        assertThat(new KeySource.PasswordText("hidden".toCharArray(), "the prompt").toString())
                .doesNotContain("hidden");
    }

    @Test
    void addSlot_password_opensFromTheNextTimeOn() throws IOException {
        Repository.Created created = create();
        assertThatThrownBy(() -> open(new KeySource.PasswordText("secret".toCharArray(), "the prompt")))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("no password slot");

        created.repository().addSlot(new SlotSecret.Password("secret".toCharArray()), "mine");

        Path file = Files.writeString(temporary.resolve("password"), "secret\nignored\n");
        try (Repository again = open(new KeySource.PasswordFile(file))) {
            assertThat(again.configuration().slots()).hasSize(3);
            assertThat(again.configuration().revision()).isEqualTo(2);
            assertThat(again.configuration().slots().get(2).label()).isEqualTo("mine");
        }
        Path windows = Files.writeString(temporary.resolve("windows"), "secret\r\n");
        assertThatCode(() -> open(new KeySource.PasswordFile(windows))).doesNotThrowAnyException();
        assertThatThrownBy(() -> open(new KeySource.PasswordText("Secret".toCharArray(), "the prompt")))
                .isInstanceOf(WrongKeyException.class)
                .hasMessageContaining("wrong password");
    }

    @Test
    void open_configurationDamaged_isDamage() {
        Repository.Created created = create();
        byte[] bytes = created.repository().configuration().bytes();
        bytes[bytes.length / 2] ^= 1;
        assertThat(created.repository().store().configure(1, bytes)).isTrue();

        assertThatThrownBy(() -> open(new KeySource.RecoveryText(created.recoveryCode())))
                .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void open_configurationOfAnotherRepository_isDamage() {
        Repository.Created created = create();
        byte[] other = Repository.create(temporary.resolve("other"), withKeyFile(), seams)
                .repository()
                .configuration()
                .bytes();
        created.repository().store().configure(1, other);

        assertThatThrownBy(() -> open(new KeySource.RecoveryText(created.recoveryCode())))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("the configuration of repository");
    }

    @Test
    void adopt_configurationOfAnotherReplica_isTheSameRepositoryElsewhere() {
        Repository.Created created = create();
        Path clone = temporary.resolve("clone");
        KeySource key = new KeySource.RecoveryText(created.recoveryCode());

        try (Repository adopted = Repository.adopt(
                clone,
                created.repository().configuration().bytes(),
                "a server",
                _ -> key,
                OpenOptions.DEFAULT,
                seams)) {
            assertThat(adopted.id()).isEqualTo(created.repository().id());
            assertThat(adopted.replica().id())
                    .isNotEqualTo(created.repository().replica().id());
        }
        assertThatCode(() -> Repository.open(clone, _ -> key, OpenOptions.DEFAULT, seams))
                .doesNotThrowAnyException();
    }

    @Test
    void adopt_wrongKey_writesNothing() {
        byte[] bytes = create().repository().configuration().bytes();
        Path clone = temporary.resolve("clone");
        KeySource key = new KeySource.PasswordText("guess".toCharArray(), "the prompt");

        assertThatThrownBy(() -> Repository.adopt(clone, bytes, "a server", _ -> key, OpenOptions.DEFAULT, seams))
                .isInstanceOf(WrongKeyException.class);
        assertThat(clone).doesNotExist();
    }

    @Test
    void replica_copiedFolder_getsAnIdentityOfItsOwn() throws IOException {
        Repository.Created created = create();
        ReplicaId original = created.repository().replica().id();
        KeySource key = new KeySource.RecoveryText(created.recoveryCode());
        Path copy = temporary.resolve("copy");
        Files.createDirectories(copy);
        for (String name : names(folder)) {
            Files.copy(folder.resolve(name), copy.resolve(name));
        }

        try (Repository copied = Repository.open(copy, _ -> key, OpenOptions.DEFAULT, seams)) {
            ReplicaId own = copied.replica().id();
            assertThat(own).isNotEqualTo(original);
            try (Repository again = Repository.open(copy, _ -> key, OpenOptions.DEFAULT, seams)) {
                assertThat(again.replica().id()).isEqualTo(own);
            }
        }
        try (Repository again = open(key)) {
            assertThat(again.replica().id()).isEqualTo(original);
        }
    }

    @Test
    void replica_damagedFile_isSetAsideAndMadeAnew() throws IOException {
        Repository.Created created = create();
        ReplicaId original = created.repository().replica().id();
        KeySource key = new KeySource.RecoveryText(created.recoveryCode());
        Path file = folder.resolve("replica");
        byte[] whole = Files.readAllBytes(file);
        for (byte[] bad : List.of(new byte[0], Arrays.copyOf(whole, whole.length / 2), new byte[] {1, 2, 3})) {
            Files.write(file, bad);
            try (Repository again = open(key)) {
                ReplicaId fresh = again.replica().id();
                assertThat(fresh).isNotEqualTo(original);
                try (Repository once = open(key)) {
                    assertThat(once.replica().id()).isEqualTo(fresh);
                }
            }
            assertThat(folder.resolve("replica.damaged")).hasBinaryContent(bad);
        }
    }

    @Test
    void replica_movedFolder_staysItself() throws IOException {
        Repository.Created created = create();
        ReplicaId original = created.repository().replica().id();
        Path moved = temporary.resolve("moved");
        Files.move(folder, moved);

        try (Repository again = Repository.open(
                moved, _ -> new KeySource.RecoveryText(created.recoveryCode()), OpenOptions.DEFAULT, seams)) {
            assertThat(again.replica().id()).isEqualTo(original);
        }
    }

    /** A server counts changes by itself and can say any number: the revision that a holder of the key signed decides. */
    @Test
    void adoptConfiguration_olderThanOurs_keepsOurs() {
        Repository repository = create().repository();
        byte[] first = repository.configuration().bytes();
        RecoveryCode mine = RecoveryCode.generate(Entropy.system());
        repository.addSlot(mine, "mine");

        repository.adoptConfiguration(new StoredConfiguration(99, first));

        try (Repository again = open(new KeySource.RecoveryText(mine.text()))) {
            assertThat(again.configuration().revision()).isEqualTo(2);
        }
    }

    @Test
    void adoptConfiguration_changedOnBothSides_hasWhatEitherAdded() {
        Repository repository = create().repository();
        RecoveryCode theirs = RecoveryCode.generate(Entropy.system());
        byte[] another = withSlot(repository, theirs, "theirs");
        RecoveryCode mine = RecoveryCode.generate(Entropy.system());
        repository.addSlot(mine, "mine");

        repository.adoptConfiguration(new StoredConfiguration(1, another));

        for (RecoveryCode code : List.of(mine, theirs)) {
            try (Repository again = open(new KeySource.RecoveryText(code.text()))) {
                assertThat(again.configuration().revision()).isEqualTo(3);
                assertThat(again.configuration().slots()).hasSize(4);
            }
        }
    }

    @Test
    void adoptConfiguration_newerThanOurs_takesItOver() {
        Repository repository = create().repository();
        RecoveryCode theirs = RecoveryCode.generate(Entropy.system());
        byte[] newer = withSlot(repository, theirs, "theirs");

        repository.adoptConfiguration(new StoredConfiguration(2, newer));

        assertThat(repository.configuration().slots().getLast().label()).isEqualTo("theirs");
        try (Repository again = open(new KeySource.RecoveryText(theirs.text()))) {
            assertThat(again.configuration().bytes()).isEqualTo(newer);
        }
    }

    /** What another replica makes of this one's configuration. */
    private static byte[] withSlot(Repository repository, SlotSecret secret, String label) {
        Slot slot = Slot.make(secret, repository.keys(), label, TIME, Entropy.system());
        return repository.configuration().withSlot(slot, repository.keys()).bytes();
    }

    @Test
    void snapshot_stored_isReadBackAndChecked() {
        Repository repository = create().repository();
        PlainObject page = new PlainObject(ObjectType.NODE, List.of(), List.of(), "page".getBytes(UTF_8));
        ObjectId root = repository.hasher().id(page);
        SnapshotCodec.Sealed sealed = repository
                .snapshotCodec()
                .seal(
                        repository.sealer(),
                        repository.replica(),
                        List.of(root),
                        new RecordHeader.Lineage(1, List.of()),
                        new SnapshotDescription(
                                TIME,
                                "host",
                                "user",
                                List.of(),
                                List.of(),
                                new SnapshotDescription.Totals(0, 0, 0),
                                0,
                                "test"));
        repository
                .store()
                .commit(List.of(repository.sealer().sealPages(List.of(root), List.of(page)), sealed.record()));

        assertThat(repository.snapshot(sealed.snapshot().id()).manifest()).isEqualTo(root);
        assertThat(repository.objects().read(root, ObjectType.NODE).body()).isEqualTo(page.body());
        assertThatThrownBy(() -> repository.snapshot(root)).isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> repository.snapshot(new ObjectId(1, 2, 3, 4)))
                .isInstanceOf(CorruptDataException.class);
    }
}
