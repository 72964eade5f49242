package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Device;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.ForgedManifest;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.HeapObjects;
import dev.cairn.cas.manifest.LinkTarget;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Manifests that somebody made to write where he may not: nothing outside the target changes, whatever they say. */
final class HostileManifestTest {

    private static final Metadata FOLDER = new Metadata(0755, Owner.ROOT, 1, 2, Xattrs.none());
    private static final Metadata FILE = new Metadata(0644, Owner.ROOT, 3, 4, Xattrs.none());
    private static final Content EVIL = Content.inline(RawName.of("evil"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    private final HeapObjects objects = new HeapObjects();
    private final ForgedManifest forged = new ForgedManifest(objects);
    private final Entry root = Entry.directory(EntryPath.ROOT, FOLDER);
    private Path target = Path.of("");
    private SortedMap<String, String> before = new TreeMap<>();

    @BeforeEach
    void folders() throws IOException {
        target = Files.createDirectories(temp.resolve("above/target"));
        Files.createDirectory(temp.resolve("outside"));
        Files.writeString(temp.resolve("outside/passwd"), "secret");
        Files.writeString(temp.resolve("above/passwd"), "secret");
        before = outside();
    }

    @AfterEach
    void nothingOutsideChanged() throws IOException {
        assertThat(outside()).isEqualTo(before);
    }

    private SortedMap<String, String> outside() throws IOException {
        TreePicture picture = TreePicture.of(temp);
        SortedMap<String, String> outside = new TreeMap<>(picture.identities());
        outside.keySet().removeIf(path -> path.startsWith("above/target"));
        return outside;
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static Entry folder(String path) {
        return Entry.directory(path(path), FOLDER);
    }

    private static Entry file(String path) {
        return Entry.file(path(path), FILE, EVIL);
    }

    private static Entry file(String path, Content content) {
        return Entry.file(path(path), FILE, content);
    }

    private RestoreResult restore(ObjectId manifest) {
        RestorePlan plan = new RestorePlan(
                manifest,
                EntryPath.ROOT,
                RawName.of(target.toString()),
                Overwrite.CHANGED,
                true,
                true,
                false,
                List.of());
        return new Restore(objects).run(plan, RestoreProgress.NONE, Cancellation.NEVER);
    }

    private DynamicTest refused(String what, String reason, ObjectId manifest) {
        return DynamicTest.dynamicTest(
                what,
                () -> assertThatThrownBy(() -> restore(manifest))
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining(reason));
    }

    @TestFactory
    List<DynamicTest> run_pathThatIsNone_isRefused() {
        return List.of(
                refused(
                        "a folder ..",
                        "is . or ..",
                        forged.replacing("QQ", "..", root, folder("QQ"), file("QQ/passwd"))),
                refused("a file ..", "is . or ..", forged.replacing("QQ", "..", root, file("QQ"))),
                refused("a .. on the way", "is . or ..", forged.replacing("QQ", "..", root, folder("a"), file("a/QQ"))),
                refused("a folder .", "is . or ..", forged.replacing("Q", ".", root, folder("Q"), file("Q/passwd"))),
                refused(
                        "an absolute path",
                        "contains a slash",
                        forged.replacing("Qpasswd", "/passwd", root, file("Qpasswd"))),
                refused(
                        "slashes in a name",
                        "contains a slash",
                        forged.replacing("aQQQQpasswd", "a/../passwd", root, file("aQQQQpasswd"))),
                refused(
                        "a zero byte in a name",
                        "stands in no directory",
                        forged.replacing("aQb", "a\0b", root, file("aQb"))),
                refused("a name that ends in a zero byte", "is empty", forged.replacing("aQ", "a\0", root, file("aQ"))),
                refused(
                        "an empty name on the way",
                        "is empty",
                        forged.replacing("aQQb", "a\0\0b", root, folder("a"), file("aQQb"))),
                refused("an empty name first", "is empty", forged.replacing("Qa", "\0a", root, file("Qa"))));
    }

    @TestFactory
    List<DynamicTest> run_entriesThatDoNotFitTogether_areRefused() {
        Entry link = Entry.symlink(path("a"), FILE, LinkTarget.of("../../outside"));
        return List.of(
                refused(
                        "a file beneath a symbolic link",
                        "stands in no directory",
                        forged.of(root, link, file("a/passwd"))),
                refused(
                        "a folder beneath a symbolic link",
                        "stands in no directory",
                        forged.of(root, link, folder("a/b"), file("a/b/c"))),
                refused(
                        "a file beneath a file",
                        "stands in no directory",
                        forged.of(root, file("a"), file("a/passwd"))),
                refused("a file in no folder", "stands in no directory", forged.of(root, file("a/passwd"))),
                refused("one path twice", "ascending order", forged.of(root, file("a"), file("a"))),
                refused(
                        "a folder and a link of one path",
                        "ascending order",
                        forged.of(root, folder("a"), link, file("a/passwd"))),
                refused("paths in no order", "ascending order", forged.of(root, file("b"), file("a"))),
                refused("the root last", "ascending order", forged.of(file("b"), root)),
                refused("no root", "no root folder", forged.of(folder("a"), file("a/b"))),
                refused("nothing", "no root folder", forged.of()));
    }

    @TestFactory
    List<DynamicTest> run_linksThatLeadNowhere_areRefused() {
        Entry first = file("a").asFirstLink();
        Entry later = Entry.laterLink(path("m"), first);
        Entry toNowhere = later.withHardLink(new HardLink.Later(path("b")));
        Entry toNamed = later.withHardLink(new HardLink.Later(path("LINKED")));
        return List.of(
                refused("to what is not there", "not the first of a group", forged.of(root, later)),
                refused("to what is no first", "not the first of a group", forged.of(root, file("a"), later)),
                refused(
                        "to a later one",
                        "not the first of a group",
                        forged.of(root, first, Entry.laterLink(path("b"), first), toNowhere)),
                refused(
                        "to a file of another size",
                        "another file",
                        forged.of(root, file("a", Content.empty()).asFirstLink(), later)),
                refused("to a folder", "not the first of a group", forged.of(root, folder("a"), later)),
                refused(
                        "to what comes after it",
                        "comes after its first",
                        forged.replacing("LINKED", "zINKED", root, toNamed)),
                refused("to what is outside", "contains a slash", forged.replacing("LINKED", "../../", root, toNamed)),
                refused("to what is absolute", "contains a slash", forged.replacing("LINKED", "/etc/p", root, toNamed)),
                refused("to itself", "comes after its first", forged.replacing("\0\6LINKED", "\1\0", root, toNamed)));
    }

    @TestFactory
    List<DynamicTest> run_numbersBeyondAllBounds_areRefused() {
        Content hole = new Content.Segments(List.of(new Segment.Hole(Long.MAX_VALUE)));
        String deepest = "d/".repeat(EntryPath.DEPTH_MAX - 1);
        String longest = ("x".repeat(1023) + "/").repeat(15) + "x".repeat(1021) + "Q";
        return List.of(
                refused("a billion entries", "found 1000000000", forged.announcingABillion()),
                refused(
                        "a size of 2^63",
                        "found 9223372036854775808",
                        forged.replacing(
                                ForgedManifest.number(Long.MAX_VALUE),
                                ForgedManifest.number(Long.MIN_VALUE),
                                root,
                                file("a", hole))),
                refused("too deep", "2049 components", forged.replacing("aQa", "a\0a", root, file(deepest + "aQa"))),
                refused(
                        "too long",
                        "at most 16384",
                        forged.replacing(
                                Map.of(ForgedManifest.number(16_383), ForgedManifest.number(16_385), "Q", "xxx"),
                                root,
                                file(longest + "x"))));
    }

    @Test
    void run_pageThatNamesItself_isRefused() {
        ObjectId page = forged.of(root, file("a"));
        PlainObject leaf = objects.read(page, ObjectType.NODE);
        objects.replace(page, new PlainObject(ObjectType.NODE, List.of(page, page), List.of(), leaf.body()));

        assertThatThrownBy(() -> restore(page)).isInstanceOf(CorruptDataException.class);
    }

    /** What comes before a lie is restored; nothing after it is removed or made. */
    @Test
    void run_lieInTheMiddle_deletesNothingBehindIt() throws IOException {
        Files.writeString(target.resolve("z"), "mine");
        ObjectId manifest = forged.of(root, file("a"), file("b"), file("b/c"), file("y"));

        assertThatThrownBy(() -> restore(manifest)).isInstanceOf(CorruptDataException.class);

        assertThat(target.resolve("a")).hasContent("evil");
        assertThat(target.resolve("z")).hasContent("mine");
        assertThat(target.resolve("y")).doesNotExist();
    }

    private DynamicTest listed(Entry entry) {
        return DynamicTest.dynamicTest(entry.type() + " " + entry.path().depth() + " " + entry.size(), () -> {
            RestoreResult result = restore(forged.of(root, file("a"), entry, file("z")));

            assertThat(result.errors())
                    .isNotEmpty()
                    .allSatisfy(error -> assertThat(error.path()).isEqualTo(entry.path()));
            assertThat(result.damageCount()).isZero();
            assertThat(target.resolve("a")).hasContent("evil");
            assertThat(target.resolve("z")).hasContent("evil");
            assertThat(TreePicture.of(target).lines().keySet())
                    .noneMatch(name -> name.contains(TemporaryName.PREFIX))
                    .hasSizeLessThanOrEqualTo(4);
        });
    }

    /** What a manifest may say and this system cannot do costs the one entry. */
    @TestFactory
    List<DynamicTest> run_whatTheSystemCannotHold_isListed() {
        ObjectId chunk = objects.put(PlainObject.chunk(new byte[4 << 20]));
        Content endless = new Content.Segments(List.of(new Segment.Data(chunk, 4 << 20, 1L << 40)));
        Content hole = new Content.Segments(List.of(new Segment.Hole(Long.MAX_VALUE)));
        Xattrs odd = new Xattrs.Inline(List.of(new Xattr(RawName.of("nonsense.x"), new byte[1])));
        return List.of(
                listed(Entry.device(path("m"), EntryType.CHAR_DEVICE, FILE, new Device(-1, -1))),
                listed(Entry.device(path("m"), EntryType.BLOCK_DEVICE, FILE, new Device(1 << 12, 1))),
                listed(Entry.device(path("m"), EntryType.BLOCK_DEVICE, FILE, new Device(1, 1 << 20))),
                listed(Entry.symlink(path("m"), FILE, LinkTarget.of("x".repeat(5000)))),
                listed(file("m".repeat(1000))),
                listed(folder("n".repeat(1000))),
                listed(file("m", hole)),
                listed(file("m", endless)),
                listed(Entry.file(path("m"), new Metadata(0644, Owner.ROOT, 1, 2, odd), EVIL)));
    }

    @Test
    void run_timesAndOwnersAtTheirBounds_areTakenAsFarAsTheSystemCan() {
        ObjectId manifest = forged.of(
                root,
                Entry.file(
                        path("a"),
                        new Metadata(0600, Owner.of(-1, -1), Long.MIN_VALUE, 999_999_999, Xattrs.none()),
                        EVIL),
                Entry.file(path("b"), new Metadata(0600, Owner.of(-2, -2), Long.MAX_VALUE, 0, Xattrs.none()), EVIL));

        RestoreResult result = restore(manifest);

        assertThat(target.resolve("a")).hasContent("evil");
        assertThat(target.resolve("b")).hasContent("evil");
        assertThat(result.damageCount()).isZero();
    }

    /** Links that lead out are made as they stand, and nothing is ever looked up through them. */
    @Test
    void run_linksThatLeadOut_areNotFollowedByALaterRun() throws IOException {
        ObjectId links = forged.of(root, Entry.symlink(path("a"), FILE, LinkTarget.of("../../outside")));
        ObjectId files = forged.of(root, folder("a"), file("a/passwd"));

        restore(links);
        assertThat(target.resolve("a")).isSymbolicLink();
        restore(files);

        assertThat(target.resolve("a")).isDirectory().isNotEmptyDirectory();
        assertThat(target.resolve("a/passwd")).hasContent("evil");
        restore(links);
        assertThat(target.resolve("a")).isSymbolicLink();
    }
}
