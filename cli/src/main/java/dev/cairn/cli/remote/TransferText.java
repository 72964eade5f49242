package dev.cairn.cli.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.replicator.TransferResult;
import dev.cairn.replicator.net.TransferReport;

/** What a push or a pull did, for scripts and for people. */
final class TransferText {

    private TransferText() {}

    static ObjectNode json(TransferReport report, double seconds) {
        TransferResult result = report.result();
        ObjectNode node = Console.object();
        String snapshot = result.branches().stream()
                .filter(branch -> branch.snapshot() != null)
                .map(branch -> String.valueOf(branch.snapshot()))
                .findFirst()
                .orElse(null);
        node.put("snapshot", snapshot)
                .put("snapshots", result.snapshots())
                .put("recordsSent", result.recordsSent())
                .put("recordBytesSent", result.recordBytesSent())
                .put("recordsReceived", result.recordsReceived())
                .put("recordBytesReceived", result.recordBytesReceived())
                .put("bytesSent", report.wire().bytesSent())
                .put("bytesReceived", report.wire().bytesReceived())
                .put("requests", report.wire().requests())
                .put("deltaRecords", result.deltaRecords())
                .put("batchesResent", result.batchesResent() + report.wire().batchesRepeated())
                .put("excessBytes", result.excessBytes())
                .put("seedChunks", result.chunksSupplied())
                .put("seedBytes", result.bytesSupplied())
                .put("notesSent", result.notes().sent())
                .put("notesReceived", result.notes().received())
                .put("notesRefused", result.notes().refused())
                .put("notesHeldBack", result.notes().heldBack())
                .put("seconds", seconds);
        ArrayNode branches = node.putArray("branches");
        for (TransferResult.BranchOutcome branch : result.branches()) {
            ObjectNode one = branches.addObject()
                    .put("branch", branch.branch())
                    .put(
                            "snapshot",
                            branch.snapshot() == null ? null : branch.snapshot().toString())
                    .put("moved", branch.moved());
            if (branch.conflict() != null) {
                one.put("conflict", branch.conflict());
            }
        }
        return node;
    }

    /** What a person should know of the notes about snapshots; empty if nothing. */
    static String notes(TransferResult.Notes notes) {
        if (notes.heldBack() > 0) {
            return "%s about what is kept were not sent: this device may only add to the remote."
                    .formatted(CountText.of(notes.heldBack(), "note"));
        }
        return notes.refused() == 0
                ? ""
                : "%s of the remote were passed over: no replica of this repository signed them."
                        .formatted(CountText.of(notes.refused(), "note"));
    }

    static String text(String verb, TransferReport report, double seconds) {
        TransferResult result = report.result();
        StringBuilder text = new StringBuilder();
        for (TransferResult.BranchOutcome branch : result.branches()) {
            text.append(branch.branch()).append(": ");
            if (branch.conflict() != null) {
                text.append("conflict: ").append(branch.conflict());
            } else if (branch.snapshot() == null) {
                text.append("nothing there");
            } else {
                text.append(branch.moved() ? "now at " : "already at ")
                        .append(branch.snapshot().abbreviated());
            }
            text.append(System.lineSeparator());
        }
        if (result.branches().isEmpty()) {
            text.append("No branches yet.").append(System.lineSeparator());
        }
        if (result.chunksSupplied() > 0) {
            text.append("%s, %s, came from the seeds.%n"
                    .formatted(CountText.of(result.chunksSupplied(), "chunk"), SizeText.of(result.bytesSupplied())));
        }
        return text.append("%s: %s sent, %,d received; %s up, %s down in %s, %.1f s."
                        .formatted(
                                verb,
                                CountText.of(result.recordsSent(), "record"),
                                result.recordsReceived(),
                                SizeText.of(report.wire().bytesSent()),
                                SizeText.of(report.wire().bytesReceived()),
                                CountText.of(report.wire().requests(), "request"),
                                seconds))
                .toString();
    }
}
