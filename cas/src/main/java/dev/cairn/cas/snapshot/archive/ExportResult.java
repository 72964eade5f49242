package dev.cairn.cas.snapshot.archive;

import java.util.List;

/**
 * What an export wrote.
 *
 * @param files everything that is no folder
 * @param bytes lengths of files, holes included, each group of hard links once where the format has them
 * @param losses what the format cannot say, the first 10,000
 * @param lossCount how many there were
 */
public record ExportResult(long files, long directories, long bytes, List<ExportLoss> losses, long lossCount) {

    public ExportResult {
        losses = List.copyOf(losses);
    }
}
