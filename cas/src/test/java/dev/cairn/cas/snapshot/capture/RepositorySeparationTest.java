package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.RepositoryKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two repositories that hold the same files show nobody that they do: no id, no cut point and no bytes are the same. */
final class RepositorySeparationTest {

    private static final long SEED = 20_260_301;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private final List<LmdbObjectStore> stores = new ArrayList<>();
    private Path files = Path.of("");

    @BeforeEach
    void writeFiles() throws IOException {
        System.out.println("seed=" + SEED);
        Random random = new Random(SEED);
        files = Files.createDirectories(temporary.resolve("files/inner"));
        byte[] large = new byte[1_200_000];
        random.nextBytes(large);
        Files.write(files.resolve("large"), large);
        for (int i = 0; i < 12; i++) {
            byte[] small = new byte[600 + random.nextInt(30_000)];
            random.nextBytes(small);
            Files.write(files.resolve("small-" + i), small);
        }
        Files.writeString(files.resolve("text"), "the same line again and again\n".repeat(4_000));
    }

    @AfterEach
    void closeStores() {
        stores.forEach(LmdbObjectStore::close);
    }

    private TestRepository repository(String name, RepositoryKeys keys) {
        LmdbObjectStore store =
                LmdbObjectStore.create(temporary.resolve(name), keys.repositoryId(), LmdbObjectStore.Options.DEFAULT);
        stores.add(store);
        return new TestRepository(keys, store);
    }

    private static List<SealedRecord> records(TestRepository repository) {
        return repository.records(RecordKind.values());
    }

    /** Every id that stands in the clear: of objects, children, parents. */
    private static Set<ObjectId> ids(TestRepository repository) {
        Set<ObjectId> ids = new HashSet<>();
        for (SealedRecord record : records(repository)) {
            for (ProvidedObject object : record.header().provided()) {
                ids.add(object.id());
                ids.addAll(object.nodeChildren());
                ids.addAll(object.chunkChildren());
            }
        }
        return ids;
    }

    private List<Long> cuts(TestRepository repository, CaptureResult captured) {
        return repository.extents(repository.entries(captured).at("large")).stream()
                .map(Extent::length)
                .toList();
    }

    @Test
    void capture_sameFilesIntoTwoRepositories_haveNothingInCommon() {
        TestRepository one = repository("one", RepositoryKeys.generate(Entropy.system()));
        TestRepository other = repository("other", RepositoryKeys.generate(Entropy.system()));
        CaptureResult first = one.capture(files);
        CaptureResult second = other.capture(files);
        assertThat(second.bytesNew()).as("nothing is known from the other").isEqualTo(first.bytesNew());
        assertThat(one.store.repositoryId()).isNotEqualTo(other.store.repositoryId());
        assertThat(ids(one)).hasSizeGreaterThan(15);
        assertThat(Collections.disjoint(ids(one), ids(other))).isTrue();
        assertThat(cuts(one, first)).hasSizeGreaterThan(6).isNotEqualTo(cuts(other, second));
        assertThat(Collections.disjoint(windows(records(one)), windows(records(other))))
                .isTrue();
    }

    /** The sealed parts of all records, cut into 16-byte windows: one that repeats were no accident. */
    private static Set<ByteBuffer> windows(List<SealedRecord> records) {
        Set<ByteBuffer> windows = new HashSet<>();
        for (SealedRecord record : records) {
            for (int at = record.headerBytes(); at + 16 <= record.bytes().length; at += 16) {
                windows.add(ByteBuffer.wrap(record.bytes(), at, 16));
            }
        }
        return windows;
    }

    @Test
    void capture_sameFilesIntoTwoReplicasOfOneRepository_shareEveryIdButNoSealedBytes() {
        RepositoryKeys keys = RepositoryKeys.generate(Entropy.system());
        TestRepository one = repository("one", keys);
        TestRepository other = repository("other", keys);
        CaptureResult first = one.capture(files);
        CaptureResult second = other.capture(files);
        assertThat(second.root()).isEqualTo(first.root());
        assertThat(cuts(other, second)).isEqualTo(cuts(one, first));
        Set<ObjectId> shared = ids(one);
        shared.remove(first.snapshot());
        Set<ObjectId> others = ids(other);
        others.remove(second.snapshot());
        assertThat(shared).isEqualTo(others);
        assertThat(Collections.disjoint(windows(records(one)), windows(records(other))))
                .isTrue();
    }
}
