package dev.cairn.cas.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.seal.SeededEntropy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StoredObjectsTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));

    private final Sealer sealer = new Sealer(KEYS, Compression.DEFAULT);
    private final InMemoryObjectStore memory = new InMemoryObjectStore(KEYS.repositoryId());
    private final AtomicInteger reads = new AtomicInteger();
    private final Set<Long> damaged = new HashSet<>();
    private final ObjectStore store = counting();

    /** The store, which counts its reads and fails those of damaged records. */
    private ObjectStore counting() {
        return (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    if (method.getName().startsWith("read") && arguments[0] instanceof RecordRef ref) {
                        reads.incrementAndGet();
                        if (damaged.contains(ref.sequence())) {
                            throw new CorruptDataException("record " + ref.sequence(), "its digest", "another");
                        }
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    private static PlainObject chunk(int bytes, long seed) {
        byte[] body = new byte[bytes];
        new Random(seed).nextBytes(body);
        return PlainObject.chunk(body);
    }

    private SealedRecord run(List<PlainObject> chunks) {
        return sealer.sealRun(chunks.stream().map(sealer.hasher()::id).toList(), chunks);
    }

    private static OpenedRecords plenty() {
        return new OpenedRecords(10 << 20);
    }

    @Test
    void read_neighboursInARun_openItOnce() {
        List<PlainObject> chunks =
                IntStream.range(0, 50).mapToObj(i -> chunk(1000, i)).toList();
        store.commit(List.of(run(chunks)));
        StoredObjects objects = new StoredObjects(store, sealer, plenty());

        for (PlainObject chunk : chunks) {
            ObjectId id = sealer.hasher().id(chunk);
            assertThat(objects.read(id, ObjectType.CHUNK).body()).isEqualTo(chunk.body());
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void read_moreThanTheCacheHolds_staysWithinIt() {
        List<PlainObject> chunks =
                IntStream.range(0, 20).mapToObj(i -> chunk(100_000, i)).toList();
        chunks.forEach(chunk -> store.commit(List.of(run(List.of(chunk)))));
        OpenedRecords kept = new OpenedRecords(350_000);
        StoredObjects objects = new StoredObjects(store, sealer, kept);

        for (PlainObject chunk : chunks) {
            objects.read(sealer.hasher().id(chunk), ObjectType.CHUNK);
            assertThat(kept.bytes()).isLessThanOrEqualTo(350_000);
        }
        objects.read(sealer.hasher().id(chunks.get(19)), ObjectType.CHUNK);
        assertThat(reads).hasValue(20);
        objects.read(sealer.hasher().id(chunks.get(0)), ObjectType.CHUNK);
        assertThat(reads).hasValue(21);
    }

    @Test
    void read_recordLargerThanTheCache_isReadAndNotKept() {
        PlainObject chunk = chunk(100_000, 1);
        store.commit(List.of(run(List.of(chunk))));
        OpenedRecords kept = new OpenedRecords(1000);
        StoredObjects objects = new StoredObjects(store, sealer, kept);

        assertThat(objects.read(sealer.hasher().id(chunk), ObjectType.CHUNK).body())
                .hasSize(100_000);
        assertThat(kept.bytes()).isZero();
    }

    @Test
    void read_firstProviderDamaged_takesTheNext() {
        PlainObject chunk = chunk(1000, 1);
        ObjectId id = sealer.hasher().id(chunk);
        store.commit(List.of(run(List.of(chunk))));
        store.heal(List.of(run(List.of(chunk, chunk(10, 2)))));
        List<RecordRef> providers = store.providers(id);
        assertThat(providers).hasSize(2);
        damaged.add(providers.get(0).sequence());
        StoredObjects objects = new StoredObjects(store, sealer, plenty());

        assertThat(objects.read(id, ObjectType.CHUNK).body()).isEqualTo(chunk.body());

        damaged.add(providers.get(1).sequence());
        StoredObjects others = new StoredObjects(store, sealer, plenty());
        assertThatThrownBy(() -> others.read(id, ObjectType.CHUNK))
                .isInstanceOf(CorruptDataException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }

    /** A record that opens but whose object is not what its id names: the next provider gives it. */
    @Test
    void read_firstProviderLies_takesTheNext() {
        PlainObject chunk = chunk(1000, 1);
        ObjectId id = sealer.hasher().id(chunk);
        store.commit(List.of(run(List.of(chunk))));
        store.heal(List.of(sealer.sealRun(List.of(id), List.of(chunk(1000, 99)))));
        assertThat(store.providers(id)).hasSize(2);

        assertThat(new StoredObjects(store, sealer, plenty())
                        .read(id, ObjectType.CHUNK)
                        .body())
                .isEqualTo(chunk.body());
    }

    @Test
    void read_absentOrOfAnotherType_isDamage() {
        PlainObject chunk = chunk(10, 1);
        store.commit(List.of(run(List.of(chunk))));
        StoredObjects objects = new StoredObjects(store, sealer, plenty());

        assertThatThrownBy(() -> objects.read(new ObjectId(1, 2, 3, 4), ObjectType.CHUNK))
                .isInstanceOf(CorruptDataException.class);
        assertThatThrownBy(() -> objects.read(sealer.hasher().id(chunk), ObjectType.NODE))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("a CHUNK");
    }

    @Test
    void read_fromManyThreads_opensEachRecordAboutOnce() {
        List<PlainObject> chunks = new ArrayList<>();
        for (int run = 0; run < 10; run++) {
            int first = run * 100;
            List<PlainObject> some = IntStream.range(first, first + 100)
                    .mapToObj(i -> chunk(500, i))
                    .toList();
            store.commit(List.of(run(some)));
            chunks.addAll(some);
        }
        StoredObjects objects = new StoredObjects(store, sealer, plenty());

        assertThat(chunks.parallelStream())
                .allMatch(chunk -> java.util.Arrays.equals(
                        objects.read(sealer.hasher().id(chunk), ObjectType.CHUNK)
                                .body(),
                        chunk.body()));
        assertThat(reads).hasValue(10);
    }
}
