package dev.cairn.cas.lmdb;

import dev.cairn.cas.StoreBusyException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a replica, among processes: a lock of the operating system on {@code writer.lock}. Held for one write
 * transaction, and gone with its process, so that no stale lock remains.
 *
 * <p>Used by one thread.
 */
final class WriterLock implements AutoCloseable {

    private static final long PAUSE_MILLIS_MIN = 1;
    private static final long PAUSE_MILLIS_MAX = 50;

    private final Path path;
    private @Nullable FileChannel channel;

    WriterLock(Path path) {
        this.path = path;
    }

    /**
     * Takes the lock.
     *
     * @throws StoreBusyException if another process has it for longer than {@code wait}
     */
    FileLock acquire(Duration wait) {
        long start = System.nanoTime();
        long pause = PAUSE_MILLIS_MIN;
        while (true) {
            FileLock lock = tryLock();
            if (lock != null) {
                return lock;
            }
            long waited = System.nanoTime() - start;
            if (waited >= wait.toNanos()) {
                throw new StoreBusyException(String.valueOf(path.getParent()), waited / 1_000_000);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreBusyException(String.valueOf(path.getParent()), waited / 1_000_000);
            }
            pause = Math.min(2 * pause, PAUSE_MILLIS_MAX);
        }
    }

    private @Nullable FileLock tryLock() {
        try {
            FileChannel opened = channel;
            if (opened == null) {
                opened = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                channel = opened;
            }
            return opened.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    static void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot release the writer lock", e);
        }
    }

    @Override
    public void close() {
        try {
            FileChannel opened = channel;
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }
}
