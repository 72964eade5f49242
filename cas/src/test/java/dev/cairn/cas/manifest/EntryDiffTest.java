package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.manifest.EntryChange.Added;
import dev.cairn.cas.manifest.EntryChange.Aspect;
import dev.cairn.cas.manifest.EntryChange.Changed;
import dev.cairn.cas.manifest.EntryChange.Removed;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class EntryDiffTest {

    private final HeapObjects objects = new HeapObjects();

    @Test
    void between_randomEdits_isWhatComparingAllEntriesGives() {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            RandomEntries source = new RandomEntries(random);
            NavigableMap<EntryPath, Entry> before = source.tree(1 + random.nextInt(500));
            NavigableMap<EntryPath, Entry> after = new TreeMap<>(before);
            int edits = random.nextInt(1 + random.nextInt(200));
            List<EntryPath> paths = new ArrayList<>(before.keySet());
            for (int i = 0; i < edits; i++) {
                edit(after, paths.get(random.nextInt(paths.size())), source, random);
            }
            assertThat(diff(before, after)).as("seed=%d", seed).isEqualTo(expected(before, after));
            assertThat(diff(after, before)).as("seed=%d", seed).isEqualTo(expected(after, before));
        }
    }

    @Test
    void between_unrelatedTreesOfOtherHeights_isAllOfBoth() {
        NavigableMap<EntryPath, Entry> small = new RandomEntries(new Random(1)).tree(5);
        NavigableMap<EntryPath, Entry> large = MerkleMapTest.manyFiles(5000);
        assertThat(diff(small, large)).isEqualTo(expected(small, large));
        assertThat(diff(large, small)).isEqualTo(expected(large, small));
        assertThat(diff(new TreeMap<>(), small)).hasSize(5).allMatch(Added.class::isInstance);
        assertThat(diff(small, new TreeMap<>())).hasSize(5).allMatch(Removed.class::isInstance);
    }

    @Test
    void between_equalMaps_readsNothing() {
        NavigableMap<EntryPath, Entry> tree = MerkleMapTest.manyFiles(2000);
        MerkleMap<Entry> map = MerkleMapTest.build(tree.values(), objects);
        objects.resetCounts();
        assertThat(EntryDiff.stream(map, map)).isEmpty();
        assertThat(objects.read).isEmpty();
    }

    @Test
    void between_oneChangeAmongMany_readsAboutTwoPagesALevel() {
        NavigableMap<EntryPath, Entry> before = MerkleMapTest.manyFiles(20_000);
        Random random = new Random(2);
        MerkleMap<Entry> old = MerkleMapTest.build(before.values(), objects);
        for (int i = 0; i < 6; i++) {
            EntryPath path = EntryPath.parse("directory-%05d/file-x%05d".formatted(30 * i, i));
            NavigableMap<EntryPath, Entry> after = new TreeMap<>(before);
            after.put(path, MerkleMapTest.file(path, random));
            MerkleMap<Entry> now = MerkleMapTest.build(after.values(), objects);
            objects.resetCounts();
            assertThat(EntryDiff.stream(old, now)).hasSize(1).allMatch(Added.class::isInstance);
            // All levels of two trees, and a few more where a cut came or went.
            assertThat(objects.read).hasSizeBetween(4, 10);
        }
    }

    @Test
    void between_aWholeFolderAddedInFront_skipsWhatFollows() {
        NavigableMap<EntryPath, Entry> before = MerkleMapTest.manyFiles(20_000);
        NavigableMap<EntryPath, Entry> after = new TreeMap<>(before);
        Random random = new Random(4);
        EntryPath folder = EntryPath.parse("added");
        after.put(
                folder,
                Entry.directory(
                        folder,
                        Objects.requireNonNull(after.get(EntryPath.ROOT)).metadata()));
        for (int i = 0; i < 5000; i++) {
            EntryPath path = folder.child("f%05d".formatted(i));
            after.put(path, MerkleMapTest.file(path, random));
        }
        MerkleMap<Entry> old = MerkleMapTest.build(before.values(), objects);
        int oldPages = objects.size();
        MerkleMap<Entry> now = MerkleMapTest.build(after.values(), objects);
        int newPages = objects.size() - oldPages;
        objects.resetCounts();
        assertThat(EntryDiff.stream(old, now)).hasSize(5001);
        assertThat(objects.read).hasSizeLessThan(newPages + 12);
    }

    @Test
    void aspects_eachChange_isNamed() {
        EntryPath path = EntryPath.parse("a");
        Metadata plain = new Metadata(0644, Owner.ROOT, 5, 0, Xattrs.none());
        Entry file = Entry.file(path, plain, Content.inline(new byte[] {1}));
        assertThat(aspects(file, Entry.file(path, plain, Content.inline(new byte[] {2}))))
                .containsExactly(Aspect.CONTENT);
        assertThat(aspects(file, file.withMetadata(new Metadata(0600, Owner.ROOT, 5, 0, Xattrs.none()))))
                .containsExactly(Aspect.MODE);
        assertThat(aspects(file, file.withMetadata(new Metadata(0644, Owner.of(0, 0), 5, 0, Xattrs.none()))))
                .containsExactly(Aspect.OWNER);
        assertThat(aspects(file, file.withMetadata(new Metadata(0644, Owner.ROOT, 5, 1, Xattrs.none()))))
                .containsExactly(Aspect.MTIME);
        Xattrs xattrs = new Xattrs.Inline(List.of(new Xattr(new byte[] {'x'}, new byte[0])));
        assertThat(aspects(file, file.withMetadata(new Metadata(0644, Owner.ROOT, 5, 0, xattrs))))
                .containsExactly(Aspect.XATTRS);
        assertThat(aspects(file, file.asFirstLink())).containsExactly(Aspect.HARD_LINK);
        assertThat(aspects(file, file.asChangedWhileRead())).containsExactly(Aspect.CONTENT);
        assertThat(aspects(file, Entry.directory(path, plain))).containsExactly(Aspect.TYPE, Aspect.CONTENT);
        Entry link = Entry.symlink(path, plain, LinkTarget.of("x"));
        assertThat(aspects(link, Entry.symlink(path, plain, LinkTarget.of("y"))))
                .containsExactly(Aspect.CONTENT);
    }

    private static Set<Aspect> aspects(Entry before, Entry after) {
        return new Changed(before, after).aspects();
    }

    private static void edit(NavigableMap<EntryPath, Entry> tree, EntryPath path, RandomEntries source, Random random) {
        Entry entry = tree.get(path);
        if (entry == null || path.isRoot()) {
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> tree.keySet().removeIf(p -> p.startsWith(path));
            case 1 -> tree.put(path, entry.withMetadata(source.metadata().withoutXattrs()));
            default -> {
                EntryPath directory = Objects.requireNonNull(path.parent());
                EntryPath added = directory.child(source.name());
                tree.putIfAbsent(added, Entry.file(added, source.metadata(), source.content()));
            }
        }
    }

    private List<EntryChange> diff(NavigableMap<EntryPath, Entry> before, NavigableMap<EntryPath, Entry> after) {
        return EntryDiff.stream(
                        MerkleMapTest.build(before.values(), objects), MerkleMapTest.build(after.values(), objects))
                .toList();
    }

    private static List<EntryChange> expected(
            NavigableMap<EntryPath, Entry> before, NavigableMap<EntryPath, Entry> after) {
        TreeSet<EntryPath> paths = new TreeSet<>(before.keySet());
        paths.addAll(after.keySet());
        List<EntryChange> changes = new ArrayList<>();
        for (EntryPath path : paths) {
            Entry old = before.get(path);
            Entry now = after.get(path);
            if (old == null) {
                changes.add(new Added(Objects.requireNonNull(now)));
            } else if (now == null) {
                changes.add(new Removed(old));
            } else if (!old.equals(now)) {
                changes.add(new Changed(old, now));
            }
        }
        return changes;
    }
}
