package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.seal.Sealer;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.capture.BringPlan;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes an archive a new snapshot on a branch, as {@link Capture} makes a folder one: contents are cut and stored as they come, what the
 * repository has is not stored again, and what is new is a delta of the branch's former snapshot where that is worth it.
 *
 * <p>Names that lead out of the root, and links to what is not in the archive, are left out and listed; the result is then {@linkplain
 * CaptureResult#isPartial partial}. An archive that is damaged, cut off or encrypted moves no branch.
 */
public final class Import {

    private final Capture capture;
    private final Sealer sealer;
    private final Path temporaryFolder;

    /**
     * @param capture brings what is imported into the repository
     * @param sealer of that repository: what is put aside meanwhile is sealed
     * @param temporaryFolder where that is
     */
    public Import(Capture capture, Sealer sealer, Path temporaryFolder) {
        this.capture = capture;
        this.sealer = sealer;
        this.temporaryFolder = temporaryFolder;
    }

    /**
     * Imports.
     *
     * @throws ArchiveException if the archive cannot be read to its end
     * @throws IOException if its file cannot be
     */
    public CaptureResult run(ArchiveInput input, BringPlan plan, CaptureProgress progress, Cancellation cancellation)
            throws IOException {
        Files.createDirectories(temporaryFolder);
        long asideBytesMax = Files.getFileStore(temporaryFolder).getUsableSpace() / 2;
        try (BlocksOnDemand runs = new BlocksOnDemand(temporaryFolder, sealer);
                BlocksOnDemand aside = new BlocksOnDemand(temporaryFolder, sealer)) {
            ImportedTree tree = new ImportedTree(input, runs, aside, asideBytesMax);
            return capture.bring(plan, tree, progress, cancellation);
        }
    }
}
