package dev.cairn.cli.key;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.ShownText;
import java.util.Objects;
import picocli.CommandLine.Command;

/** {@code cairn roster list}. */
@Command(
        name = "list",
        description = "List the replicas whose snapshots are here, and those that were revoked.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn roster list", "Next: 'cairn roster revoke REPLICA' refuses what a lost machine signs."})
final class RosterListCommand extends RepositoryCommand {

    @Override
    protected ExitCode run() {
        RosterView roster;
        try (Repository repository = access().open()) {
            roster = RosterView.of(repository);
        }
        console().result(() -> json(roster), () -> text(roster));
        return ExitCode.DONE;
    }

    private ObjectNode json(RosterView roster) {
        ObjectNode node = Console.object();
        ArrayNode replicas = node.putArray("replicas");
        for (RosterView.Member member : roster.members()) {
            replicas.addObject()
                    .put("replica", member.replica().toString())
                    .put("name", member.name())
                    .put("created", Objects.toString(member.created(), null))
                    .put("snapshots", member.snapshots())
                    .put("last", Objects.toString(member.last(), null))
                    .put("revoked", Objects.toString(member.revoked(), null));
        }
        return node.put("refused", roster.refused()).put("seconds", seconds());
    }

    private static String text(RosterView roster) {
        StringBuilder text =
                new StringBuilder("replica                           snapshots  last                  name");
        for (RosterView.Member member : roster.members()) {
            text.append("%n%s  %,9d  %-20.19s  %s%s"
                    .formatted(
                            member.replica(),
                            member.snapshots(),
                            Objects.toString(member.last(), ""),
                            ShownText.oneLine(Objects.toString(member.name(), "")),
                            member.revoked() == null ? "" : "  (revoked)"));
        }
        if (roster.refused() > 0) {
            text.append("%n%s: refused or damaged.".formatted(CountText.of(roster.refused(), "snapshot")));
        }
        return text.toString();
    }
}
