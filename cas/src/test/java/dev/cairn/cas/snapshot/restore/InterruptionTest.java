package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.snapshot.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A restore that is told to stop leaves whole files; the next one goes on from there. */
final class InterruptionTest extends RestoreFixture {

    /** Requests a stop at the n-th question. */
    private static final class StopAt implements Cancellation {
        private final AtomicInteger left;

        StopAt(int question) {
            left = new AtomicInteger(question);
        }

        @Override
        public boolean isRequested() {
            return left.decrementAndGet() <= 0;
        }
    }

    /** At every moment at which a restore asks. */
    @Test
    void run_stoppedAnywhere_leavesWholeFilesAndIsFinishedByTheNext() throws IOException {
        write("a", noise(400_000, 1));
        write("d/b", noise(1000, 2));
        write("d/e/c", "inline");
        Files.createLink(source.resolve("d/linked"), source.resolve("a"));
        Files.createSymbolicLink(source.resolve("link"), Path.of("a"));
        ObjectId root = capture();
        TreePicture whole = TreePicture.of(source);
        int moment = 0;
        boolean stopped = true;
        while (stopped) {
            Cancellation cancellation = new StopAt(++moment);
            target = Files.createDirectory(temp.resolve("target-" + moment));
            Files.writeString(target.resolve("a"), "old");
            String old = TreePicture.of(target).line("a");
            stopped = isStopped(verifying(plan(root)), cancellation);

            SortedMap<String, String> lines = TreePicture.of(target).lines();
            lines.forEach((path, line) -> {
                if (!line.startsWith("DIRECTORY")) {
                    assertThat(line.replaceAll(" linked to.*", ""))
                            .as(path)
                            .isIn(old, whole.line(path).replaceAll(" linked to.*", ""));
                }
            });
            restoreWhole(plan(root));
            assertTargetIsSource();
        }
        assertThat(moment).isGreaterThan(20);
    }

    private boolean isStopped(RestorePlan plan, Cancellation cancellation) {
        try {
            restore(plan, cancellation);
            return false;
        } catch (CancellationException e) {
            assertThat(e).hasMessageContaining("interrupted");
            return true;
        }
    }

    @Test
    void deleting_largeSurplus_isStoppedWithinIt() throws IOException {
        write("a", "1");
        ObjectId root = capture();
        for (int i = 0; i < 200; i++) {
            Files.createDirectories(target.resolve("surplus/" + i));
        }

        assertThatThrownBy(() -> restore(deleting(plan(root)), new StopAt(50)))
                .isInstanceOf(CancellationException.class);

        try (Stream<Path> left = Files.list(target.resolve("surplus"))) {
            assertThat(left.count()).isBetween(100L, 199L);
        }
        restoreWhole(deleting(plan(root)));
        assertTargetIsSource();
    }

    /** A file that differs nowhere is read to its end, and a large one takes its time. */
    @Test
    void run_comparisonOfALargeFile_isStoppedWithinIt() throws IOException {
        write("a", noise(3_000_000, 1));
        ObjectId root = capture();
        Files.createDirectory(target);
        Files.write(target.resolve("a"), noise(3_000_000, 1));
        AtomicInteger reads = new AtomicInteger();
        access = WatchedTarget.access((operation, name) -> {
            if (operation.equals("read")) {
                reads.incrementAndGet();
            }
        });

        assertThatThrownBy(() -> restore(plan(root), () -> reads.get() >= 3)).isInstanceOf(CancellationException.class);

        assertThat(reads).hasValue(3);
    }
}
