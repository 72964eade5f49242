package dev.cairn.cli.remote;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.replicator.TransferResult;
import dev.cairn.replicator.net.TransferReport;

/**
 * What a push or a pull would do, for scripts and for people.
 *
 * @param chunkBytes what a chunk takes on average: a pull knows how many lack, and not their lengths
 * @param isGuess whether there are no chunks here to go by: it is then what the repository aims at, which files that are small, and all that
 *     compresses, stay below
 */
record RehearsalText(String verb, TransferReport report, long chunkBytes, boolean isGuess, double seconds) {

    /** That of a rehearsal onto, or from, a replica. */
    static RehearsalText of(String verb, TransferReport report, Repository repository, double seconds) {
        StoreStats stats = repository.store().stats();
        boolean isGuess = stats.objects() == 0;
        long chunkBytes =
                isGuess ? repository.chunkProfile().avgBytes() : Math.max(1, stats.recordBytes() / stats.objects());
        return new RehearsalText(verb, report, chunkBytes, isGuess, seconds);
    }

    private boolean isPull() {
        return !verb.equals("push");
    }

    private long bytesEstimated() {
        TransferResult result = report.result();
        return isPull() ? result.recordBytesReceived() + result.chunksLacking() * chunkBytes : result.recordBytesSent();
    }

    ObjectNode json() {
        ObjectNode node = TransferText.json(report, seconds).put("dryRun", true);
        node.put("chunksLacking", report.result().chunksLacking());
        return isPull() && isGuess
                ? node.putNull("bytesEstimated").put("bytesUpTo", bytesEstimated())
                : node.put("bytesEstimated", bytesEstimated());
    }

    String text() {
        TransferResult result = report.result();
        StringBuilder text = new StringBuilder();
        for (TransferResult.BranchOutcome branch : result.branches()) {
            String outcome = branch.conflict() != null
                    ? "would be in conflict: " + branch.conflict()
                    : branch.snapshot() == null
                            ? "nothing there"
                            : (branch.moved() ? "would move to " : "already at ")
                                    + branch.snapshot().abbreviated();
            text.append(branch.branch()).append(": ").append(outcome).append(System.lineSeparator());
        }
        if (result.branches().isEmpty()) {
            text.append("No branches yet.").append(System.lineSeparator());
        }
        String amount = isPull()
                ? "%s: %s of the tree (%s) and %s; %s in all. The tree was received to find that out, and not kept"
                        .formatted(
                                CountText.of(result.snapshots(), "snapshot"),
                                CountText.of(result.recordsReceived(), "record"),
                                SizeText.of(result.recordBytesReceived()),
                                CountText.of(result.chunksLacking(), "chunk"),
                                (isGuess ? "up to some %s, before compression," : "about %s")
                                        .formatted(SizeText.of(bytesEstimated())))
                : "%s: %s, %s"
                        .formatted(
                                CountText.of(result.snapshots(), "snapshot"),
                                CountText.of(result.recordsSent(), "record"),
                                SizeText.of(bytesEstimated()));
        return text.append("%s would %s %s. Nothing was changed. %.1f s."
                        .formatted(verb, isPull() ? "fetch" : "send", amount, seconds))
                .toString();
    }
}
