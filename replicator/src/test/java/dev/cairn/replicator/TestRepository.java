package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.OperationId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.cas.seal.Bases;
import dev.cairn.cas.seal.Compression;
import dev.cairn.cas.seal.Entropy;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.RepositoryKeys;
import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.note.NoteCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A repository in memory with real keys and real records, whose snapshots are trees of pages made up from a seed: leaf pages
 * with chunks, pages above them, a snapshot. An edit replaces some chunks, and with them the pages above.
 */
public final class TestRepository {

    private int chunksPerLeaf = 5;
    private int leavesPerPage = 6;

    public final RepositoryKeys keys;
    public final InMemoryObjectStore store;
    final Sealer sealer;
    final SplittableRandom random;
    private final List<byte[]> content = new ArrayList<>();

    /** The deepest delta that is made; none are if it is 0. */
    private int depthMax;

    /** What chunks were made from. */
    private final Map<ObjectId, ObjectId> older = new HashMap<>();

    /** The pages of the last tree: what new ones are deltas of. */
    private final Map<ObjectId, PlainObject> pagesBefore = new LinkedHashMap<>();

    private final Map<ObjectId, PlainObject> pagesNow = new LinkedHashMap<>();
    private long sequence;

    private TestRepository(RepositoryKeys keys, InMemoryObjectStore store, SplittableRandom random) {
        this.keys = keys;
        this.store = store;
        this.random = random;
        this.sealer = new Sealer(keys, new Compression.None(), entropy(random.split()));
    }

    /** A repository of which nothing else exists yet. */
    public static TestRepository make(SplittableRandom random) {
        RepositoryKeys keys = RepositoryKeys.generate(entropy(random.split()));
        TestRepository made = new TestRepository(keys, new InMemoryObjectStore(keys.repositoryId()), random);
        made.store.configure(0, new byte[] {1, 2, 3});
        return made;
    }

    private static Entropy entropy(SplittableRandom random) {
        return random::nextBytes;
    }

    /** An empty replica of the same repository. */
    public TestRepository emptyReplica() {
        TestRepository replica = new TestRepository(keys, new InMemoryObjectStore(keys.repositoryId()), random.split());
        replica.store.configure(0, new byte[] {1, 2, 3});
        return replica;
    }

    /** The same repository with the same content, over another store that has all of it. */
    public TestRepository on(InMemoryObjectStore other) {
        TestRepository moved = new TestRepository(keys, other, random.split());
        moved.content.addAll(content);
        moved.pagesNow.putAll(pagesNow);
        return moved;
    }

    /** What sessions see. */
    public Replica replica() {
        return new Replica(store, sealer, objects(store), new Trusting(store, keys));
    }

    /** From now on chunks and pages that follow older ones are stored as deltas of them, up to that depth. Pages are larger. */
    public TestRepository withDeltas(int depthMax) {
        this.depthMax = depthMax;
        this.chunksPerLeaf = 40;
        this.leavesPerPage = 20;
        return this;
    }

    /** Changes a few bytes in each of some chunks that follow one another. */
    public void change(int chunks) {
        int from = random.nextInt(content.size());
        for (int at = from; at < Math.min(content.size(), from + chunks); at++) {
            ObjectId before = sealer.hasher().id(PlainObject.chunk(content.get(at)));
            byte[] bytes = content.get(at).clone();
            bytes[random.nextInt(bytes.length)]++;
            content.set(at, bytes);
            older.put(sealer.hasher().id(PlainObject.chunk(bytes)), before);
        }
    }

    /** Replaces all content by {@code chunks} random chunks. */
    public void fill(int chunks) {
        content.clear();
        for (int i = 0; i < chunks; i++) {
            content.add(chunk());
        }
    }

    /** Replaces, removes and adds some chunks. */
    public void edit(int edits) {
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(content.size() + 1);
            switch (random.nextInt(3)) {
                case 0 -> content.add(at, chunk());
                case 1 -> content.set(Math.min(at, content.size() - 1), chunk());
                default -> {
                    if (content.size() > 1) {
                        content.remove(Math.min(at, content.size() - 1));
                    }
                }
            }
        }
    }

    /** Stores the content as a snapshot that follows the branch's, and moves the branch. */
    public ObjectId snapshot(String branch) {
        @Nullable ObjectId parent = store.branch(branch).map(Branch::snapshot).orElse(null);
        ObjectId root = storeTree();
        List<ObjectId> parents = parent == null ? List.of() : List.of(parent);
        for (var retained : store.snapshots()) {
            sequence = Math.max(sequence, retained.sequence());
        }
        sequence++;
        PlainObject snapshot = new PlainObject(
                ObjectType.SNAPSHOT,
                List.of(root),
                List.of(),
                ("snapshot " + sequence).getBytes(StandardCharsets.UTF_8));
        ObjectId id = sealer.hasher().id(snapshot);
        store.commit(List.of(sealer.sealSnapshot(id, snapshot, new RecordHeader.Lineage(sequence, parents))));
        BranchMove.Outcome outcome = store.move(
                new BranchMove(branch, parent, id, List.of(), new OperationId(random.nextLong(), random.nextLong())));
        if (!(outcome instanceof BranchMove.Outcome.Moved)) {
            throw new IllegalStateException("the branch did not move: " + outcome);
        }
        return id;
    }

    private ObjectId storeTree() {
        pagesBefore.clear();
        pagesBefore.putAll(pagesNow);
        pagesNow.clear();
        List<ObjectId> chunks = storeChunks();
        List<PlainObject> pages = new ArrayList<>();
        List<ObjectId> ids = new ArrayList<>();
        List<ObjectId> leaves = new ArrayList<>();
        for (int at = 0; at < chunks.size(); at += chunksPerLeaf) {
            List<ObjectId> children = List.copyOf(chunks.subList(at, Math.min(chunks.size(), at + chunksPerLeaf)));
            leaves.add(add(new PlainObject(ObjectType.NODE, List.of(), children, pageBody(1, children)), pages, ids));
        }
        List<ObjectId> level = leaves;
        do {
            List<ObjectId> above = new ArrayList<>();
            for (int at = 0; at < level.size(); at += leavesPerPage) {
                List<ObjectId> children = List.copyOf(level.subList(at, Math.min(level.size(), at + leavesPerPage)));
                above.add(
                        add(new PlainObject(ObjectType.NODE, children, List.of(), pageBody(2, children)), pages, ids));
            }
            level = above;
        } while (level.size() > 1);
        // Records of a few pages each, cut without regard to the levels.
        for (int at = 0; at < pages.size(); ) {
            SealedRecord delta = depthMax == 0 ? null : pageDelta(ids.get(at), pages.get(at));
            if (delta != null) {
                store.commit(List.of(delta));
                at++;
                continue;
            }
            int to = Math.min(pages.size(), at + 1 + random.nextInt(7));
            store.commit(List.of(sealer.sealPages(ids.subList(at, to), pages.subList(at, to))));
            at = to;
        }
        return level.getFirst();
    }

    private ObjectId add(PlainObject page, List<PlainObject> pages, List<ObjectId> ids) {
        ObjectId id = sealer.hasher().id(page);
        pagesNow.put(id, page);
        if (!ids.contains(id) && !store.has(id)) {
            pages.add(page);
            ids.add(id);
        }
        return id;
    }

    /** Where there are deltas, enough bytes that they are worth it, most of them the same in all pages. */
    private byte[] pageBody(int level, List<ObjectId> children) {
        if (depthMax == 0) {
            return new byte[] {(byte) level};
        }
        byte[] body = new byte[400];
        new SplittableRandom(level).nextBytes(body);
        ByteBuffer.wrap(body).put((byte) level).putInt(children.hashCode());
        return body;
    }

    private @Nullable SealedRecord pageDelta(ObjectId id, PlainObject page) {
        Set<ObjectId> children = new HashSet<>(page.nodeChildren());
        children.addAll(page.chunkChildren());
        return pagesBefore.entrySet().stream()
                .filter(old -> store.depth(old.getKey()) < depthMax)
                .max(Comparator.comparingLong(old -> Stream.concat(
                                old.getValue().nodeChildren().stream(), old.getValue().chunkChildren().stream())
                        .filter(children::contains)
                        .count()))
                .flatMap(old -> sealer.sealPageDelta(id, page, old.getKey(), old.getValue(), store))
                .orElse(null);
    }

    /** Stores as deltas what was made from something that is stored; what is left goes into runs. */
    private void storeDeltas(List<ObjectId> ids, List<PlainObject> fresh) {
        ObjectSource plain = objects(store);
        List<ObjectId> pages = pagesBefore.entrySet().stream()
                .filter(page -> !page.getValue().chunkChildren().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        int at = 0;
        while (at < ids.size()) {
            List<ObjectId> some = new ArrayList<>();
            List<PlainObject> chunks = new ArrayList<>();
            Bases bases = new Bases();
            for (int to = Math.min(ids.size(), at + 1 + random.nextInt(12)); at < to; at++) {
                ObjectId base = older.get(ids.get(at));
                if (base != null && store.has(base) && store.depth(base) < depthMax) {
                    byte[] body = plain.read(base, ObjectType.CHUNK).body();
                    some.add(ids.get(at));
                    chunks.add(fresh.get(at));
                    bases.add(base, new ObjectSource.Bytes(body, 0, body.length));
                }
            }
            if (!some.isEmpty()) {
                sealer.sealDelta(some, chunks, bases, pages, store)
                        .ifPresent(delta -> store.commit(List.of(delta.record())));
            }
        }
        for (int i = ids.size() - 1; i >= 0; i--) {
            if (store.has(ids.get(i))) {
                ids.remove(i);
                fresh.remove(i);
            }
        }
    }

    private List<ObjectId> storeChunks() {
        List<ObjectId> all = new ArrayList<>();
        List<PlainObject> fresh = new ArrayList<>();
        List<ObjectId> ids = new ArrayList<>();
        for (byte[] bytes : content) {
            PlainObject chunk = PlainObject.chunk(bytes);
            ObjectId id = sealer.hasher().id(chunk);
            all.add(id);
            if (!store.has(id) && !ids.contains(id)) {
                fresh.add(chunk);
                ids.add(id);
            }
        }
        if (depthMax > 0) {
            storeDeltas(ids, fresh);
        }
        for (int at = 0; at < fresh.size(); ) {
            int to = Math.min(fresh.size(), at + 1 + random.nextInt(9));
            store.commit(List.of(sealer.sealRun(ids.subList(at, to), fresh.subList(at, to))));
            at = to;
        }
        return all;
    }

    private byte[] chunk() {
        byte[] bytes = new byte[600 + random.nextInt(1500)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Opens each record once: a chain of deltas would else be opened again for each of its chunks. */
    private ObjectSource objects(ObjectStore from) {
        Map<Long, OpenedRecord> opened = new HashMap<>();
        return new ObjectSource() {
            @Override
            public PlainObject read(ObjectId id, ObjectType type) {
                List<RecordRef> providers = from.providers(id);
                if (providers.isEmpty()) {
                    throw new CorruptDataException("object " + id, "a record that provides it", "none");
                }
                long sequence = providers.getFirst().sequence();
                OpenedRecord record = opened.get(sequence);
                if (record == null) {
                    record = sealer.open(from.read(providers.getFirst()), "a test", this);
                    opened.put(sequence, record);
                }
                return record.object(id);
            }
        };
    }

    /** Every object that {@code snapshot} reaches, read from {@code store} and verified. */
    public int verify(ObjectStore from, ObjectId snapshot) {
        StoredObjects objects = new StoredObjects(from);
        ObjectSource plain = objects(from);
        PageWalk walk = new PageWalk(objects, List.of(snapshot), List.of(), 1_000_000);
        int count = 0;
        for (PageWalk.Visit visit = walk.next(); visit != null; visit = walk.next()) {
            SealedRecord record = visit.found().record();
            sealer.open(record, "a test", plain).object(visit.id());
            for (ObjectId chunk : visit.object().chunkChildren()) {
                plain.read(chunk, ObjectType.CHUNK);
                count++;
            }
            count++;
        }
        return count;
    }

    /** Believes pages and snapshots, checks notes, and takes over every configuration. */
    private record Trusting(ObjectStore store, RepositoryKeys keys) implements Replica.Checks {
        @Override
        public void page(ObjectId id, PlainObject page) {}

        @Override
        public void snapshot(ObjectId id, PlainObject snapshot, SealedRecord record) {}

        @Override
        public void note(Note note) {
            new NoteCodec(keys).verify(note, "a test");
        }

        @Override
        public OptionalLong signedRevision(StoredConfiguration configuration) {
            return OptionalLong.of(configuration.revision());
        }

        @Override
        public void adopt(StoredConfiguration newer) {
            while (store.configuration().orElseThrow().revision() < newer.revision()) {
                store.configure(store.configuration().orElseThrow().revision(), newer.bytes());
            }
        }

        @Override
        public void requireReadable(StoredConfiguration theirs) {}
    }
}
