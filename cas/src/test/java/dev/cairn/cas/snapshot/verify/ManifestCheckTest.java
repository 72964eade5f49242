package dev.cairn.cas.snapshot.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.ForgedManifest;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.LinkTarget;
import dev.cairn.cas.manifest.MerkleMapBuilder;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.PageBoundary;
import dev.cairn.cas.manifest.Xattrs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is refused of a manifest that came from elsewhere, by itself and beside one that was checked before. */
final class ManifestCheckTest {

    private static final Metadata METADATA = new Metadata(0755, Owner.ROOT, 1, 2, Xattrs.none());

    private final HeapObjects objects = new HeapObjects();
    private final ForgedManifest forged = new ForgedManifest(objects);
    private final Entry root = Entry.directory(EntryPath.ROOT, METADATA);

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static Entry folder(String path) {
        return Entry.directory(path(path), METADATA);
    }

    private static Entry file(String path) {
        return Entry.file(path(path), METADATA, Content.inline(new byte[] {1}));
    }

    private static Entry link(String path, String target) {
        return Entry.symlink(path(path), METADATA, LinkTarget.of(target));
    }

    private void check(ObjectId manifest, @Nullable ObjectId checked) {
        ManifestCheck.requireWellFormed(manifest, checked, objects);
    }

    /** Refused by itself and beside every one of these. */
    private void assertRefused(ObjectId manifest, String reason, ObjectId... checked) {
        assertThatThrownBy(() -> check(manifest, null)).isInstanceOf(CorruptDataException.class);
        for (ObjectId before : checked) {
            assertThatThrownBy(() -> check(manifest, before))
                    .as("beside %s", before)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining(reason);
        }
    }

    private void assertAccepted(ObjectId manifest, ObjectId... checked) {
        assertThatCode(() -> check(manifest, null)).doesNotThrowAnyException();
        for (ObjectId before : checked) {
            assertThatCode(() -> check(manifest, before)).doesNotThrowAnyException();
        }
    }

    @Test
    void requireWellFormed_honestManifests_areAcceptedBesideEachOther() {
        Entry first = file("d/a").asFirstLink();
        Entry later = Entry.laterLink(path("d/b"), first);
        ObjectId empty = forged.of(root);
        ObjectId some = forged.of(root, folder("d"), first, later, link("l", "d"));
        ObjectId fewer = forged.of(root, folder("d"), file("d/b"));
        ObjectId other = forged.of(root, file("d"), folder("l"), file("l/x"));

        assertAccepted(empty, empty, some, fewer, other);
        assertAccepted(some, empty, some, fewer, other);
        assertAccepted(fewer, empty, some, fewer, other);
        assertAccepted(other, empty, some, fewer, other);
    }

    @Test
    void requireWellFormed_noRoot_isRefused() {
        ObjectId before = forged.of(root, folder("d"), file("d/a"));

        assertRefused(forged.of(), "no root folder", before);
        assertRefused(forged.of(folder("d"), file("d/a")), "no root folder", before);
    }

    @Test
    void requireWellFormed_entryInNoFolder_isRefused() {
        ObjectId before = forged.of(root, folder("d"), file("d/a"), file("f"), link("l", "/etc"));

        assertRefused(forged.of(root, folder("d"), file("d/a"), file("x/y")), "stands in x", before);
        assertRefused(forged.of(root, file("f"), file("f/a")), "stands in f", before);
        assertRefused(forged.of(root, link("l", "/etc"), file("l/passwd")), "stands in l", before);
    }

    /** What did not change is not looked at, so what it stands in must be. */
    @Test
    void requireWellFormed_folderGoneFromAboveWhatStayed_isRefused() {
        ObjectId before = forged.of(root, folder("d"), folder("d/e"), file("d/e/a"));

        assertRefused(forged.of(root, folder("d"), file("d/e/a")), "beneath d/e", before);
        assertRefused(forged.of(root, folder("d"), link("d/e", "/etc"), file("d/e/a")), "beneath d/e", before);
        assertRefused(forged.of(root, folder("d"), file("d/e"), file("d/e/a")), "beneath d/e", before);
    }

    @Test
    void requireWellFormed_linkToWhatIsNoFirst_isRefused() {
        Entry first = file("a").asFirstLink();
        Entry later = Entry.laterLink(path("b"), first);
        ObjectId empty = forged.of(root);
        ObjectId before = forged.of(root, first);

        assertRefused(forged.of(root, later), "linked to a", empty, before);
        assertRefused(forged.of(root, file("a"), later), "linked to a", empty, before);
        assertRefused(forged.of(root, folder("a"), later), "linked to a", empty, before);
        Entry chained = later.withHardLink(new HardLink.Later(path("aa")));
        assertRefused(
                forged.of(root, first, Entry.laterLink(path("aa"), first), chained), "linked to aa", empty, before);
    }

    @Test
    void requireWellFormed_linkToAnotherFile_isRefused() {
        Entry later = Entry.laterLink(path("b"), file("a").asFirstLink());
        Entry toLink = Entry.laterLink(path("b"), link("a", "x").asFirstLink());
        ObjectId empty = forged.of(root);

        assertRefused(
                forged.of(root, Entry.file(path("a"), METADATA, Content.empty()).asFirstLink(), later),
                "linked to a",
                empty);
        assertRefused(forged.of(root, link("a", "x").asFirstLink(), later), "linked to a", empty);
        assertRefused(forged.of(root, link("a", "y").asFirstLink(), toLink), "linked to a", empty);
    }

    /** The links themselves did not change, only what they lead to. */
    @Test
    void requireWellFormed_firstOfAGroupChangedBeneathItsLinks_isRefused() {
        Entry first = file("a").asFirstLink();
        Entry later = Entry.laterLink(path("b"), first);
        ObjectId before = forged.of(root, first, later);

        assertRefused(forged.of(root, later), "is linked to a", before);
        assertRefused(forged.of(root, file("a"), later), "is linked to a", before);
        assertRefused(forged.of(root, folder("a"), later), "is linked to a", before);
        assertRefused(
                forged.of(root, Entry.file(path("a"), METADATA, Content.empty()).asFirstLink(), later),
                "is linked to a",
                before);
        Entry otherLater = Entry.laterLink(
                path("b"), Entry.file(path("a"), METADATA, Content.empty()).asFirstLink());
        assertAccepted(
                forged.of(root, Entry.file(path("a"), METADATA, Content.empty()).asFirstLink(), otherLater), before);
    }

    /** Beside one that was checked, only the pages that differ are read. */
    @Test
    void requireWellFormed_smallChangeInALargeManifest_readsFewPages() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            entries.add(file("a name of some length %06d".formatted(i)));
        }
        ObjectId before = build(entries);
        entries.set(10_000, folder("a name of some length 010000"));
        ObjectId after = build(entries);
        int all = objects.size();

        objects.resetCounts();
        check(after, before);

        assertThat(all).isGreaterThan(40);
        assertThat(objects.readCount()).isLessThan(12);
    }

    private ObjectId build(List<Entry> entries) {
        MerkleMapBuilder<Entry> manifest = MerkleMapBuilder.ofEntries(objects, PageBoundary.keyed(new byte[32]));
        manifest.add(root);
        entries.forEach(manifest::add);
        return manifest.finish();
    }
}
