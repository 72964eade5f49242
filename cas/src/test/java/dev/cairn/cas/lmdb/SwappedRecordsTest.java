package dev.cairn.cas.lmdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.Admission;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody with write access to the files, and without the key, passes one record off for another. The store itself has no
 * key: where digests and checksums are made to fit, the sealer must refuse.
 */
final class SwappedRecordsTest {

    private static final LmdbObjectStore.Options OPTIONS = LmdbObjectStore.Options.DEFAULT;

    private final RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
    private final RepositoryKeys otherKeys = RepositoryKeys.generate(Entropy.system());
    private final Sealer sealer = new Sealer(keys, Compression.DEFAULT);
    private final Sealer otherSealer = new Sealer(otherKeys, Compression.DEFAULT);
    private final SealedRecord first = run(sealer, "the first text");
    private final SealedRecord second = run(sealer, "another text..");
    private final SealedRecord foreign = run(otherSealer, "the first text");

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path folder = Path.of("");

    private static SealedRecord run(Sealer sealer, String text) {
        PlainObject chunk = PlainObject.chunk(text.getBytes(UTF_8));
        return sealer.sealRun(List.of(sealer.hasher().id(chunk)), List.of(chunk));
    }

    private static ObjectId id(SealedRecord record) {
        return record.header().provided().getFirst().id();
    }

    @BeforeEach
    void createReplica() {
        folder = temporary.resolve("replica");
        create(folder, keys, List.of(first, second));
        assertThat(first.bytes()).hasSameSizeAs(second.bytes()).hasSameSizeAs(foreign.bytes());
    }

    private static void create(Path folder, RepositoryKeys keys, List<SealedRecord> records) {
        try (LmdbObjectStore store = LmdbObjectStore.create(folder, keys.repositoryId(), OPTIONS)) {
            store.commit(records);
        }
    }

    private Path volume() {
        return folder.resolve(Damage.volume(1));
    }

    /** The text of an object as a holder of the key reads it. */
    private String text(LmdbObjectStore store, ObjectId id) {
        RecordRef ref = store.providers(id).getFirst();
        return new String(
                sealer.open(store.read(ref), "record " + ref.sequence())
                        .object(ref.ordinal())
                        .body(),
                UTF_8);
    }

    /** As {@link #text}, where the seal takes the place of the digest. */
    private String openedText(LmdbObjectStore store, ObjectId id) {
        RecordRef ref = store.providers(id).getFirst();
        return new String(
                sealer.open(store.readToOpen(ref), "record " + ref.sequence())
                        .object(id)
                        .body(),
                UTF_8);
    }

    /** Writes other records, of the same lengths, into the container of {@link #first}; every digest and checksum fits. */
    private void forge(byte[]... bodies) throws IOException {
        byte[] bytes = Files.readAllBytes(volume());
        int head = VolumeBytes.containerBefore(bytes, VolumeBytes.indexOf(bytes, first.bytes()));
        Container container = VolumeBytes.container(bytes, head);
        List<Container.Body> forged = new ArrayList<>();
        for (byte[] body : bodies) {
            forged.add(new Container.Body(body, Admission.Terms.VERIFIED, Sha256.of(body)));
        }
        int length = Container.valueBytes(bodies.length, container.bodyBytes());
        ByteBuffer value = ByteBuffer.allocate(length);
        Container.write(
                value,
                container.kind(),
                container.volume(),
                container.key(),
                keys.repositoryId(),
                container.firstSequence(),
                forged);
        value.clear().get(bytes, head, length);
        Files.write(volume(), bytes);
    }

    /** The clear header of one record before the sealed bytes of another. */
    private static byte[] headerBeforeBody(SealedRecord header, SealedRecord body) {
        byte[] bytes = body.bytes().clone();
        System.arraycopy(header.bytes(), 0, bytes, 0, header.headerBytes());
        return bytes;
    }

    private void requireRefused(LmdbObjectStore store, ObjectId id) {
        assertThatThrownBy(() -> text(store, id))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("record ");
        assertThatThrownBy(() -> openedText(store, id))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("record ");
    }

    @Test
    void read_recordsSwappedInTheirContainer_areRefusedByTheirDigests() throws IOException {
        byte[] bytes = Files.readAllBytes(volume());
        int firstAt = VolumeBytes.indexOf(bytes, first.bytes());
        int secondAt = VolumeBytes.indexOf(bytes, second.bytes());
        System.arraycopy(second.bytes(), 0, bytes, firstAt, second.bytes().length);
        System.arraycopy(first.bytes(), 0, bytes, secondAt, first.bytes().length);
        Files.write(volume(), bytes);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireRefused(store, id(first));
            requireRefused(store, id(second));
        }
        assertThat(LmdbObjectStore.rebuildIndex(folder, OPTIONS).records()).isZero();
    }

    @Test
    void read_recordsSwappedWithDigestsThatFit_areRefusedByTheIndex() throws IOException {
        forge(second.bytes(), first.bytes());
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireRefused(store, id(first));
            requireRefused(store, id(second));
        }
    }

    @Test
    void rebuild_recordsSwappedWithDigestsThatFit_givesEachIdItsOwn() throws IOException {
        forge(second.bytes(), first.bytes());
        assertThat(LmdbObjectStore.rebuildIndex(folder, OPTIONS).losses()).isEmpty();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(text(store, id(first))).isEqualTo("the first text");
            assertThat(text(store, id(second))).isEqualTo("another text..");
        }
    }

    @Test
    void open_headersSwappedBetweenRecords_isRefusedByTheSealer() throws IOException {
        forge(headerBeforeBody(first, second), headerBeforeBody(second, first));
        assertThat(LmdbObjectStore.rebuildIndex(folder, OPTIONS).losses()).isEmpty();
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(store.has(id(first))).isTrue();
            requireRefused(store, id(first));
            requireRefused(store, id(second));
        }
    }

    @Test
    void open_recordOfAnotherRepositoryUnderAnOwnId_isRefusedByTheSealer() throws IOException {
        forge(headerBeforeBody(first, foreign), foreign.bytes());
        LmdbObjectStore.rebuildIndex(folder, OPTIONS);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireRefused(store, id(first));
            requireRefused(store, id(foreign));
        }
    }

    @Test
    void open_idChangedInAHeader_isRefusedByTheSealer() throws IOException {
        byte[] renamed = first.bytes().clone();
        System.arraycopy(id(second).bytes(), 0, renamed, 12, ObjectId.BYTES);
        forge(renamed, Arrays.copyOf(foreign.bytes(), foreign.bytes().length));
        LmdbObjectStore.rebuildIndex(folder, OPTIONS);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireRefused(store, id(second));
            assertThat(store.has(id(first))).isFalse();
        }
    }

    private void putForeignVolume(int commits) throws IOException {
        Path other = temporary.resolve("other");
        create(other, otherKeys, List.of(foreign, run(otherSealer, "another text..")));
        try (LmdbObjectStore store = LmdbObjectStore.open(other, OPTIONS)) {
            for (int i = 1; i < commits; i++) {
                store.commit(List.of(run(otherSealer, "text " + i)));
            }
        }
        Files.copy(other.resolve(Damage.volume(1)), volume(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void read_volumeOfAnotherRepository_isRefusedAndNotTakenIn() throws IOException {
        putForeignVolume(3);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThatThrownBy(() -> text(store, id(first)))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("000001.mdb");
            assertThatThrownBy(() -> store.commit(List.of(run(sealer, "more"))))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("000001.mdb");
        }
        RebuildReport report = LmdbObjectStore.rebuildIndex(folder, OPTIONS);
        assertThat(report.records()).isZero();
        assertThat(report.losses()).anyMatch(loss -> loss.contains("repository " + otherKeys.repositoryId()));
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(store.repositoryId()).isEqualTo(keys.repositoryId());
            assertThat(store.has(id(first))).isFalse();
            assertThat(store.has(id(foreign))).isFalse();
            store.commit(List.of(first));
            assertThat(text(store, id(first))).isEqualTo("the first text");
        }
    }

    /** Meta pages have no name in them: a volume of the same shape is told by its records alone. */
    @Test
    void read_volumeOfAnotherRepositoryOfTheSameShape_isRefusedByItsDigests() throws IOException {
        putForeignVolume(1);
        SealedRecord more = run(sealer, "more");
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            requireRefused(store, id(first));
            requireRefused(store, id(second));
            store.commit(List.of(more));
        }
        assertThat(LmdbObjectStore.rebuildIndex(folder, OPTIONS).records()).isEqualTo(1);
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, OPTIONS)) {
            assertThat(text(store, id(more))).as("what was acknowledged").isEqualTo("more");
            assertThat(store.has(id(foreign))).isFalse();
        }
    }
}
