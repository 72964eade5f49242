package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreBusyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is proved of a volume by plain I/O before LMDB opens it: its meta pages are, byte for byte, those that the index
 * noted after the last commit, or one transaction newer (a crash, or another process, between the commits of volume and
 * index); and every page that LMDB can reach from them is sound.
 *
 * <p>Another process may commit meanwhile. Then the meta pages have changed at the end, or the index says something else the
 * next time, and all of it is done again.
 */
final class VolumeCheck {

    private static final int ATTEMPTS = 50;
    private static final long PAUSE_MILLIS = 5;

    private final Path path;
    private final Supplier<@Nullable VolumeRow> row;

    /**
     * A check of the file {@code path}.
     *
     * @param row what the index says of it now; null if it does not know the volume
     */
    VolumeCheck(Path path, Supplier<@Nullable VolumeRow> row) {
        this.path = path;
        this.row = row;
    }

    /**
     * Checks.
     *
     * @throws CorruptDataException if LMDB must not open it
     */
    void require() {
        if (!Files.isRegularFile(path)) {
            throw new CorruptDataException(path.toString(), "a volume", "no such file");
        }
        Fault before = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Fault fault = attempt();
            if (fault == null) {
                return;
            }
            if (fault.isSettled || fault.isRepeated(before)) {
                throw fault.damage;
            }
            before = fault;
            pause();
        }
        throw new StoreBusyException(path.toString(), ATTEMPTS * PAUSE_MILLIS);
    }

    /**
     * What an attempt found.
     *
     * @param isSettled whether nothing was committed meanwhile, so that it is no other process at work
     * @param inMetaPages whether not even the meta pages could be read
     */
    private record Fault(CorruptDataException damage, boolean isSettled, boolean inMetaPages) {

        /** A meta page may be read while it is written: two looks with a pause between are enough if they see the same. */
        boolean isRepeated(@Nullable Fault before) {
            return before != null
                    && inMetaPages
                    && before.inMetaPages
                    && damage.reason().equals(before.damage.reason());
        }
    }

    private @Nullable Fault attempt() {
        VolumeRow known = row.get();
        try (PageFile file = new PageFile(path)) {
            MetaPages pages;
            try {
                pages = MetaPages.read(file);
            } catch (CorruptDataException e) {
                return new Fault(e, false, true);
            }
            try {
                compare(file, pages, known);
                return isUnchanged(file, pages) ? null : changed(pages);
            } catch (CorruptDataException e) {
                return new Fault(e, isUnchanged(known) && isUnchanged(file, pages), false);
            }
        } catch (IOException e) {
            throw Faults.of(e, path);
        }
    }

    private void compare(PageFile file, MetaPages pages, @Nullable VolumeRow known) throws IOException {
        VolumeRow.State state = known == null ? null : known.compare(pages, path.toString());
        long last = lastContainer(file, pages);
        if (known == null) {
            return;
        }
        boolean fits = state == VolumeRow.State.SAME ? last == known.lastContainer() : last > known.lastContainer();
        if (!fits) {
            throw new CorruptDataException(
                    path.toString(), "containers up to " + known.lastContainer(), "containers up to " + last);
        }
    }

    private static boolean isUnchanged(PageFile file, MetaPages pages) throws IOException {
        try {
            return MetaPages.read(file).sameAs(pages);
        } catch (CorruptDataException e) {
            return false;
        }
    }

    private boolean isUnchanged(@Nullable VolumeRow known) {
        VolumeRow now = row.get();
        return known == null ? now == null : now != null && known.sameAs(now);
    }

    private Fault changed(MetaPages pages) {
        CorruptDataException damage = new CorruptDataException(
                path.toString(),
                "a quiet moment",
                "transaction " + pages.newest().transaction());
        return new Fault(damage, false, false);
    }

    /** Walks the volume and gives its highest key, 0 if it is empty. */
    static long lastContainer(PageFile file, MetaPages pages) throws IOException {
        if (pages.newest().lastPage() >= VolumeSet.MAP_BYTES / pages.pageBytes()) {
            throw new CorruptDataException(
                    file.path().toString(),
                    "a volume of at most " + VolumeSet.MAP_BYTES + " bytes",
                    "page " + pages.newest().lastPage());
        }
        long[] last = {0};
        new PageWalk(file, pages).all((key, valueBytes, valuePage, value) -> {
            long number = key.length == 8 ? ByteBuffer.wrap(key).getLong() : 0;
            if (number <= last[0] || valuePage < 0 || valueBytes > Container.BYTES_MAX) {
                throw new CorruptDataException(
                        file.path().toString(), "containers", "key " + number + " of " + valueBytes + " bytes");
            }
            last[0] = number;
        });
        return last[0];
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
