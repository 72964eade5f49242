package dev.cairn.cli.capture;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.snapshot.capture.CaptureError;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Shows how far a capture is. */
final class CaptureDisplay implements CaptureProgress, AutoCloseable {

    private final Console console;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong expected = new AtomicLong(-1);
    private final AtomicLong counted = new AtomicLong();
    private final ProgressDisplay display;
    private @Nullable ProgressDisplay count;

    CaptureDisplay(String phase, Console console) {
        this.console = console;
        this.display = ProgressDisplay.start(phase, console, done::get, expected::get);
    }

    @Override
    public long expectedAfterMillis() {
        return ProgressDisplay.tellsAfterMillis(console);
    }

    @Override
    public void expected(long files, long bytes) {
        expected.set(bytes);
    }

    @Override
    public synchronized void counted(long files, boolean isAll) {
        counted.set(files);
        if (count == null) {
            count = ProgressDisplay.startUnseen("scan", "file", console, counted::get, () -> -1);
        }
        if (isAll) {
            count.close();
        }
    }

    @Override
    public void bytes(long count) {
        done.addAndGet(count);
    }

    @Override
    public void recorded(EntryPath path, boolean folder, Change change) {
        console.detail(() -> switch (change) {
                    case NEW -> "new        ";
                    case CHANGED -> "changed    ";
                    case UNMODIFIED -> "unmodified ";
                }
                + path);
    }

    @Override
    public void failed(CaptureError error) {
        console.always("not read as it is: " + error);
    }

    @Override
    public synchronized void close() {
        if (count != null) {
            count.close();
        }
        display.close();
    }
}
