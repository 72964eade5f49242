package dev.cairn.cas.snapshot.capture;

import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.FileStat;
import dev.cairn.cas.posix.FileType;
import dev.cairn.cas.posix.Listing;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a first capture will meet, on a thread of its own that runs ahead of it, or does so once somebody is about to be told. A
 * count costs a twentieth of the capture of many small files. Errors are the capture's to report.
 */
final class SizeScan implements TreeVisitor, AutoCloseable {

    /** Files between two reports. */
    private static final int REPORT_FILES = 1 << 12;

    private final CaptureProgress progress;
    private final ExcludeScope excludes;

    /** One that starts late is not far ahead: what it has counted is not what there is until it is done. */
    private boolean isLate;

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean stopped;
    private @Nullable Thread thread;
    private long files;
    private long bytes;

    SizeScan(CaptureProgress progress, ExcludeScope excludes) {
        this.progress = progress;
        this.excludes = excludes;
    }

    /** Counts, unless it is stopped within the first {@code afterMillis} milliseconds. */
    void start(long afterMillis, Runnable walk) {
        isLate = afterMillis > 0;
        thread = Thread.ofPlatform().daemon().name("cairn-size-scan").start(() -> {
            try {
                // One that begins at once is told of, however soon the capture is done.
                if (isLate && stop.await(afterMillis, TimeUnit.MILLISECONDS)) {
                    return;
                }
                progress.counted(0, false);
                walk.run();
                progress.expected(files, bytes);
                progress.counted(files, true);
            } catch (CancellationException | SourceException | InterruptedException e) {
                // The capture is done, or meets the same and says so.
                stopped = true;
            }
        });
    }

    @Override
    public boolean isExcluded(EntryPath path, FileStat stat) {
        if (stopped) {
            throw new CancellationException("the capture is done");
        }
        return excludes.excludes(path, stat);
    }

    @Override
    public void excluded(EntryPath path) {}

    @Override
    public @Nullable List<byte[]> onlyOf(EntryPath path, Directory directory, Listing names, boolean root) {
        return excludes.enter(path, directory, names, root);
    }

    @Override
    public void file(EntryPath path, Directory parent, byte[] name, FileStat stat) {
        files++;
        bytes += stat.type() == FileType.REGULAR ? stat.size() : 0;
        if (files % REPORT_FILES == 0) {
            if (!isLate) {
                progress.expected(files, bytes);
            }
            progress.counted(files, false);
        }
    }

    @Override
    public void directory(EntryPath path, Directory directory, FileStat stat, Role role) {}

    @Override
    public void listed(EntryPath path, FileStat stat, boolean empty, boolean root, boolean mountPoint) {}

    @Override
    public void closedDirectory(EntryPath path, Directory parent, byte[] name, FileStat stat, IOException reason) {}

    @Override
    public void unreadable(EntryPath path, IOException reason) {}

    @Override
    public void refused(EntryPath folder, byte[] name, String reason) {}

    /** Stops counting, and waits for the walk to let go of its folders. Idempotent. */
    void stop() {
        stopped = true;
        stop.countDown();
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops. Idempotent. */
    @Override
    public void close() {
        stop();
    }
}
