package dev.cairn.cas.lmdb;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of one replica that this process has open. Opens on demand, after {@link VolumeCheck}; keeps the
 * {@value #OPEN_MAX} last used.
 *
 * <p>Threading: from any thread. A volume that is in use is not closed.
 */
final class VolumeSet implements AutoCloseable {

    /** The largest volume, in bytes. */
    static final long BYTES_MAX = 64L << 30;

    /** A map is larger than its volume by what one commit can add to it, and more. */
    static final long MAP_BYTES = BYTES_MAX + (512L << 20);

    private static final int OPEN_MAX = 64;

    private final Path folder;
    private final Environment.Mode mode;
    private final IntFunction<@Nullable VolumeRow> rows;
    private final LinkedHashMap<Integer, OpenVolume> open = new LinkedHashMap<>(16, 0.75f, true);

    private static final class OpenVolume {
        private final Environment environment;
        private int users;

        OpenVolume(Environment environment) {
            this.environment = environment;
        }
    }

    /**
     * The volumes in {@code folder}.
     *
     * @param rows what the index says now of a volume
     */
    VolumeSet(Path folder, Environment.Mode mode, IntFunction<@Nullable VolumeRow> rows) {
        this.folder = folder;
        this.mode = mode;
        this.rows = rows;
    }

    Path path(int volume) {
        return path(folder, volume);
    }

    static Path path(Path folder, int volume) {
        return folder.resolve(name(volume));
    }

    /** The name of a volume's file. Every record that is read is named by it in case it is damaged, so this formats nothing. */
    static String name(int volume) {
        String digits = Integer.toString(volume);
        return "0".repeat(Math.max(0, 6 - digits.length())) + digits + ".mdb";
    }

    Path folder() {
        return folder;
    }

    /** Runs {@code reading} on the newest state of a volume. */
    <R extends @Nullable Object> R read(int volume, Function<ReadView, R> reading) {
        OpenVolume opened = borrow(volume);
        try {
            return opened.environment.read(reading);
        } finally {
            giveBack(opened);
        }
    }

    /** Runs {@code writing} in the write transaction of a volume. Only under the writer lock. */
    <R extends @Nullable Object> R write(int volume, Function<WriteView, R> writing) {
        OpenVolume opened = borrow(volume);
        try (WriteView view = opened.environment.write()) {
            return writing.apply(view);
        } finally {
            giveBack(opened);
        }
    }

    /** Makes the file of a new volume. Only under the writer lock. */
    synchronized void create(int volume) {
        discard(volume);
        open.put(volume, new OpenVolume(Environment.volume(path(volume), MAP_BYTES, Environment.Mode.CREATE)));
    }

    /**
     * Closes volumes that the index does not have any more. One that was made just now, and that the index does not know yet, has a
     * higher number than those it knows.
     */
    void retain(Supplier<Set<Integer>> known) {
        List<Integer> opened;
        synchronized (this) {
            opened = List.copyOf(open.keySet());
        }
        if (opened.isEmpty()) {
            return;
        }
        // Asked afterwards: one that was made meanwhile is not among those that were open.
        Set<Integer> there = known.get();
        int highest = there.stream().mapToInt(volume -> volume).max().orElse(0);
        opened.stream()
                .filter(volume -> volume < highest && !there.contains(volume))
                .forEach(this::discard);
    }

    /**
     * Closes a volume, so that its next use checks it again. It stays the one that is borrowed until nobody uses it: LMDB must never
     * have a file open twice in a process, since closing it once frees the locks and readers' slots of both.
     */
    synchronized void discard(int volume) {
        OpenVolume before = open.get(volume);
        if (before == null) {
            return;
        }
        awaitUnused(before);
        if (open.remove(volume, before)) {
            before.environment.close();
        }
    }

    private synchronized void awaitUnused(OpenVolume opened) {
        boolean interrupted = false;
        while (opened.users > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized OpenVolume borrow(int volume) {
        OpenVolume opened = open.get(volume);
        if (opened == null) {
            new VolumeCheck(path(volume), () -> rows.apply(volume)).require();
            closeIdle();
            opened = new OpenVolume(Environment.volume(path(volume), MAP_BYTES, mode));
            open.put(volume, opened);
        }
        opened.users++;
        return opened;
    }

    private synchronized void giveBack(OpenVolume opened) {
        opened.users--;
        notifyAll();
    }

    private void closeIdle() {
        Iterator<Map.Entry<Integer, OpenVolume>> eldest = open.entrySet().iterator();
        while (open.size() >= OPEN_MAX && eldest.hasNext()) {
            OpenVolume candidate = eldest.next().getValue();
            if (candidate.users == 0) {
                candidate.environment.close();
                eldest.remove();
            }
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(open.keySet()).forEach(this::discard);
    }
}
