package dev.cairn.cas.snapshot.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.Extent;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.manifest.Xattr;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.OpenFile;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureTest {
    private final TestRepository repository = new TestRepository();

    @TempDir
    Path dir;

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    @Test
    void run_oneFolder_itsContentIsTheRoot() throws IOException {
        Files.createDirectories(dir.resolve("a/empty"));
        Files.writeString(dir.resolve("a/small"), "hello");
        Files.write(dir.resolve("a/none"), new byte[0]);
        byte[] medium = noise(40_000, 1);
        byte[] large = noise(3_000_000, 2);
        Files.write(dir.resolve("medium"), medium);
        Files.write(dir.resolve("large"), large);

        CaptureResult result = repository.capture(dir);

        CapturedEntries entries = repository.entries(result);
        assertThat(entries.paths()).containsExactly(".", "a", "a/empty", "a/none", "a/small", "large", "medium");
        assertThat(repository.bytes(entries.at("a/small"))).asString(UTF_8).isEqualTo("hello");
        assertThat(entries.at("a/none").content()).isEqualTo(Content.empty());
        assertThat(repository.bytes(entries.at("medium"))).isEqualTo(medium);
        assertThat(repository.bytes(entries.at("large"))).isEqualTo(large);
        assertThat(result.errors()).isEmpty();
        assertThat(result.files()).isEqualTo(4);
        assertThat(result.filesNew()).isEqualTo(4);
        assertThat(result.directories()).isEqualTo(3);
        assertThat(result.bytes()).isEqualTo(3_040_005);
        assertThat(result.bytesNew()).isEqualTo(3_040_000);
        assertThat(result.bytesStored()).isGreaterThan(3_040_000).isLessThan(3_200_000);
        assertThat(repository.store.branch("main").orElseThrow().snapshot()).isEqualTo(result.snapshot());
    }

    @Test
    void run_severalPaths_keepTheirAbsolutePathsAndTheFoldersAbove() throws IOException {
        Files.createDirectories(dir.resolve("x/in"));
        Files.writeString(dir.resolve("x/in/f"), "1");
        Files.writeString(dir.resolve("x/other"), "2");
        Files.writeString(dir.resolve("y"), "3");
        Files.writeString(dir.resolve("z"), "4");
        Files.setPosixFilePermissions(dir.resolve("x"), PosixFilePermissions.fromString("rwx--x---"));

        // One twice, one inside another, in any order.
        CaptureResult result =
                repository.capture(dir.resolve("y"), dir.resolve("x/in"), dir.resolve("x/in/f"), dir.resolve("y"));

        String base = dir.toString().substring(1);
        CapturedEntries entries = repository.entries(result);
        assertThat(entries.paths())
                .contains(base, base + "/x", base + "/x/in", base + "/x/in/f", base + "/y")
                .doesNotContain(base + "/x/other", base + "/z");
        assertThat(entries.at(base + "/x").metadata().mode()).isEqualTo(0710);
        assertThat(result.files()).isEqualTo(2);
    }

    @Test
    void run_oneFile_keepsItsAbsolutePath() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "1");

        CapturedEntries entries = repository.entries(repository.capture(file));

        assertThat(entries.paths()).contains(file.toString().substring(1));
        assertThat(entries.at(".").isDirectory()).isTrue();
    }

    @Test
    void run_metadata_isKeptToTheNanosecond() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "1");
        Path link = Files.createSymbolicLink(dir.resolve("l"), Path.of("nowhere/at all"));
        Path folder = Files.createDirectory(dir.resolve("d"));
        try (Directory parent = Directory.open(dir)) {
            parent.setTimes(RawName.of("l"), -5, 123_456_789);
            parent.setTimes(RawName.of("f"), 1_000_000_000, 987_654_321);
            parent.chmod(RawName.of("f"), 06751);
            parent.chmod(RawName.of("d"), 01777);
        }
        Files.setLastModifiedTime(folder, FileTime.from(Instant.ofEpochSecond(7, 8)));
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.exists(file)).isTrue();

        CapturedEntries entries = repository.entries(repository.capture(dir));

        Entry f = entries.at("f");
        assertThat(f.metadata().mode()).isEqualTo(06751);
        assertThat(f.metadata().mtimeSeconds()).isEqualTo(1_000_000_000);
        assertThat(f.metadata().mtimeNanos()).isEqualTo(987_654_321);
        Entry l = entries.at("l");
        assertThat(l.requireTarget().toString()).isEqualTo("nowhere/at all");
        assertThat(l.metadata().mtimeSeconds()).isEqualTo(-5);
        assertThat(l.metadata().mtimeNanos()).isEqualTo(123_456_789);
        Entry d = entries.at("d");
        assertThat(d.metadata().mode()).isEqualTo(01777);
        assertThat(d.metadata().mtimeSeconds()).isEqualTo(7);
        assertThat(d.metadata().mtimeNanos()).isEqualTo(8);
    }

    @Test
    void run_oddNames_areKeptAsBytes() throws IOException {
        byte[] odd = {'n', (byte) 0xFF, '\n', (byte) 0xC3};
        try (Directory parent = Directory.open(dir)) {
            parent.createFile(odd, 0644).close();
            parent.createDirectory(RawName.of("line\nbreak"), 0755);
        }

        CapturedEntries entries = repository.entries(repository.capture(dir));

        assertThat(entries.all())
                .anySatisfy(entry -> assertThat(entry.path().bytes()).isEqualTo(odd));
        assertThat(entries.paths()).contains("line\\nbreak");
    }

    @Test
    void run_specialFiles_areRecordedAndNotRead() throws IOException {
        try (Directory parent = Directory.open(dir)) {
            parent.createNode(RawName.of("fifo"), FileType.FIFO, 0600, 0, 0);
            parent.createNode(RawName.of("socket"), FileType.SOCKET, 0600, 0, 0);
        }

        CapturedEntries entries = repository.entries(repository.capture(dir));

        assertThat(entries.at("fifo").type()).isEqualTo(EntryType.FIFO);
        assertThat(entries.at("socket").type()).isEqualTo(EntryType.SOCKET);
    }

    @Test
    void run_devices_areRecordedWithTheirNumbers() {
        CapturedEntries entries = repository.entries(repository.capture(Path.of("/dev/null")));

        Entry device = entries.at("dev/null");
        assertThat(device.type()).isEqualTo(EntryType.CHAR_DEVICE);
        assertThat(device.requireDevice().major()).isEqualTo(1);
        assertThat(device.requireDevice().minor()).isEqualTo(3);
    }

    @Test
    void run_hardLinks_areOneFileNamedByItsFirstPath() throws IOException {
        Path first = Files.write(dir.resolve("b"), noise(2000, 3));
        Files.createLink(dir.resolve("c"), first);
        Files.createLink(dir.resolve("a"), first);
        Files.createDirectory(dir.resolve("d"));
        Files.createLink(dir.resolve("d/e"), first);

        CaptureResult result = repository.capture(dir);

        CapturedEntries entries = repository.entries(result);
        assertThat(entries.at("a").hardLink()).isEqualTo(new HardLink.First());
        for (String later : List.of("b", "c", "d/e")) {
            assertThat(entries.at(later).linkedTo()).hasToString("a");
            assertThat(entries.at(later).size()).isEqualTo(2000);
        }
        assertThat(result.bytes()).isEqualTo(2000);
        assertThat(result.files()).isEqualTo(4);
    }

    @Test
    void run_holes_stayHolesAndAreNotRead() throws IOException {
        long size = 10L << 30;
        byte[] data = noise(300_000, 4);
        try (Directory parent = Directory.open(dir);
                OpenFile file = parent.createFile(RawName.of("sparse"), 0644);
                OpenFile hole = parent.createFile(RawName.of("hole"), 0644)) {
            file.truncate(size);
            file.write(5L << 30, data, 0, data.length);
            hole.truncate(10_000);
        }

        CaptureResult result = repository.capture(dir);

        CapturedEntries entries = repository.entries(result);
        List<Extent> extents = repository.extents(entries.at("sparse"));
        assertThat(extents.getFirst()).isEqualTo(new Extent.Hole(0, 5L << 30));
        assertThat(extents.getLast()).isInstanceOf(Extent.Hole.class);
        assertThat(entries.at("sparse").size()).isEqualTo(size);
        assertThat(repository.extents(entries.at("hole"))).containsExactly(new Extent.Hole(0, 10_000));
        assertThat(result.bytesNew()).isBetween(300_000L, 300_000L + (128 << 10));
    }

    @Test
    void run_zerosThatAreData_areStoredOnce() throws IOException {
        Files.write(dir.resolve("zeros"), new byte[5 << 20]);

        CaptureResult result = repository.capture(dir);

        assertThat(result.chunksNew()).isLessThanOrEqualTo(2);
        assertThat(repository.bytes(repository.entries(result).at("zeros"))).isEqualTo(new byte[5 << 20]);
    }

    @Test
    void run_extendedAttributes_areKept() throws IOException {
        Files.writeString(dir.resolve("f"), "1");
        byte[] long_ = noise(3000, 5);
        try (Directory parent = Directory.open(dir)) {
            parent.setXattr(RawName.of("f"), RawName.of("user.a"), RawName.of("x"));
            parent.createDirectory(RawName.of("d"), 0755);
            parent.setXattr(RawName.of("d"), RawName.of("user.long"), long_);
        }

        CapturedEntries entries = repository.entries(repository.capture(dir));

        assertThat(entries.at("f").metadata().xattrs())
                .isEqualTo(new Xattrs.Inline(List.of(new Xattr(RawName.of("user.a"), RawName.of("x")))));
        assertThat(entries.at("d").metadata().xattrs()).isInstanceOf(Xattrs.Stored.class);
    }

    @Test
    void run_excludes_areNotLookedInto() throws IOException {
        Files.createDirectories(dir.resolve("keep/node_modules/deep"));
        Files.writeString(dir.resolve("keep/node_modules/deep/f"), "1");
        Files.writeString(dir.resolve("keep/a.o"), "1");
        Files.writeString(dir.resolve("keep/a.c"), "1");
        repository.access =
                WatchedDirectory.access((operation, name) -> assertThat(name).isNotEqualTo("deep"));

        CaptureResult result = repository.capture(TestRepository.plan(dir)
                .withExcludes(Excludes.of(List.of(RawName.of("node_modules/"), RawName.of("*.o")))));

        assertThat(repository.entries(result).paths()).containsExactly(".", "keep", "keep/a.c");
    }

    @Test
    void run_repositoryInsideTheSource_isLeftOut() throws IOException {
        Files.createDirectories(dir.resolve("data/repository/index"));
        Files.writeString(dir.resolve("data/repository/index/f"), "1");
        Files.createSymbolicLink(dir.resolve("alias"), dir.resolve("data/repository"));
        CapturePlan plan = new CapturePlan(
                List.of(RawName.of(dir.toString())),
                "main",
                List.of(),
                Excludes.NONE,
                false,
                false,
                false,
                List.of(RawName.of(dir.resolve("alias").toString())),
                "host",
                "user");

        assertThat(repository.entries(repository.capture(plan)).paths()).containsExactly(".", "alias", "data");
    }

    @Test
    void run_sourceInsideTheRepository_refused() throws IOException {
        Files.createDirectories(dir.resolve("repository/index"));
        CapturePlan plan = new CapturePlan(
                List.of(RawName.of(dir + "/repository/index")),
                "main",
                List.of(),
                Excludes.NONE,
                false,
                false,
                false,
                List.of(RawName.of(dir + "/repository")),
                "host",
                "user");

        assertThatThrownBy(() -> repository.capture(plan))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("part of the repository");
    }

    @Test
    void run_dryRun_saysTheSameAndWritesNothing() throws IOException {
        Files.write(dir.resolve("a"), noise(100_000, 6));
        Files.write(dir.resolve("b"), noise(100_000, 6));
        CapturePlan plan = TestRepository.plan(dir);
        CapturePlan dry = new CapturePlan(
                plan.sources(),
                plan.branch(),
                plan.tags(),
                plan.excludes(),
                false,
                true,
                false,
                List.of(),
                "host",
                "user");

        CaptureResult tried = repository.capture(dry);

        assertThat(tried.snapshot()).isNull();
        assertThat(repository.store.stats().objects()).isZero();
        assertThat(repository.store.branches()).isEmpty();
        CaptureResult done = repository.capture(plan);
        assertThat(tried.root()).isEqualTo(done.root());
        assertThat(tried.bytesNew()).isEqualTo(done.bytesNew());
        assertThat(tried.chunksNew()).isEqualTo(done.chunksNew());
    }

    @Test
    void run_linkGivenAsOnlyPath_leadsToItsFolder() throws IOException {
        Files.createDirectory(dir.resolve("real"));
        Files.writeString(dir.resolve("real/f"), "1");
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("real"));

        assertThat(repository.entries(repository.capture(link)).paths()).containsExactly(".", "f");
    }

    @Test
    void run_linkAmongSeveralPaths_isKeptAsALinkAndSaidSo() throws IOException {
        Files.createDirectory(dir.resolve("real"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("real"));
        Path file = Files.writeString(dir.resolve("f"), "1");

        CaptureResult result = repository.capture(link, file);

        String path = link.toString().substring(1);
        assertThat(repository.entries(result).at(path).type()).isEqualTo(EntryType.SYMLINK);
        assertThat(result.notes()).hasSize(1).first().asString().contains("symbolic link");
    }
}
