package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the repository cannot give any more: never a wrong byte under a file's name, and nothing else suffers. */
final class DamageTest extends RestoreFixture {

    private void assertDamaged(RestoreResult result, String... paths) {
        assertThat(result.errors())
                .allSatisfy(error -> assertThat(error.damage()).isTrue())
                .extracting(error -> error.path().toString())
                .containsExactly(paths);
        assertThat(result.damageCount()).isEqualTo(paths.length);
        assertThat(result.errorCount()).isEqualTo(paths.length);
    }

    @Test
    void run_damagedChunk_leavesOutThatFileOnly() throws IOException {
        write("a", noise(1000, 1));
        write("b", noise(1000, 2));
        write("d/c", noise(1000, 3));
        ObjectId root = capture();
        damage(root, "b");

        RestoreResult result = restore(verifying(plan(root)));

        assertDamaged(result, "b");
        assertThat(target.resolve("a")).hasBinaryContent(noise(1000, 1));
        assertThat(target.resolve("b")).doesNotExist();
        assertThat(target.resolve("d/c")).hasBinaryContent(noise(1000, 3));
        assertThat(result.files()).isEqualTo(2);
        assertThat(result.bytes()).isEqualTo(2000);
        assertThat(result.verified()).isEqualTo(2);
        assertNoTemporaries();
    }

    @Test
    void run_damageBehindALotThatIsFine_leavesNoHalfFile() throws IOException {
        write("large", noise(2_000_000, 1));
        ObjectId root = capture();
        Entry entry = entry(root, "large");
        List<ObjectId> chunks = chunks(entry);
        assertThat(chunks).hasSizeGreaterThan(5);
        objects.damage(chunks.getLast());

        RestoreResult result = restore(plan(root));

        assertDamaged(result, "large");
        assertThat(TreePicture.of(target).lines()).hasSize(1);
        assertThat(result.bytes()).isZero();
    }

    @Test
    void run_damagedFileThatIsThereInAnOlderState_staysAsItWas() throws IOException {
        write("a", noise(1000, 1));
        write("same size", noise(1000, 2));
        ObjectId root = capture();
        Files.createDirectory(target);
        Files.writeString(target.resolve("a"), "old");
        Files.write(target.resolve("same size"), noise(1000, 3));
        Files.setLastModifiedTime(target.resolve("same size"), FileTime.fromMillis(5000));
        damage(root, "a");
        damage(root, "same size");
        TreePicture before = TreePicture.of(target);

        RestoreResult result = restore(verifying(plan(root)));

        assertDamaged(result, "a", "same size");
        for (String path : new String[] {"a", "same size"}) {
            assertThat(TreePicture.of(target).identities().get(path))
                    .isEqualTo(before.identities().get(path));
        }

        objects.mend();
        restoreWhole(plan(root));
        assertTargetIsSource();
    }

    @Test
    void run_chunkOfAnotherLengthThanTheManifestSays_isDamage() throws IOException {
        write("a", noise(1000, 1));
        ObjectId root = capture();
        Restore restore = new Restore((id, type) -> {
            PlainObject object = objects.read(id, type);
            return type == ObjectType.CHUNK ? PlainObject.chunk(new byte[999]) : object;
        });

        RestoreResult result = restore.run(plan(root), RestoreProgress.NONE, Cancellation.NEVER);

        assertDamaged(result, "a");
        assertThat(target.resolve("a")).doesNotExist();
    }

    @Test
    void run_damagedAttributes_areListedAndTheContentIsRestored() throws IOException {
        write("a", "content");
        try (Directory folder = Directory.open(source)) {
            folder.setXattr(RawName.of("a"), RawName.of("user.long"), noise(2000, 1));
        }
        ObjectId root = capture();
        Entry entry = entry(root, "a");
        assertThat(entry.metadata().xattrs()).isInstanceOf(Xattrs.Stored.class);
        objects.damage(((Xattrs.Stored) entry.metadata().xattrs()).chunk());

        RestoreResult result = restore(plan(root));

        assertDamaged(result, "a");
        assertThat(target.resolve("a")).hasContent("content");
        assertThat(result.files()).isEqualTo(1);
    }

    @Test
    void run_damagedPageOfAChunkList_leavesOutThatFileOnly() throws IOException {
        write("large", noise(6_000_000, 1));
        write("z", "last");
        ObjectId root = capture();
        Entry entry = entry(root, "large");
        assertThat(entry.content()).isInstanceOf(Content.Listed.class);
        objects.damage(((Content.Listed) entry.requireContent()).root());

        RestoreResult result = restore(plan(root));

        assertDamaged(result, "large");
        assertThat(target.resolve("z")).hasContent("last");
        assertThat(TreePicture.of(target).lines()).hasSize(2);
    }

    @Test
    void run_damagedManifest_deletesNothing() throws IOException {
        write("a", "1");
        ObjectId root = capture();
        Files.createDirectory(target);
        Files.writeString(target.resolve("mine"), "1");
        objects.damage(root);

        assertThatThrownBy(() -> restore(deleting(plan(root)))).isInstanceOf(CorruptDataException.class);

        assertThat(target.resolve("mine")).hasContent("1");
    }

    /** As above, through a real store whose bytes rot. */
    @Test
    void run_bytesThatRotInTheStore_areNotRestored() throws IOException {
        for (int i = 0; i < 20; i++) {
            write("d" + i + "/f", noise(200_000, i));
        }
        ObjectId root = capture();
        memory.store().damage(memory.sequences(RecordKind.RUN).getLast());
        objects = new DamagedObjects(memory.open().objects());

        RestoreResult result = restore(plan(root));

        assertThat(result.damageCount()).isPositive().isLessThan(20);
        for (int i = 0; i < 20; i++) {
            if (Files.exists(target.resolve("d" + i + "/f"))) {
                assertThat(target.resolve("d" + i + "/f")).hasBinaryContent(noise(200_000, i));
            }
        }
        assertThat(result.files() + result.damageCount()).isEqualTo(20);
        assertNoTemporaries();
    }
}
