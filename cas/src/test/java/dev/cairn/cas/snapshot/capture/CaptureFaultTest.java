package dev.cairn.cas.snapshot.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.HardLink;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of things that cannot be read, or change while they are. */
class CaptureFaultTest {
    private final TestRepository repository = new TestRepository();

    @TempDir
    Path dir;

    private static byte[] noise(int bytes, long seed) {
        byte[] noise = new byte[bytes];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private void failOn(String operation, String name) {
        repository.access = WatchedDirectory.access((op, what) -> {
            if (op.equals(operation) && what.equals(name)) {
                throw new IOException("injected");
            }
        });
    }

    @Test
    void unreadableFile_isListedAndTheRestGoesOn() throws IOException {
        Files.writeString(dir.resolve("a"), "1");
        Files.writeString(dir.resolve("b"), "2");
        Files.writeString(dir.resolve("c"), "3");
        failOn("openFile", "b");

        CaptureResult result = repository.capture(dir);

        assertThat(repository.entries(result).paths()).containsExactly(".", "a", "c");
        assertThat(result.isPartial()).isTrue();
        assertThat(result.unreadable()).isEqualTo(1);
        assertThat(result.errors()).singleElement().satisfies(error -> {
            assertThat(error.path()).hasToString("b");
            assertThat(error.kept()).isEqualTo(CaptureError.Kept.NOTHING);
            assertThat(error.reason()).isEqualTo("injected");
        });
    }

    @Test
    void unreadableFile_thatWasReadBefore_staysAsItWas() throws IOException {
        Files.writeString(dir.resolve("a"), "1");
        Files.write(dir.resolve("b"), noise(2000, 1));
        CaptureResult first = repository.capture(dir);
        Files.write(dir.resolve("b"), noise(2000, 2));
        failOn("openFile", "b");

        CaptureResult second = repository.capture(dir);

        assertThat(second.root()).isEqualTo(first.root());
        assertThat(second.errors())
                .singleElement()
                .extracting(CaptureError::kept)
                .isEqualTo(CaptureError.Kept.PREVIOUS);
    }

    @Test
    void failedListing_neverMeansDeletion() throws IOException {
        Files.createDirectories(dir.resolve("d/e"));
        Files.writeString(dir.resolve("d/e/f"), "1");
        Files.writeString(dir.resolve("d/g"), "1");
        Files.writeString(dir.resolve("z"), "1");
        CaptureResult first = repository.capture(dir);
        failOn("list", "d");

        CaptureResult second = repository.capture(dir);

        assertThat(repository.entries(second).paths())
                .isEqualTo(repository.entries(first).paths())
                .contains("d/e/f", "z");
        assertThat(second.errors()).singleElement().satisfies(error -> {
            assertThat(error.path()).hasToString("d");
            assertThat(error.kept()).isEqualTo(CaptureError.Kept.PREVIOUS);
        });
    }

    @Test
    void folderThatCannotBeOpened_isRecordedAndKeepsWhatWasInIt() throws IOException {
        Files.createDirectories(dir.resolve("d"));
        Files.writeString(dir.resolve("d/f"), "1");
        Files.createDirectories(dir.resolve("new"));
        repository.capture(dir);
        failOn("openDirectory", "d");

        CaptureResult second = repository.capture(dir);

        assertThat(repository.entries(second).paths()).containsExactly(".", "d", "d/f", "new");
        assertThat(second.isPartial()).isTrue();
    }

    @Test
    void failedStat_keepsWhatWasThere() throws IOException {
        Files.createDirectories(dir.resolve("d"));
        Files.writeString(dir.resolve("d/f"), "1");
        repository.capture(dir);
        failOn("stat", "d");

        assertThat(repository.entries(repository.capture(dir)).paths()).containsExactly(".", "d", "d/f");
    }

    @Test
    void keptLaterLink_ofAFirstThatIsNotKept_getsItsContent() throws IOException {
        byte[] content = noise(3000, 3);
        Path first = Files.write(dir.resolve("a"), content);
        Files.createDirectories(dir.resolve("d"));
        Files.createLink(dir.resolve("d/one"), first);
        Files.createLink(dir.resolve("d/two"), first);
        repository.capture(dir);
        Files.write(first, noise(3000, 4));
        Files.delete(first);
        failOn("list", "d");

        CapturedEntries entries = repository.entries(repository.capture(dir));

        assertThat(entries.paths()).containsExactly(".", "d", "d/one", "d/two");
        assertThat(repository.bytes(entries.at("d/one"))).isEqualTo(content);
        assertThat(entries.at("d/one").hardLink()).isEqualTo(new HardLink.First());
        assertThat(entries.at("d/two").linkedTo()).hasToString("d/one");
    }

    @Test
    void fileThatVanishes_isNoError() throws IOException {
        Files.writeString(dir.resolve("a"), "1");
        Path gone = Files.writeString(dir.resolve("b"), "2");
        repository.access = WatchedDirectory.access((operation, name) -> {
            if (operation.equals("openFile") && name.equals("b")) {
                Files.delete(gone);
            }
        });

        CaptureResult result = repository.capture(dir);

        assertThat(repository.entries(result).paths()).containsExactly(".", "a");
        assertThat(result.isPartial()).isFalse();
    }

    @Test
    void fileThatChangesOnce_isReadAgain() throws IOException {
        Path file = Files.write(dir.resolve("f"), noise(200_000, 5));
        byte[] last = noise(250_000, 6);
        AtomicInteger stats = new AtomicInteger();
        repository.access = WatchedDirectory.access((operation, name) -> {
            if (operation.equals("restat") && stats.incrementAndGet() == 2) {
                Files.write(file, last);
            }
        });

        CaptureResult result = repository.capture(dir);

        Entry entry = repository.entries(result).at("f");
        assertThat(repository.bytes(entry)).isEqualTo(last);
        assertThat(entry.changedWhileRead()).isFalse();
        assertThat(result.isPartial()).isFalse();
    }

    @Test
    void fileThatKeepsGrowing_isReadToAnEndAndMarked() throws IOException {
        Path file = Files.write(dir.resolve("log"), noise(200_000, 7));
        AtomicInteger opens = new AtomicInteger();
        repository.access = WatchedDirectory.access((operation, name) -> {
            if (operation.equals("openFile")) {
                opens.incrementAndGet();
            } else if (operation.equals("read")) {
                Files.write(file, noise(100_000, 8), StandardOpenOption.APPEND);
            }
        });

        CaptureResult result = repository.capture(dir);

        Entry entry = repository.entries(result).at("log");
        assertThat(entry.changedWhileRead()).isTrue();
        assertThat(opens).hasValue(FileRecorder.TRIES);
        assertThat(result.errors()).singleElement().satisfies(error -> {
            assertThat(error.kept()).isEqualTo(CaptureError.Kept.DOUBTFUL);
            assertThat(error.reason()).contains("changed while it was read");
        });
        assertThat(result.unreadable()).isZero();
    }

    @Test
    void fileThatShrinks_isNoCrash() throws IOException {
        Path file = Files.write(dir.resolve("f"), noise(3_000_000, 9));
        AtomicInteger reads = new AtomicInteger();
        repository.access = WatchedDirectory.access((operation, name) -> {
            if (operation.equals("read") && reads.incrementAndGet() % 2 == 0) {
                try (RandomAccessFile shrunk = new RandomAccessFile(file.toFile(), "rw")) {
                    shrunk.setLength(Math.max(10, shrunk.length() / 4));
                }
            }
        });

        Entry entry = repository.entries(repository.capture(dir)).at("f");

        assertThat(repository.bytes(entry)).hasSize((int) entry.size());
    }

    @Test
    void markedFile_isReadAgainNextTime() throws IOException {
        Path file = Files.write(dir.resolve("f"), noise(200_000, 10));
        repository.access = WatchedDirectory.access((operation, name) -> {
            if (operation.equals("read")) {
                Files.write(file, noise(200_000, 11));
            }
        });
        repository.capture(dir);
        repository.access = FileSystemAccess.SYSTEM;

        CaptureResult second = repository.capture(dir);

        assertThat(repository.entries(second).at("f").changedWhileRead()).isFalse();
    }

    @Test
    void sourceThatDoesNotExist_refusedBeforeAnythingIsWritten() throws IOException {
        Path there = Files.writeString(dir.resolve("there"), "1");

        assertThatThrownBy(() -> repository.capture(there, dir.resolve("not there")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("not there")
                .hasMessageContaining("no such file");
        assertThat(repository.store.stats().records()).isZero();
    }

    @Test
    void sourceThatCannotBeListed_refusedBeforeAnythingIsWritten() throws IOException {
        Files.writeString(dir.resolve("f"), "1");
        repository.access = path ->
                new WatchedDirectory(dev.cairn.cas.posix.Directory.open(path), "", (operation, name) -> {
                    if (operation.equals("visit")) {
                        throw new IOException("injected");
                    }
                });

        assertThatThrownBy(() -> repository.capture(dir))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("cannot be listed");
        assertThat(repository.store.stats().records()).isZero();
    }

    @Test
    void sourceThatIsAnotherEmptyFolder_isTakenForUnmounted() throws IOException {
        Path source = Files.createDirectory(dir.resolve("mount"));
        Files.writeString(source.resolve("f"), "1");
        CaptureResult first = repository.capture(source);
        Files.move(source, dir.resolve("elsewhere"));
        Files.createDirectory(source);

        assertThatThrownBy(() -> repository.capture(source))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("is empty");
        assertThat(repository.store.branch("main").orElseThrow().snapshot()).isEqualTo(first.snapshot());
        CapturePlan meant = new CapturePlan(
                List.of(RawName.of(source.toString())),
                "main",
                List.of(),
                Excludes.NONE,
                false,
                false,
                true,
                List.of(),
                "",
                "");
        assertThat(repository.entries(repository.capture(meant)).paths()).containsExactly(".");
    }

    @Test
    void sourceThatWasEmptied_isBelieved() throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "1");
        repository.capture(dir);
        Files.delete(file);

        assertThat(repository.entries(repository.capture(dir)).paths()).containsExactly(".");
    }
}
