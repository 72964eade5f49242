package dev.cairn.cas.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.cairn.cas.lmdb.LmdbLibrary;
import dev.cairn.cas.posix.SystemCalls;
import dev.cairn.cas.seal.CodecTrial;
import dev.cairn.cas.seal.Providers;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at the whole process")
final class PreparationTest {

    private static Optional<Thread> preparing() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("cairn-prepare"))
                .findAny();
    }

    @Test
    void begin_holdsNoProcess_andComesToAnEnd() throws InterruptedException {
        Preparation.begin(true, true);
        Optional<Thread> thread = preparing();
        if (thread.isPresent()) {
            assertThat(thread.get().isDaemon()).isTrue();
            thread.get().join(60_000);
        }
        assertThat(preparing()).isEmpty();
    }

    @Test
    void whatIsLoaded_isThere() {
        // Nothing that is asked for by name may be missing, for what fails on the thread fails in silence.
        assertThatCode(Providers::load).doesNotThrowAnyException();
        assertThatCode(Providers::warm).doesNotThrowAnyException();
        assertThatCode(CodecTrial::load).doesNotThrowAnyException();
        assertThatCode(SystemCalls::load).doesNotThrowAnyException();
        assertThatCode(LmdbLibrary::load).doesNotThrowAnyException();
    }
}
