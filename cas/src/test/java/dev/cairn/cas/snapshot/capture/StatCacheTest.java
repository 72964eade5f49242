package dev.cairn.cas.snapshot.capture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.LocalTable;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a second capture opens. */
class StatCacheTest {
    private final TestRepository repository = new TestRepository();
    private final List<String> opened = new ArrayList<>();

    @TempDir
    Path dir;

    @BeforeEach
    void watch() throws IOException {
        repository.access = WatchedDirectory.access((operation, name) -> {
            if (operation.equals("openFile")) {
                opened.add(name);
            }
        });
        // Every file is older than a capture by more than a tick, as if the test had waited.
        repository.clock = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(10));
        Files.createDirectories(dir.resolve("d/e"));
        Files.writeString(dir.resolve("d/e/tiny"), "tiny");
        Files.write(dir.resolve("d/small"), noise(5000, 1));
        Files.write(dir.resolve("large"), noise(300_000, 2));
        Files.write(dir.resolve("none"), new byte[0]);
        Files.createSymbolicLink(dir.resolve("link"), Path.of("large"));
    }

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private CaptureResult again() {
        opened.clear();
        return repository.capture(dir);
    }

    @Test
    void unchanged_opensNoFileAndStoresOnlyTheSnapshot() {
        CaptureResult first = repository.capture(dir);
        long records = repository.store.stats().records();

        CaptureResult second = again();

        assertThat(opened).isEmpty();
        assertThat(repository.store.stats().records()).isEqualTo(records + 1);
        assertThat(repository.records(RecordKind.SNAPSHOT)).hasSize(2);
        assertThat(second.root()).isEqualTo(first.root());
        assertThat(second.filesUnmodified()).isEqualTo(5);
        assertThat(second.filesNew() + second.filesChanged() + second.chunksNew())
                .isZero();
        assertThat(second.parent()).isEqualTo(first.snapshot());
    }

    @Test
    void sizeAndMtimePutBack_changeIsNoticed() throws IOException {
        repository.capture(dir);
        Path small = dir.resolve("d/small");
        FileTime mtime = Files.getLastModifiedTime(small);
        byte[] other = noise(5000, 3);
        Files.write(small, other);
        Files.setLastModifiedTime(small, mtime);

        CaptureResult second = again();

        assertThat(opened).containsExactly("small");
        assertThat(repository.bytes(repository.entries(second).at("d/small"))).isEqualTo(other);
        assertThat(second.filesChanged()).isEqualTo(1);
    }

    @Test
    void anotherFileInItsPlace_isNoticed() throws IOException {
        repository.capture(dir);
        Path small = dir.resolve("d/small");
        Path other = Files.write(dir.resolve("d/new"), noise(5000, 4));
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(small));
        Files.move(other, small, StandardCopyOption.REPLACE_EXISTING);

        assertThat(repository.bytes(repository.entries(again()).at("d/small"))).isEqualTo(noise(5000, 4));
    }

    @Test
    void touched_isReadAgainAndNothingOfItStored() throws IOException {
        repository.capture(dir);
        Files.setLastModifiedTime(dir.resolve("large"), FileTime.from(Instant.ofEpochSecond(1)));

        CaptureResult second = again();

        assertThat(opened).containsExactly("large");
        assertThat(second.chunksNew()).isZero();
        assertThat(second.filesChanged()).isEqualTo(1);
    }

    @Test
    void modeChanged_isRecorded() throws IOException {
        repository.capture(dir);
        try (Directory folder = Directory.open(dir)) {
            folder.chmod(RawName.of("large"), 0400);
        }

        assertThat(repository.entries(again()).at("large").metadata().mode()).isEqualTo(0400);
    }

    @Test
    void attributeChanged_isRecorded() throws IOException {
        repository.capture(dir);
        try (Directory folder = Directory.open(dir)) {
            folder.setXattr(RawName.of("large"), RawName.of("user.x"), RawName.of("y"));
        }

        assertThat(repository.entries(again()).at("large").metadata().xattrs().isEmpty())
                .isFalse();
    }

    @Test
    void tooYoung_isReadAgainUntilItIsOldEnough() throws IOException {
        FileStat stat;
        try (Directory folder = Directory.open(dir)) {
            stat = folder.stat(RawName.of("large"));
        }
        // Both captures start within the tick in which the file was written.
        Instant written = Instant.ofEpochSecond(stat.ctimeSeconds(), stat.ctimeNanos());
        repository.clock = InstantSource.fixed(written);
        repository.capture(dir);
        again();
        assertThat(opened).contains("large");

        repository.clock = InstantSource.fixed(written.plusSeconds(10));
        again();
        assertThat(opened).contains("large");

        again();
        assertThat(opened).isEmpty();
    }

    @Test
    void cacheLost_everythingIsReadAgainAndNothingStoredAgain() {
        CaptureResult first = repository.capture(dir);
        TestRepository lost = new TestRepository(repository.keys, new StoreWithoutTables(repository.store));
        lost.access = repository.access;
        lost.clock = repository.clock;
        opened.clear();

        CaptureResult second = lost.capture(dir);

        assertThat(opened).containsExactlyInAnyOrder("tiny", "small", "large", "none");
        assertThat(second.chunksNew()).isZero();
        assertThat(second.root()).isEqualTo(first.root());
    }

    @Test
    void cacheOfAnotherContent_isNotTrusted() throws IOException {
        // The table says that "large" was read in this state; the previous snapshot of this branch has something else
        // there.
        Path large = dir.resolve("large");
        byte[] before = Files.readAllBytes(large);
        repository.capture(dir);
        byte[] now = noise(300_000, 5);
        Files.write(large, now);
        CapturePlan plan = TestRepository.plan(dir);
        repository.capture(new CapturePlan(
                plan.sources(), "other", List.of(), Excludes.NONE, false, false, false, List.of(), "", ""));
        opened.clear();

        CaptureResult onMain = repository.capture(dir);

        assertThat(opened).contains("large");
        assertThat(repository.bytes(repository.entries(onMain).at("large")))
                .isEqualTo(now)
                .isNotEqualTo(before);
    }

    @Test
    void renamedFile_isReadAgainAndNothingOfItStored() throws IOException {
        repository.capture(dir);
        Files.move(dir.resolve("large"), dir.resolve("moved"));

        CaptureResult second = again();

        assertThat(opened).containsExactly("moved");
        assertThat(second.chunksNew()).isZero();
    }

    @Test
    void dryRun_leavesTheTableAsItIs() {
        CapturePlan plan = TestRepository.plan(dir);
        repository.capture(new CapturePlan(
                plan.sources(), "main", List.of(), Excludes.NONE, false, true, false, List.of(), "", ""));
        repository.capture(dir);

        again();

        assertThat(opened).isEmpty();
    }

    @Test
    void table_holdsNoNames() {
        List<byte[]> written = new ArrayList<>();
        LocalTable table = repository.store.local(StatCache.TABLE);
        TestRepository watched = new TestRepository(repository.keys, new StoreWithoutTables(repository.store) {
            @Override
            public LocalTable local(String name) {
                return new LocalTable() {
                    @Override
                    public java.util.Optional<byte[]> get(byte[] key) {
                        return table.get(key);
                    }

                    @Override
                    public void putAll(List<Row> rows) {
                        rows.forEach(row -> {
                            written.add(row.key());
                            written.add(row.value());
                        });
                    }
                };
            }
        });
        watched.clock = repository.clock;
        watched.capture(dir);

        assertThat(written)
                .hasSizeGreaterThan(4)
                .allSatisfy(bytes -> assertThat(new String(bytes, UTF_8)).doesNotContain("small", "large", "tiny"));
    }
}
