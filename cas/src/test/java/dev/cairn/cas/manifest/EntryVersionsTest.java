package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EntryVersionsTest {

    private final HeapObjects objects = new HeapObjects();
    private final AtomicInteger reads = new AtomicInteger();
    private final ObjectSource counted = (id, type) -> {
        reads.incrementAndGet();
        return objects.read(id, type);
    };

    private record Seen(Entry entry, BitSet maps) {}

    private List<Seen> versions(List<ObjectId> roots) {
        List<Seen> seen = new ArrayList<>();
        EntryVersions.of(roots, counted, entry -> true)
                .forEachRemaining(one -> seen.add(new Seen(one.entry(), one.maps())));
        return seen;
    }

    /** The same by brute force. */
    private static List<Seen> expected(List<NavigableMap<EntryPath, Entry>> trees) {
        Map<EntryPath, List<Seen>> byPath = new TreeMap<>();
        for (int i = 0; i < trees.size(); i++) {
            for (Entry entry : trees.get(i).values()) {
                List<Seen> at = byPath.computeIfAbsent(entry.path(), path -> new ArrayList<>());
                Seen same = at.stream()
                        .filter(one -> one.entry().equals(entry))
                        .findFirst()
                        .orElse(null);
                if (same == null) {
                    same = new Seen(entry, new BitSet());
                    at.add(same);
                }
                same.maps().set(i);
            }
        }
        return byPath.values().stream().flatMap(List::stream).toList();
    }

    @Test
    void versions_ofRandomHistories_areThoseOfComparingAllEntries() {
        for (long seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            RandomEntries source = new RandomEntries(random);
            List<NavigableMap<EntryPath, Entry>> trees = new ArrayList<>();
            trees.add(source.tree(1 + random.nextInt(400)));
            List<EntryPath> paths = new ArrayList<>(trees.getFirst().keySet());
            for (int i = random.nextInt(9); i > 0; i--) {
                NavigableMap<EntryPath, Entry> next = new TreeMap<>(trees.get(random.nextInt(trees.size())));
                for (int edits = random.nextInt(1 + random.nextInt(60)); edits > 0; edits--) {
                    edit(next, paths.get(random.nextInt(paths.size())), random);
                }
                trees.add(next);
            }
            if (random.nextBoolean()) {
                trees.add(source.tree(1 + random.nextInt(40)));
            }
            List<ObjectId> roots = trees.stream()
                    .map(tree -> MerkleMapTest.build(tree.values(), objects).root())
                    .toList();
            assertThat(versions(roots)).as("seed=%d", seed).containsExactlyInAnyOrderElementsOf(expected(trees));
            assertThat(versions(roots).stream().map(one -> one.entry().path()).toList())
                    .as("seed=%d", seed)
                    .isSorted();
        }
    }

    private static void edit(NavigableMap<EntryPath, Entry> tree, EntryPath path, Random random) {
        Entry entry = tree.get(path);
        if (entry == null) {
            return;
        }
        if (!path.isRoot() && random.nextInt(3) == 0) {
            tree.keySet().removeIf(other -> other.startsWith(path));
        } else {
            EntryPath folder = entry.isDirectory() ? path : Objects.requireNonNull(path.parent());
            EntryPath made = folder.child("new" + random.nextInt(50));
            tree.put(made, MerkleMapTest.file(made, random));
        }
    }

    @Test
    void versions_ofManyMapsThatDifferInOneFile_readSharedPagesOnce() {
        NavigableMap<EntryPath, Entry> tree = MerkleMapTest.manyFiles(5000);
        MerkleMap<Entry> first = MerkleMapTest.build(tree.values(), objects);
        versions(List.of(first.root()));
        int alone = reads.get();
        Random random = new Random(3);
        List<ObjectId> roots = new ArrayList<>(List.of(first.root()));
        EntryPath path = EntryPath.parse("directory-00030/file-x");
        for (int i = 0; i < 40; i++) {
            tree.put(path, MerkleMapTest.file(path, random));
            roots.add(MerkleMapTest.build(tree.values(), objects).root());
        }
        reads.set(0);
        AtomicInteger asked = new AtomicInteger();
        Map<EntryPath, Integer> told = new HashMap<>();
        EntryVersions.of(roots, counted, entry -> asked.incrementAndGet() > 0)
                .forEachRemaining(one -> told.merge(one.entry().path(), 1, Integer::sum));
        assertThat(told).hasSize(tree.size());
        assertThat(told.get(path)).isEqualTo(40);
        assertThat(asked.get()).isLessThan(tree.size() + 41 + 40 * 400);
        // Each map has a page a level of its own; all else is read once.
        assertThat(reads.get()).isBetween(alone, alone + 41 * 6);
    }

    @Test
    void versions_ofNothing_areNone() {
        assertThat(versions(List.of())).isEmpty();
        ObjectId empty = MerkleMapTest.build(List.of(), objects).root();
        assertThat(versions(List.of(empty, empty))).isEmpty();
    }

    @Test
    void versions_pageIsGone_saysWhich() {
        MerkleMap<Entry> map = MerkleMapTest.build(MerkleMapTest.manyFiles(3000).values(), objects);
        List<ObjectId> read = new ArrayList<>();
        EntryVersions.of(
                        List.of(map.root()),
                        (id, type) -> {
                            read.add(id);
                            return objects.read(id, type);
                        },
                        entry -> true)
                .forEachRemaining(one -> {});
        ObjectId lost = read.get(read.size() / 2);
        EntryVersions versions = EntryVersions.of(
                List.of(map.root()),
                (id, type) -> {
                    if (id.equals(lost)) {
                        throw new CorruptDataException("object " + id, "a page", "none");
                    }
                    return objects.read(id, type);
                },
                entry -> true);
        assertThatThrownBy(() -> versions.forEachRemaining(one -> {}))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(lost.toString());
    }
}
