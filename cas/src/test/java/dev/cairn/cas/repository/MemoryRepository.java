package dev.cairn.cas.repository;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ForwardingStore;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.chunker.ChunkProfile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A repository whose store is on the heap, for tests of other packages that capture, restore and damage. */
public final class MemoryRepository {

    private final Path folder;
    private final KeySource key;
    private final OneStore storage;

    private MemoryRepository(Path folder, KeySource key, OneStore storage) {
        this.folder = folder;
        this.key = key;
        this.storage = storage;
    }

    /** Makes one; {@code folder}, which must not exist, keeps the replica's key. */
    public static MemoryRepository create(Path folder, ChunkProfile chunks) {
        OneStore storage = new OneStore();
        CreateOptions options = CreateOptions.withKeyFile(id -> folder.resolveSibling(id + ".key"))
                .withChunks(chunks);
        Repository.Created created = Repository.create(folder, options, seams(storage));
        created.repository().close();
        return new MemoryRepository(
                folder, new KeySource.KeyFilePath(created.keyFile().orElseThrow()), storage);
    }

    /** Opens it: what was read through another opening is not remembered. */
    public Repository open() {
        return open(store -> store);
    }

    /** Opens it with something between the repository and its store. */
    public Repository open(UnaryOperator<ObjectStore> between) {
        storage.between = between;
        return Repository.open(folder, _ -> key, OpenOptions.DEFAULT, seams(storage));
    }

    /** The store itself. */
    public InMemoryObjectStore store() {
        return storage.store();
    }

    /** The numbers of all records of a kind, in the order in which they were stored. */
    public List<Long> sequences(RecordKind kind) {
        List<Long> sequences = new ArrayList<>();
        store().forEachRecord(EnumSet.of(kind), new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                sequences.add(sequence);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                sequences.add(sequence);
            }
        });
        return sequences;
    }

    private static Repository.Seams seams(Storage storage) {
        return new Repository.Seams(storage, Entropy.system(), InstantSource.system());
    }

    /** One store, which outlives its openings. */
    private static final class OneStore implements Storage {

        private @Nullable InMemoryObjectStore store;
        private UnaryOperator<ObjectStore> between = store -> store;

        InMemoryObjectStore store() {
            return Objects.requireNonNull(store);
        }

        @Override
        public ObjectStore create(Path folder, RepositoryId repository, OpenOptions options) {
            store = new InMemoryObjectStore(repository);
            return open(folder, options);
        }

        @Override
        public ObjectStore open(Path folder, OpenOptions options) {
            return new ForwardingStore(between.apply(store())) {
                @Override
                public void close() {}
            };
        }
    }
}
