package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSink;
import dev.cairn.cas.PlainObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class MerkleMapTest {

    static final PageBoundary BOUNDARY = PageBoundary.keyed(new byte[32]);

    private final HeapObjects objects = new HeapObjects();

    @Test
    void iterator_randomTrees_givesAllEntriesInOrder() {
        for (int count : new int[] {1, 2, 3, 10, 300, 3000}) {
            NavigableMap<EntryPath, Entry> tree = new RandomEntries(new Random(count)).tree(count);
            MerkleMap<Entry> map = build(tree.values());
            assertThat(map).as("seed=%d", count).containsExactlyElementsOf(tree.values());
            assertThat(map.size()).isEqualTo(count);
            assertThat(map.stream()).hasSize(count);
        }
    }

    @Test
    void finish_noEntries_isAnEmptyMap() {
        MerkleMap<Entry> map = build(List.of());
        assertThat(map).isEmpty();
        assertThat(map.size()).isZero();
        assertThat(map.get(EntryPath.ROOT)).isEmpty();
        assertThat(map.subtree(EntryPath.ROOT).hasNext()).isFalse();
    }

    @Test
    void get_everyPathAndNeighboursOfIt_findsWhatIsThere() {
        NavigableMap<EntryPath, Entry> tree = new RandomEntries(new Random(5)).tree(2000);
        MerkleMap<Entry> map = build(tree.values());
        Random random = new Random(6);
        for (EntryPath path : tree.keySet()) {
            if (random.nextInt(10) == 0) {
                assertThat(map.get(path)).contains(tree.get(path));
                EntryPath other = path.child("\u0001 none");
                assertThat(map.get(other)).isEmpty();
            }
        }
    }

    @Test
    void get_inAMapOfSeveralLevels_readsOnePageALevel() {
        NavigableMap<EntryPath, Entry> tree = new RandomEntries(new Random(5)).tree(3000);
        MerkleMap<Entry> map = build(tree.values());
        objects.resetCounts();
        assertThat(map.get(tree.lastKey())).isPresent();
        assertThat(objects.read).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void subtreeFromChildren_randomTree_agreeWithATreeMap() {
        NavigableMap<EntryPath, Entry> tree = new RandomEntries(new Random(9)).tree(700);
        MerkleMap<Entry> map = build(tree.values());
        Random random = new Random(10);
        for (EntryPath path : tree.keySet()) {
            if (!path.isRoot() && random.nextInt(8) != 0) {
                continue;
            }
            assertThat(list(map.subtree(path)))
                    .isEqualTo(tree.values().stream()
                            .filter(e -> e.path().startsWith(path))
                            .toList());
            assertThat(list(map.children(path)))
                    .isEqualTo(tree.values().stream()
                            .filter(e -> e.path().isChildOf(path))
                            .toList());
            for (byte[] prefix : List.of(path.name(), Arrays.copyOf(path.name(), path.name().length / 2))) {
                EntryPath folder = path.parent() == null ? EntryPath.ROOT : path.parent();
                assertThat(list(map.children(folder, prefix)))
                        .isEqualTo(tree.values().stream()
                                .filter(e -> e.path().isChildOf(folder)
                                        && Arrays.equals(Arrays.copyOf(e.path().name(), prefix.length), prefix))
                                .toList());
            }
            assertThat(list(map.from(path))).hasSize(tree.tailMap(path, true).size());
        }
        assertThat(list(map.subtree(EntryPath.parse("no/such/path")))).isEmpty();
        assertThat(list(map.children(EntryPath.parse("no/such/path")))).isEmpty();
    }

    @Test
    void add_outOfOrderTwiceOrWithoutItsDirectory_isRefused() {
        Metadata metadata = new Metadata(0755, Owner.ROOT, 0, 0, Xattrs.none());
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(objects, BOUNDARY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(Entry.directory(EntryPath.parse("a"), metadata)));
        builder.add(Entry.directory(EntryPath.ROOT, metadata));
        builder.add(Entry.file(EntryPath.parse("b"), metadata, Content.empty()));
        for (String path : List.of("", "a", "b", "b/c", "c/d")) {
            assertThatIllegalArgumentException()
                    .as(path)
                    .isThrownBy(() -> builder.add(Entry.directory(EntryPath.parse(path), metadata)));
        }
        assertThat(builder.size()).isEqualTo(2);
        builder.finish();
    }

    /** The heart of the page rule: only the set of entries decides, not how one came to it. */
    @Test
    void root_sameEntriesByRandomEditsInRandomOrder_isTheSame() {
        for (long seed = 1; seed <= 10; seed++) {
            Random random = new Random(seed);
            RandomEntries source = new RandomEntries(random);
            NavigableMap<EntryPath, Entry> goal = source.tree(600);
            ObjectId expected = build(goal.values()).root();
            NavigableMap<EntryPath, Entry> edited = new TreeMap<>(goal);
            List<Runnable> undo = new ArrayList<>();
            for (int step = 0; step < 20; step++) {
                EntryPath path = EntryPath.ROOT.child(source.name());
                Entry old = edited.get(path);
                if (old != null && old.isDirectory()) {
                    continue;
                }
                edited.put(path, Entry.file(path, source.metadata(), source.content()));
                undo.add(() -> {
                    if (old == null) {
                        edited.remove(path);
                    } else {
                        edited.put(path, old);
                    }
                });
                if (!edited.equals(goal)) {
                    assertThat(build(edited.values()).root())
                            .as("seed=%d", seed)
                            .isNotEqualTo(expected);
                }
            }
            undo.reversed().forEach(Runnable::run);
            assertThat(edited).isEqualTo(goal);
            assertThat(build(edited.values()).root()).as("seed=%d", seed).isEqualTo(expected);
        }
    }

    @Test
    void build_oneEntryChangedOrAddedOrRemoved_rewritesAboutOnePageALevel() {
        NavigableMap<EntryPath, Entry> tree = manyFiles(20_000);
        build(tree.values());
        int rewritten = 0;
        int edits = 15;
        Random random = new Random(3);
        List<EntryPath> paths = new ArrayList<>(tree.keySet());
        for (int i = 0; i < edits; i++) {
            EntryPath path = paths.get(1 + random.nextInt(paths.size() - 1));
            NavigableMap<EntryPath, Entry> edited = new TreeMap<>(tree);
            switch (i % 3) {
                case 0 -> edited.put(path, file(path, random));
                case 1 -> edited.remove(path);
                default -> {
                    EntryPath added = EntryPath.ofKey(append(path.key()));
                    edited.put(added, file(added, random));
                }
            }
            edited.keySet().removeIf(p -> p.depth() > 1 && !edited.containsKey(p.prefix(p.depth() - 1)));
            objects.resetCounts();
            build(edited.values());
            rewritten += objects.fresh;
        }
        // The last leaf's branch may be the root; a cut that appears or goes away touches one page more.
        assertThat((double) rewritten / edits).isBetween(1.9, 4.0);
    }

    @Test
    void build_aMillionEntries_holdsAFewPagesAndHasThreeLevels() {
        Map<ObjectId, PlainObject> branches = new HashMap<>();
        long[] leaves = new long[2];
        ObjectSink sink = object -> {
            ObjectId id = HeapObjects.idOf(object);
            if (object.body()[2] == 0) {
                leaves[0]++;
                leaves[1] += object.plainBytes().length;
            } else {
                branches.put(id, object);
            }
            return id;
        };
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(sink, BOUNDARY);
        Metadata metadata = new Metadata(0755, Owner.ROOT, 0, 0, Xattrs.none());
        Random random = new Random(11);
        builder.add(Entry.directory(EntryPath.ROOT, metadata));
        int count = 1_000_000;
        for (int i = 1; i < count; i++) {
            EntryPath directory = EntryPath.parse("some/usual/path/%04d".formatted(i / 1000));
            if (i == 1) {
                builder.add(Entry.directory(directory.prefix(1), metadata));
                builder.add(Entry.directory(directory.prefix(2), metadata));
                builder.add(Entry.directory(directory.prefix(3), metadata));
            }
            if (i == 1 || i % 1000 == 0) {
                builder.add(Entry.directory(directory, metadata));
            }
            builder.add(file(directory.child("file-%06d.txt".formatted(i)), random));
        }
        ObjectId root = builder.finish();
        assertThat(Objects.requireNonNull(branches.get(root)).body()[2])
                .as("level of the root")
                .isEqualTo((byte) 2);
        assertThat(leaves[1] / leaves[0]).as("mean bytes of a leaf").isBetween(9_000L, 20_000L);
        int entryBytes = (int) (leaves[1] / count);
        assertThat(entryBytes).isLessThan(60);
    }

    private MerkleMap<Entry> build(Collection<Entry> entries) {
        return build(entries, objects);
    }

    static MerkleMap<Entry> build(Collection<Entry> entries, HeapObjects objects) {
        MerkleMapBuilder<Entry> builder = MerkleMapBuilder.ofEntries(objects, BOUNDARY);
        entries.forEach(builder::add);
        return MerkleMap.ofEntries(builder.finish(), objects);
    }

    /** Files of one chunk each, a hundred to a directory. */
    static NavigableMap<EntryPath, Entry> manyFiles(int count) {
        Random random = new Random(count);
        NavigableMap<EntryPath, Entry> tree = new TreeMap<>();
        Metadata metadata = new Metadata(0755, Owner.ROOT, 1_700_000_000, 0, Xattrs.none());
        tree.put(EntryPath.ROOT, Entry.directory(EntryPath.ROOT, metadata));
        for (int i = 0; i < count; i++) {
            EntryPath directory = EntryPath.parse("directory-%05d".formatted(i / 100));
            tree.putIfAbsent(directory, Entry.directory(directory, metadata));
            EntryPath path = directory.child("file-%05d".formatted(i));
            tree.put(path, file(path, random));
        }
        return tree;
    }

    static Entry file(EntryPath path, Random random) {
        ObjectId id = new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        Metadata metadata = new Metadata(0644, Owner.ROOT, 1_700_000_000L + random.nextInt(1 << 20), 0, Xattrs.none());
        return Entry.file(
                path, metadata, new Content.Segments(List.of(new Segment.Data(id, 513 + random.nextInt(60_000)))));
    }

    private static byte[] append(byte[] key) {
        byte[] longer = Arrays.copyOf(key, key.length + 1);
        longer[key.length] = '~';
        return longer;
    }

    private static <T> List<T> list(Iterator<T> iterator) {
        List<T> list = new ArrayList<>();
        iterator.forEachRemaining(list::add);
        return list;
    }
}
