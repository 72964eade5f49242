package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.RecordVisitor;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.FileContentReader;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.ReplicaIdentity;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearCutter;
import dev.cairn.chunker.GearTable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A repository in memory, what to capture into it with, and what to look into it with. */
final class TestRepository {
    final RepositoryKeys keys;
    final ObjectStore store;
    final Sealer sealer;
    FileSystemAccess access = FileSystemAccess.SYSTEM;
    InstantSource clock = InstantSource.system();

    TestRepository() {
        this(RepositoryKeys.generate(Entropy.system()));
    }

    TestRepository(RepositoryKeys keys) {
        this(keys, new InMemoryObjectStore(keys.repositoryId()));
    }

    TestRepository(RepositoryKeys keys, ObjectStore store) {
        this.keys = keys;
        this.store = store;
        this.sealer = new Sealer(keys, Compression.DEFAULT);
    }

    Capture capture() {
        ReplicaIdentity replica = ReplicaIdentity.generate(keys.roster(), "test", Instant.now(), Entropy.system());
        GearCutter cutter = new GearCutter(GearTable.keyed(keys.chunkerKey().copy()), ChunkProfile.DEFAULT);
        CaptureStore captured = new CaptureStore(store, keys, sealer, objects(), cutter, replica, "test");
        return new Capture(captured, access, clock);
    }

    CaptureResult capture(Path... sources) {
        return capture(plan(sources));
    }

    CaptureResult capture(CapturePlan plan) {
        return capture().run(plan, CaptureProgress.NONE, Cancellation.NEVER);
    }

    static CapturePlan plan(Path... sources) {
        List<byte[]> paths = new ArrayList<>();
        for (Path source : sources) {
            paths.add(source.toString().getBytes(StandardCharsets.UTF_8));
        }
        return CapturePlan.of(paths, "main");
    }

    /** Opens each record once, as long as it is used: a chain of deltas would else be opened again for each chunk. */
    ObjectSource objects() {
        Map<Long, OpenedRecord> opened = new ConcurrentHashMap<>();
        return new ObjectSource() {
            @Override
            public PlainObject read(ObjectId id, ObjectType type) {
                RecordRef ref = store.providers(id).getFirst();
                OpenedRecord record = opened.get(ref.sequence());
                if (record == null) {
                    record = sealer.open(store.read(ref), "test", this);
                    opened.put(ref.sequence(), record);
                }
                return record.object(ref.ordinal());
            }
        };
    }

    /** The entries below a root, by path. */
    CapturedEntries entries(ObjectId root) {
        CapturedEntries entries = new CapturedEntries();
        MerkleMap.ofEntries(root, objects()).iterator().forEachRemaining(entries::add);
        return entries;
    }

    CapturedEntries entries(CaptureResult result) {
        return entries(result.root());
    }

    /** The stretches of a file. */
    List<Extent> extents(Entry entry) {
        List<Extent> extents = new ArrayList<>();
        FileContentReader.of(entry.requireContent(), objects()).forEachRemaining(extents::add);
        return extents;
    }

    /** The bytes of a file, holes as zeros. */
    byte[] bytes(Entry entry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Extent extent : extents(entry)) {
            switch (extent) {
                case Extent.Hole hole -> out.writeBytes(new byte[(int) hole.length()]);
                case Extent.Data data -> out.write(data.bytes(), data.start(), (int) data.length());
            }
        }
        return out.toByteArray();
    }

    /** All records of these kinds in the order in which they were stored. */
    List<SealedRecord> records(RecordKind... kinds) {
        List<SealedRecord> records = new ArrayList<>();
        Set<RecordKind> wanted = EnumSet.noneOf(RecordKind.class);
        wanted.addAll(List.of(kinds));
        store.forEachRecord(wanted, new RecordVisitor() {
            @Override
            public void record(long sequence, SealedRecord record) {
                records.add(record);
            }

            @Override
            public void damaged(long sequence, CorruptDataException damage) {
                throw damage;
            }
        });
        return records;
    }
}
