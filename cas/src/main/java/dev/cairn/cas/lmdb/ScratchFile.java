package dev.cairn.cas.lmdb;

import dev.cairn.cas.Collectable.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Numbers by key in a file of its own, which nobody else sees and which goes when this is closed: as much as the disk holds, with
 * some MiB of memory. One change costs a few microseconds. Not thread-safe.
 */
final class ScratchFile implements Scratch {

    private static final int CHANGES_A_COMMIT = 100_000;

    /** Room for some 10^9 keys. */
    private static final long MAP_BYTES = 256L << 30;

    private final Path file;
    private final Environment environment;
    private @Nullable WriteView view;
    private int changes;

    private ScratchFile(Path file, Environment environment) {
        this.file = file;
        this.environment = environment;
    }

    /** An empty one in {@code folder}. Those that others left there are removed: the caller is the only one. */
    static ScratchFile make(Path folder) {
        Path file = folder.resolve("collection.scratch");
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(file);
            return new ScratchFile(file, Environment.scratch(file, MAP_BYTES));
        } catch (IOException e) {
            throw Faults.of(e, file);
        }
    }

    private WriteView view() {
        WriteView open = view;
        if (open == null) {
            open = environment.write();
            view = open;
        }
        return open;
    }

    @Override
    public int get(byte[] key) {
        ByteBuffer value = view().get(Table.CONTAINERS, key);
        return value == null ? 0 : value.get(value.position());
    }

    @Override
    public void put(byte[] key, int value) {
        WriteView open = view();
        open.put(Table.CONTAINERS, key, new byte[] {(byte) value});
        if (++changes >= CHANGES_A_COMMIT) {
            open.commit();
            open.close();
            view = null;
            changes = 0;
        }
    }

    @Override
    public void close() {
        WriteView open = view;
        if (open != null) {
            open.close();
            view = null;
        }
        environment.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Faults.of(e, file);
        }
    }
}
