package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.MerkleMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages of a manifest that cannot be read: what stands in the others is restored, and nothing is removed for lack of an entry. */
final class DamagedManifestTest extends RestoreFixture {

    private static final int FOLDERS = 12;
    private static final int FILES = 30;

    @SuppressWarnings("NullAway.Init")
    private ObjectId root;

    private final List<ObjectId> leaves = new ArrayList<>();

    /** The entries of each leaf. */
    private final Map<ObjectId, Set<String>> paths = new TreeMap<>();

    @BeforeEach
    void aManifestOfSeveralPages() throws IOException {
        for (int folder = 0; folder < FOLDERS; folder++) {
            for (int file = 0; file < FILES; file++) {
                write("d%02d/sub/f%02d".formatted(folder, file), noise(400, folder * FILES + file));
            }
        }
        Files.createLink(source.resolve("zz-link"), source.resolve("d03/sub/f07"));
        root = capture();
        addLeaves(root);
        assertThat(leaves).hasSizeGreaterThan(2);
        for (ObjectId leaf : leaves) {
            Set<String> before = readable();
            objects.damage(leaf);
            Set<String> lost = new HashSet<>(before);
            lost.removeAll(readable());
            paths.put(leaf, lost);
            objects.mend();
        }
    }

    private void addLeaves(ObjectId page) {
        List<ObjectId> children = objects.read(page, ObjectType.NODE).nodeChildren();
        if (children.isEmpty()) {
            leaves.add(page);
        }
        children.forEach(this::addLeaves);
    }

    /** The paths that can be looked up one by one. */
    private Set<String> readable() {
        Set<String> readable = new HashSet<>();
        MerkleMap<Entry> map = MerkleMap.ofEntries(root, objects);
        for (Entry entry :
                MerkleMap.ofEntries(root, repository.objects()).stream().toList()) {
            try {
                map.get(entry.path())
                        .ifPresent(found -> readable.add(found.path().toString()));
            } catch (CorruptDataException e) {
                // Not readable, then.
            }
        }
        return readable;
    }

    @Test
    void run_anyLeafDamaged_restoresWhatStandsInTheOthers() throws IOException {
        for (ObjectId leaf : leaves) {
            Set<String> lost = paths.getOrDefault(leaf, Set.of());
            assertThat(lost).isNotEmpty();
            objects.damage(leaf);
            target = temp.resolve("target-" + leaves.indexOf(leaf));

            RestoreResult result = restore(verifying(plan(root)));

            assertThat(result.damageCount()).isPositive();
            assertThat(result.errors())
                    .allSatisfy(error -> assertThat(error.damage()).isTrue());
            assertRestoredBut(lost);
            assertNoTemporaries();
            objects.mend();
        }
    }

    private void assertRestoredBut(Set<String> lost) throws IOException {
        try (var all = Files.walk(source)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                String name = source.relativize(path).toString();
                boolean itsFileIsLost = name.equals("zz-link") && lost.contains("d03/sub/f07");
                Path restored = target.resolve(name);
                if (lost.contains(name) || itsFileIsLost) {
                    assertThat(restored).as("%s", name).doesNotExist();
                } else {
                    assertThat(restored).hasSameBinaryContentAs(path);
                    assertThat(Files.getLastModifiedTime(restored)).isEqualTo(Files.getLastModifiedTime(path));
                }
            }
        }
    }

    @Test
    void run_damagedLeafAndDelete_removesNothingBehindIt() throws IOException {
        ObjectId leaf = leaves.get(leaves.size() / 2);
        restoreWhole(plan(root));
        Files.writeString(target.resolve("d11/sub/mine"), "keep");
        Files.writeString(target.resolve("zzz-mine"), "keep");
        objects.damage(leaf);

        RestoreResult result = restore(deleting(plan(root)));

        assertThat(result.removed()).isZero();
        assertThat(target.resolve("d11/sub/mine")).exists();
        assertThat(target.resolve("zzz-mine")).exists();
        for (String name : paths.getOrDefault(leaf, Set.of())) {
            assertThat(target.resolve(name)).exists();
        }
    }

    @Test
    void run_damagedLeafOutsideThePart_restoresThePartWhole() throws IOException {
        objects.damage(leaves.getFirst());

        RestoreResult result = restore(plan(root, "d11"));

        assertThat(result.errors()).isEmpty();
        assertThat(result.files()).isEqualTo(FILES);
    }

    @Test
    void run_everyLeafDamaged_restoresNothingAndTellsHowMuchIsLost() {
        leaves.forEach(objects::damage);

        RestoreResult result = restore(plan(root));

        assertThat(result.files()).isZero();
        assertThat(result.damageCount()).isEqualTo(leaves.size());
        assertThat(result.errors())
                .allSatisfy(error -> assertThat(error.reason()).contains("are lost"));
    }

    @Test
    void run_rootDamaged_isAFailure() {
        objects.damage(root);
        assertThatThrownBy(() -> restore(plan(root))).isInstanceOf(CorruptDataException.class);
    }
}
