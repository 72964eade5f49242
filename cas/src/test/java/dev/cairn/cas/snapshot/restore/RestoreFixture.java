package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.ChunkList;
import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.MerkleMap;
import dev.cairn.cas.manifest.Segment;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.MemoryRepository;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.ChunkProfile;
import dev.cairn.chunker.GearCutter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder to capture, a repository on the heap, a folder to restore to, and one beside it that must never change. */
abstract class RestoreFixture {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    Path source = Path.of("");
    Path target = Path.of("");
    Path outside = Path.of("");

    @SuppressWarnings("NullAway.Init")
    MemoryRepository memory;

    @SuppressWarnings("NullAway.Init")
    Repository repository;

    @SuppressWarnings("NullAway.Init")
    DamagedObjects objects;

    TargetAccess access = TargetAccess.SYSTEM;

    @BeforeEach
    void folders() throws IOException {
        source = Files.createDirectory(temp.resolve("source"));
        target = temp.resolve("target");
        outside = Files.createDirectory(temp.resolve("outside"));
        memory = MemoryRepository.create(temp.resolve("repository"), chunks());
        repository = memory.open();
        objects = new DamagedObjects(repository.objects());
    }

    /** How the repository cuts content. */
    ChunkProfile chunks() {
        return ChunkProfile.DEFAULT;
    }

    /** Captures the source and returns the root of its manifest. */
    ObjectId capture() {
        CaptureResult result = capture(source);
        assertThat(result.errors()).isEmpty();
        return result.root();
    }

    CaptureResult capture(Path folder) {
        CaptureStore store = new CaptureStore(
                repository.store(),
                repository.keys(),
                repository.sealer(),
                repository.objects(),
                new GearCutter(repository.gearTable(), repository.chunkProfile()),
                repository.replica(),
                "test");
        CapturePlan plan = CapturePlan.of(List.of(RawName.of(folder.toString())), "main");
        return new Capture(store).run(plan, CaptureProgress.NONE, Cancellation.NEVER);
    }

    /** Damages the first, or only, chunk of a file. */
    void damage(ObjectId manifest, String path) {
        objects.damage(chunks(entry(manifest, path)).getFirst());
    }

    Entry entry(ObjectId manifest, String path) {
        return MerkleMap.ofEntries(manifest, objects).get(EntryPath.parse(path)).orElseThrow();
    }

    /** The chunks of a file, in order. */
    List<ObjectId> chunks(Entry file) {
        List<ObjectId> chunks = new ArrayList<>();
        switch (file.requireContent()) {
            case Content.Inline _ -> {}
            case Content.Segments segments -> add(segments.list().iterator(), chunks);
            case Content.Listed listed -> add(ChunkList.of(listed, objects), chunks);
        }
        return chunks;
    }

    private static void add(Iterator<Segment> segments, List<ObjectId> chunks) {
        while (segments.hasNext()) {
            if (segments.next() instanceof Segment.Data data) {
                chunks.add(data.chunk());
            }
        }
    }

    RestorePlan plan(ObjectId manifest) {
        return RestorePlan.of(manifest, RawName.of(target.toString()));
    }

    RestorePlan plan(ObjectId manifest, String top) {
        RestorePlan whole = plan(manifest);
        return new RestorePlan(
                manifest, EntryPath.parse(top), whole.target(), whole.overwrite(), false, false, false, List.of());
    }

    static RestorePlan overwriting(RestorePlan plan, Overwrite overwrite) {
        return new RestorePlan(
                plan.manifest(),
                plan.top(),
                plan.target(),
                overwrite,
                plan.delete(),
                plan.verify(),
                plan.dryRun(),
                plan.keptFolders());
    }

    static RestorePlan deleting(RestorePlan plan, Path... kept) {
        return new RestorePlan(
                plan.manifest(),
                plan.top(),
                plan.target(),
                plan.overwrite(),
                true,
                plan.verify(),
                plan.dryRun(),
                Stream.of(kept).map(path -> RawName.of(path.toString())).toList());
    }

    static RestorePlan verifying(RestorePlan plan) {
        return new RestorePlan(
                plan.manifest(),
                plan.top(),
                plan.target(),
                plan.overwrite(),
                plan.delete(),
                true,
                plan.dryRun(),
                plan.keptFolders());
    }

    static RestorePlan dry(RestorePlan plan) {
        return new RestorePlan(
                plan.manifest(),
                plan.top(),
                plan.target(),
                plan.overwrite(),
                plan.delete(),
                plan.verify(),
                true,
                plan.keptFolders());
    }

    RestoreResult restore(RestorePlan plan) {
        return restore(plan, Cancellation.NEVER);
    }

    RestoreResult restore(RestorePlan plan, Cancellation cancellation) {
        return new Restore(objects, access).run(plan, RestoreProgress.NONE, cancellation);
    }

    /** Restores where nothing may go wrong. */
    RestoreResult restoreWhole(RestorePlan plan) {
        RestoreResult result = restore(plan);
        assertThat(result.errors()).isEmpty();
        return result;
    }

    void assertTargetIsSource() throws IOException {
        assertThat(TreePicture.of(target).lines())
                .isEqualTo(TreePicture.of(source).lines());
    }

    /** No restore leaves a temporary name behind. */
    void assertNoTemporaries() throws IOException {
        assertThat(TreePicture.of(target).lines().keySet()).noneMatch(path -> path.contains(TemporaryName.PREFIX));
    }

    /** Removes a folder that tests of their own kind would not get rid of: see {@link TreeRemoval}. */
    static long removeAll(Path parent, String name) throws IOException {
        try (Directory directory = Directory.open(parent)) {
            KeptFolders none = KeptFolders.find(List.of(), TargetAccess.SYSTEM);
            return new TreeRemoval(none, false, Cancellation.NEVER).remove(directory, RawName.of(name));
        }
    }

    /** Bytes that neither compress nor repeat. */
    static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    Path write(String path, byte[] content) throws IOException {
        Path file = source.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.write(file, content);
    }

    Path write(String path, String content) throws IOException {
        return write(path, RawName.of(content));
    }
}
