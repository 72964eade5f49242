package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.seal.Sealer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Blocks put aside by a command that mostly needs none: the file is made with the first. For one thread. */
final class BlocksOnDemand implements RecordSort.Spill, AutoCloseable {

    private final Path folder;
    private final Sealer sealer;
    private @Nullable SealedBlocks blocks;

    BlocksOnDemand(Path folder, Sealer sealer) {
        this.folder = folder;
        this.sealer = sealer;
    }

    @Override
    public SealedBlocks blocks() throws IOException {
        if (blocks == null) {
            Files.createDirectories(folder);
            blocks = SealedBlocks.in(folder, sealer);
        }
        return blocks;
    }

    @Override
    public void close() {
        if (blocks != null) {
            blocks.close();
        }
    }
}
