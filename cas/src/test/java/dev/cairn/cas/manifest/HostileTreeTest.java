package dev.cairn.cas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Trees whose pages are well-formed each, but do not fit together; and entries that do not. */
final class HostileTreeTest {

    private final HeapObjects objects = new HeapObjects();
    private final Metadata metadata = new Metadata(0755, Owner.ROOT, 0, 0, Xattrs.none());

    @Test
    void iterator_pagesThatFit_areRead() {
        PageRef left = leaf("", "a", "b");
        PageRef right = leaf("c", "d");
        assertThat(MerkleMap.ofEntries(branch(1, left, right), objects)).hasSize(5);
    }

    @Test
    void iterator_keysOfAPageBelowThoseBefore_isCorrupt() {
        requireCorrupt(branch(1, leaf("", "b", "d"), leaf("c", "e")));
        requireCorrupt(branch(1, leaf("", "b"), leaf("b", "e")));
    }

    @Test
    void iterator_lastKeyNotAsTheParentSays_isCorrupt() {
        PageRef left = leaf("", "a");
        PageRef right = leaf("c", "d");
        requireCorrupt(branch(1, new PageRef(key("b"), left.page(), 2, 0), right));
        requireCorrupt(branch(1, left, new PageRef(key("e"), right.page(), 2, 0)));
    }

    @Test
    void iterator_countNotAsTheParentSays_isCorrupt() {
        PageRef left = leaf("", "a");
        PageRef right = leaf("c", "d");
        requireCorrupt(branch(1, left, new PageRef(right.key(), right.page(), 3, 0)));
    }

    @Test
    void iterator_levelsThatSkipOrStay_isCorrupt() {
        PageRef left = leaf("", "a");
        PageRef right = leaf("c", "d");
        requireCorrupt(branch(2, left, right));
        ObjectId inner = branch(1, left, right);
        PageRef other = leaf("e", "f");
        requireCorrupt(branch(1, new PageRef(right.key(), inner, 4, 0), other));
    }

    @Test
    void iterator_pageThatNamesItself_isCorrupt() {
        PageRef left = leaf("", "a");
        PageRef right = leaf("c", "d");
        ObjectId root = branch(1, left, right);
        objects.replace(left.page(), objects.read(root, ObjectType.NODE));
        requireCorrupt(root);
    }

    @Test
    void iterator_rootOfOnePageOrEmptyPageBeneath_isCorrupt() {
        requireCorrupt(branch(1, leaf("", "a")));
        ObjectId empty = objects.put(Page.encode(TreeFormat.ENTRIES.leaf(), 0, List.of()));
        requireCorrupt(branch(1, leaf("", "a"), new PageRef(key("b"), empty, 1, 0)));
    }

    @Test
    void size_countsThatOverflow_isCorrupt() {
        PageRef left = leaf("", "a");
        PageRef right = leaf("c", "d");
        ObjectId root = branch(
                1,
                new PageRef(left.key(), left.page(), Long.MAX_VALUE, 0),
                new PageRef(right.key(), right.page(), Long.MAX_VALUE, 0));
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> MerkleMap.ofEntries(root, objects).size());
    }

    @Test
    void iterator_missingPage_isCorruptAfterWhatComesBefore() {
        PageRef right = new PageRef(key("d"), new ObjectId(1, 2, 3, 4), 2, 0);
        objects.replace(right.page(), objects.read(leaf("c", "d").page(), ObjectType.NODE));
        ObjectId root = branch(1, leaf("", "a"), right);
        objects.replace(right.page(), PlainObject.chunk(new byte[0]));
        Iterator<Entry> entries = MerkleMap.ofEntries(root, objects).iterator();
        entries.next();
        entries.next();
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(entries::hasNext);
    }

    @Test
    void validated_fileBeneathASymlinkOrAFile_isRefusedBeforeItIsHandedOut() {
        Entry root = Entry.directory(EntryPath.ROOT, metadata);
        Entry link = Entry.symlink(path("a"), metadata, LinkTarget.of("/etc"));
        Entry file = Entry.file(path("a"), metadata, Content.empty());
        Entry beneath = Entry.file(path("a/passwd"), metadata, Content.empty());
        for (Entry above : List.of(link, file)) {
            MerkleMap<Entry> map = map(root, above, beneath);
            ValidatedEntries entries = ValidatedEntries.of(map);
            entries.next();
            entries.next();
            assertThatExceptionOfType(CorruptDataException.class)
                    .isThrownBy(entries::next)
                    .withMessageContaining("stands in no directory");
            assertThatExceptionOfType(CorruptDataException.class)
                    .isThrownBy(() -> ValidatedEntries.subtree(map, path("a/passwd")));
            assertThatExceptionOfType(CorruptDataException.class)
                    .isThrownBy(() -> drain(ValidatedEntries.subtree(map, path("a"))));
        }
    }

    @Test
    void validated_missingParentOrRoot_isRefused() {
        Entry root = Entry.directory(EntryPath.ROOT, metadata);
        Entry deep = Entry.file(path("a/b"), metadata, Content.empty());
        requireInvalid(map(root, deep));
        requireInvalid(map(deep));
        requireInvalid(
                map(root, Entry.directory(path("a"), metadata), Entry.file(path("b/c"), metadata, Content.empty())));
    }

    @Test
    void validated_laterLinks_mustNameTheFirstOfTheirGroup() {
        Entry root = Entry.directory(EntryPath.ROOT, metadata);
        Entry first =
                Entry.file(path("a"), metadata, Content.inline(new byte[] {1})).asFirstLink();
        Entry later = Entry.laterLink(path("c"), first);
        assertThat(drain(ValidatedEntries.of(map(root, first, later)))).hasSize(3);
        assertThat(drain(ValidatedEntries.subtree(map(root, first, later), path("c"))))
                .containsExactly(later);
        requireInvalid(map(root, later));
        requireInvalid(map(root, first.withHardLink(null), later));
        Entry other = Entry.file(path("a"), metadata, Content.empty()).asFirstLink();
        requireInvalid(map(root, other, later));
        Entry symlink = Entry.symlink(path("a"), metadata, LinkTarget.of("x")).asFirstLink();
        requireInvalid(map(root, symlink, later));
        Entry chained = Entry.laterLink(path("b"), first);
        Entry onLater = later.withHardLink(new HardLink.Later(path("b")));
        requireInvalid(map(root, first, chained, onLater));
    }

    private void requireInvalid(MerkleMap<Entry> map) {
        assertThatExceptionOfType(CorruptDataException.class).isThrownBy(() -> drain(ValidatedEntries.of(map)));
    }

    private void requireCorrupt(ObjectId root) {
        assertThatExceptionOfType(CorruptDataException.class)
                .isThrownBy(() -> drain(MerkleMap.ofEntries(root, objects).iterator()));
    }

    private static List<Entry> drain(Iterator<Entry> entries) {
        List<Entry> list = new ArrayList<>();
        entries.forEachRemaining(list::add);
        return list;
    }

    /** A map of one leaf that no builder would make. */
    private MerkleMap<Entry> map(Entry... entries) {
        return MerkleMap.ofEntries(objects.put(Page.encode(TreeFormat.ENTRIES.leaf(), 0, List.of(entries))), objects);
    }

    private PageRef leaf(String... paths) {
        List<Entry> entries = new ArrayList<>();
        for (String path : paths) {
            entries.add(Entry.directory(path(path), metadata));
        }
        PageFormat<Entry> format = TreeFormat.ENTRIES.leaf();
        return format.summary(objects.put(Page.encode(format, 0, entries)), entries);
    }

    private ObjectId branch(int level, PageRef... pages) {
        return objects.put(Page.encode(TreeFormat.ENTRIES.branch(), level, List.of(pages)));
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
