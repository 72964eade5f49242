package dev.cairn.docs.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.replicator.net.RemoteClient;
import dev.cairn.server.CairnServer;
import dev.cairn.server.Quota;
import dev.cairn.server.Quotas;
import dev.cairn.server.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of {@code docs/library.md}, run; and each failure that it handles, brought about. */
final class LibraryTourTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path place;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private LibraryTour tour() {
        return new LibraryTour(place, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Path source() throws IOException {
        Path source = Files.createDirectories(place.resolve("source"));
        byte[] content = new byte[400_000];
        new Random(1).nextBytes(content);
        Files.write(source.resolve("noise"), content);
        return source;
    }

    @Test
    void run_emptyFolder_doesWhatThePageSays() throws IOException {
        tour().run();
        assertThat(said())
                .contains("Keep this code on paper: ")
                .contains("captured notes/today.txt\n", "captured notes/\n")
                .contains("2 files  [tour]")
                .contains("DIRECTORY notes\nFILE notes/today.txt\nFILE picture\n")
                .contains("notes/today.txt: Bread, milk, honey.\n")
                .contains("M notes/today.txt [CONTENT, MTIME]")
                .contains("restored 2 files, compared 2")
                .contains("main: TRANSFERRING")
                .contains("the same: true\n", "the same: false\n", "the same: true, sound: true\n")
                .doesNotContain("damaged: ", "not restored", "conflict");
        assertThat(place.resolve("as-it-was/notes/today.txt")).hasContent("Bread, milk.\n");
    }

    @Test
    void explain_keyOfAnotherRepository_isAWrongKey() throws IOException {
        LibraryTour tour = tour();
        tour.create(place.resolve("other")).close();
        Files.move(tour.keyFile(), place.resolve("other.key"));
        tour.create(place.resolve("repository")).close();
        Files.move(place.resolve("other.key"), tour.keyFile(), StandardCopyOption.REPLACE_EXISTING);
        RuntimeException failure = catchRuntimeException(
                () -> tour.open(place.resolve("repository")).close());
        assertThat(LibraryTour.explain(failure)).startsWith("wrong key");
    }

    @Test
    void explain_folderThatIsServedAlready_isBusy() throws IOException {
        try (CairnServer first = LibraryTour.serve(place.resolve("server"))) {
            RuntimeException failure = catchRuntimeException(
                    () -> LibraryTour.serve(place.resolve("server")).close());
            assertThat(LibraryTour.explain(failure)).startsWith("busy").contains("a server runs on it");
            assertThat(first.port()).isPositive();
        }
    }

    @Test
    void explain_tenantWithoutRoom_isNoRoom() throws IOException {
        LibraryTour tour = tour();
        Path data = place.resolve("server");
        try (CairnServer server = LibraryTour.serve(data);
                RemoteClient client = tour.client(server);
                Repository repository = tour.create(place.resolve("repository"))) {
            client.enrol(Objects.requireNonNull(server.enrolmentCode()), "tour");
            Quotas.open(data)
                    .update(
                            new Scope("default", ""),
                            quota -> new Quota(10_000, quota.objects(), quota.branches(), quota.requests()));
            tour.capture(repository, source(), Cancellation.NEVER);
            RuntimeException failure = catchRuntimeException(() -> tour.push(client, repository));
            assertThat(LibraryTour.explain(failure)).startsWith("no room on the server");
        }
    }

    @Test
    void verify_byteOfAVolumeFlipped_tellsAndReadingFails() throws IOException {
        LibraryTour tour = tour();
        Path folder = place.resolve("repository");
        ObjectId snapshot;
        try (Repository repository = tour.create(folder)) {
            snapshot = tour.capture(repository, source(), Cancellation.NEVER);
            assertThat(tour.verify(repository)).isTrue();
        }
        flip(folder.resolve("volumes/000001.mdb"), 200_000);
        try (Repository repository = tour.open(folder)) {
            RuntimeException failure = catchRuntimeException(() -> {
                try {
                    tour.read(repository, snapshot, "noise");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(LibraryTour.explain(failure)).startsWith("damaged");
            assertThat(tour.verify(repository)).isFalse();
            assertThat(said()).contains("damaged: ").contains(" noise\n");
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(channel.read(one, position)).isEqualTo(1);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), position);
        }
    }

    @Test
    void capture_cancelled_stopsAndLeavesTheBranchAlone() throws IOException {
        LibraryTour tour = tour();
        try (Repository repository = tour.create(place.resolve("repository"))) {
            AtomicInteger asked = new AtomicInteger();
            RuntimeException failure =
                    catchRuntimeException(() -> tour.capture(repository, source(), () -> asked.incrementAndGet() > 1));
            assertThat(LibraryTour.explain(failure)).startsWith("stopped");
            assertThat(repository.store().branches()).isEmpty();
            tour.capture(repository, source(), Cancellation.NEVER);
            assertThat(repository.store().branches()).hasSize(1);
        }
    }

    @Test
    void push_clientCancelled_stops() throws IOException {
        LibraryTour tour = tour();
        try (CairnServer server = LibraryTour.serve(place.resolve("server"));
                RemoteClient client = tour.client(server);
                Repository repository = tour.create(place.resolve("repository"))) {
            client.enrol(Objects.requireNonNull(server.enrolmentCode()), "tour");
            tour.capture(repository, source(), Cancellation.NEVER);
            client.cancel();
            RuntimeException failure = catchRuntimeException(() -> tour.push(client, repository));
            assertThat(LibraryTour.explain(failure)).startsWith("stopped");
        }
    }
}
