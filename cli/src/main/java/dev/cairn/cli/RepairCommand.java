package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.lmdb.RebuildReport;
import dev.cairn.cas.repository.Repository;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn repair}: a new index from what the volumes hold. */
@Command(
        name = "repair",
        description =
                "Rebuild the index of a repository from its volumes. What was there before is set aside, not deleted.")
final class RepairCommand extends RepositoryCommand {

    @Option(
            names = "--force",
            description =
                    "Replace the index even if the new one has fewer snapshots: what is damaged is left out then, with"
                            + " all snapshots that need it, and a pull can fetch it again.")
    private boolean force;

    @Override
    ExitCode run() {
        Path folder = access().requireFolder();
        RebuildReport report = force
                ? Repository.rebuildIndex(folder, access().openOptions())
                : Repository.rebuildIndexUnlessWorse(folder, access().openOptions());
        report.losses().forEach(loss -> console().always("lost: " + loss));
        if (report.lossCount() > report.losses().size()) {
            console()
                    .always("... and %,d more"
                            .formatted(report.lossCount() - report.losses().size()));
        }
        console().result(() -> json(report), () -> text(report));
        console().message(next(report));
        return report.lossCount() == 0 ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    private static String next(RebuildReport report) {
        if (!report.replaced()) {
            return "Next: 'cairn restore' brings back all that is whole. With a remote that has the rest: 'cairn"
                    + " repair --force', then 'cairn pull'.";
        }
        return report.lossCount() == 0
                ? "Next: cairn verify --data"
                : "Next: 'cairn pull' fetches from a remote what is lacking; 'cairn verify --data' tells what still"
                        + " is.";
    }

    private String text(RebuildReport report) {
        if (!report.replaced()) {
            return "The index was left as it is: a new one would have %,d of its %,d snapshots, since the others need what is damaged."
                    .formatted(report.snapshots(), report.snapshotsBefore());
        }
        StringBuilder text = new StringBuilder(
                "The index has %,d objects in %,d records, %,d snapshots and %,d branches again, from %,d volumes, in %.1f s."
                        .formatted(
                                report.objects(),
                                report.records(),
                                report.snapshots(),
                                report.branches(),
                                report.volumes(),
                                seconds()));
        report.setAside().forEach(path -> text.append("%nSet aside: %s".formatted(path)));
        if (report.lossCount() > 0) {
            text.append("%n%,d losses; they are listed above.".formatted(report.lossCount()));
        }
        return text.toString();
    }

    private ObjectNode json(RebuildReport report) {
        ObjectNode node = Console.object()
                .put("volumes", report.volumes())
                .put("containers", report.containers())
                .put("records", report.records())
                .put("objects", report.objects())
                .put("branches", report.branches())
                .put("snapshots", report.snapshots())
                .put("snapshotsBefore", report.snapshotsBefore())
                .put("replaced", report.replaced())
                .put("lossCount", report.lossCount())
                .put("seconds", seconds());
        ArrayNode losses = node.putArray("losses");
        report.losses().forEach(losses::add);
        ArrayNode setAside = node.putArray("setAside");
        report.setAside().forEach(setAside::add);
        return node;
    }
}
