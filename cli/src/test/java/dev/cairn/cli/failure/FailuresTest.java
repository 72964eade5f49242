package dev.cairn.cli.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.replicator.RemoteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void problem_everyKindOfFailure_hasTheExitCodeOfTheContract() {
        Map<Throwable, Integer> codes = Map.ofEntries(
                Map.entry(new CorruptDataException("here", "this", "that"), 13),
                Map.entry(new NoRepositoryException("/x", "make it"), 10),
                Map.entry(new StoreAccessException("no", "so", null), 1),
                Map.entry(new StoreBusyException("/x", 60_000), 11),
                Map.entry(new StoreFullException("/x", 17, null), 16),
                Map.entry(new VersionMismatchException("old", "upgrade"), 17),
                Map.entry(new WrongKeyException("no", "so", null), 12),
                Map.entry(new RemoteException.Unreachable("away", null), 14),
                Map.entry(new RemoteException.NotAllowed("no", "ask"), 15),
                Map.entry(new RemoteException.Conflict("moved", "pull"), 4),
                Map.entry(new RemoteException.QuotaExceeded("full", "free"), 16),
                Map.entry(new RemoteException.NoRepository("none", "push"), 10),
                Map.entry(new RemoteException.PeerMisbehaved("lie", null), 13),
                Map.entry(new RemoteException.Damaged("bad", "verify"), 13),
                Map.entry(new RemoteException.Refused("no", "so"), 1),
                Map.entry(new RemoteException.Cancelled(), 130),
                Map.entry(new CancellationException("stop"), 130),
                Map.entry(new NoSuchFileException("/x"), 1),
                Map.entry(new AccessDeniedException("/x"), 1),
                Map.entry(new IOException("No space left on device"), 16),
                Map.entry(new FileSystemException("/x", null, "Disk quota exceeded"), 16),
                Map.entry(new IllegalStateException("oops"), 1));
        codes.forEach((failure, code) -> {
            Problem problem = Failures.problem(failure);
            assertThat(problem.exitCode().number()).as("%s", failure).isEqualTo(code);
            assertThat(problem.message()).isNotBlank();
            assertThat(Failures.problem(new CompletionException(failure))).isEqualTo(problem);
            assertThat(Failures.problem(new ExecutionException(failure))).isEqualTo(problem);
        });
        assertThat(Failures.problem(new UncheckedIOException(new NoSuchFileException("/y"))))
                .isEqualTo(Failures.problem(new NoSuchFileException("/y")));
        assertThat(Failures.problem(new IOException("cut")).message()).isEqualTo("input or output failed: cut");
    }

    @Test
    void exitCodes_areThoseOfTheContract() {
        assertThat(ExitCode.values())
                .extracting(ExitCode::number)
                .containsExactly(0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18, 130, 141);
        assertThat(ExitCode.NO_REPOSITORY.word()).isEqualTo("no-repository");
    }

    /** As streams on several threads pass it on. */
    @Test
    void problem_outOfMemoryOnAnotherThread_saysOfWhatMemory() {
        Error passedOn = (Error) new OutOfMemoryError().initCause(new OutOfMemoryError("Java heap space"));
        assertThat(Failures.problem(passedOn).message()).isEqualTo("out of memory: Java heap space");
        assertThat(Failures.problem(new OutOfMemoryError("Metaspace")).message())
                .isEqualTo("out of memory: Metaspace");
    }
}
