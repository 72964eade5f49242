package dev.cairn.cas.snapshot.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.repository.MemoryRepository;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CapturePlan;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.ChunkProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is noted as damaged is looked at again by every verification, whether it reads contents or not. */
class NotedDamageTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @SuppressWarnings("NullAway.Init")
    private TamperedStore store;

    @SuppressWarnings("NullAway.Init")
    private Repository repository;

    private long run;

    @BeforeEach
    void captureTwice() throws IOException {
        Path source = Files.createDirectories(temp.resolve("source"));
        MemoryRepository memory =
                MemoryRepository.create(temp.resolve("repository"), ChunkProfile.normalised(256, 1024, 4096));
        repository = memory.open(inner -> {
            store = new TamperedStore(inner);
            return store;
        });
        byte[] noise = new byte[5_000];
        for (int i = 0; i < 2; i++) {
            new Random(i).nextBytes(noise);
            Files.write(source.resolve("f" + i), noise);
            CaptureStore into = CaptureStore.of(repository, "test");
            CapturePlan plan = CapturePlan.of(List.of(RawName.of(source.toString())), "main");
            new Capture(into).run(plan, CaptureProgress.NONE, Cancellation.NEVER);
        }
        run = memory.sequences(RecordKind.RUN).getFirst();
    }

    private Verification verification() {
        return new Verification(repository, VerificationProgress.NONE, Cancellation.NEVER);
    }

    /** Not once more for each page that refers to it. */
    @Test
    void repository_notedRun_isToldWithoutContentsAsWithThem() {
        store.flip(run, -1);
        Verification full = verification();
        VerificationResult found = full.repository(true);
        store.note(full.findings());

        VerificationResult noted = verification().repository(false);

        assertThat(found.isSound()).isFalse();
        assertThat(noted.damaged()).isEqualTo(found.damaged());
        assertThat(noted.damageCount()).isEqualTo(found.damageCount());
    }

    @Test
    void repository_notedRunThatIsWholeAgain_isSoundAndTakesTheNoteBack() {
        store.note(List.of(new RecordFinding(run, RecordFinding.State.UNUSABLE)));
        Verification verification = verification();

        assertThat(verification.repository(false).isSound()).isTrue();
        assertThat(verification.findings()).containsExactly(new RecordFinding(run, RecordFinding.State.OPENS));
    }
}
