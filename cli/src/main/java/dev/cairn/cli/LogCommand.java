package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.server.AuditEntry;
import dev.cairn.server.AuditTrail;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn log}: what devices did on a server. */
@Command(
        name = "log",
        description =
                "What devices did on a server: its data folder is read, whether it runs or not. Every hash is checked.")
final class LogCommand extends ServerDataCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "TENANT/REPOSITORY",
            description = "Whose log; without it that of the server itself: who was let in.")
    private @Nullable String repository;

    @Option(names = "--verify", description = "Show no entries, only whether the chain of hashes is whole.")
    private boolean verify;

    @Override
    ExitCode run() {
        RepositoryName name = name();
        AuditTrail.Head head = AuditTrail.open(dataFolder()).read(name, entry -> {
            if (!verify) {
                console().entry(() -> json(entry), () -> text(entry));
            }
        });
        if (verify) {
            console()
                    .result(
                            () -> Console.object()
                                    .put("sequence", head.sequence())
                                    .put("hash", head.hash())
                                    .put("seconds", seconds()),
                            () -> "The log is whole. The last entry is number %d, its hash %s."
                                    .formatted(head.sequence(), head.hash()));
        }
        return ExitCode.DONE;
    }

    private @Nullable RepositoryName name() {
        if (repository == null) {
            return null;
        }
        String[] parts = repository.split("/", -1);
        try {
            if (parts.length == 2) {
                return new RepositoryName(parts[0], parts[1]);
            }
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "Write TENANT/REPOSITORY.");
        }
        throw CommandFailure.usage("not a repository's name: '" + repository + "'", "Write TENANT/REPOSITORY.");
    }

    private static ObjectNode json(AuditEntry entry) {
        ObjectNode node = Console.object()
                .put("sequence", entry.sequence())
                .put("time", entry.time().toString())
                .put("device", entry.device() == null ? null : entry.device().toString())
                .put("operation", entry.operation().name().toLowerCase(java.util.Locale.ROOT));
        ObjectNode details = node.putObject("details");
        entry.details().forEach(details::put);
        return node;
    }

    private static String text(AuditEntry entry) {
        StringBuilder text = new StringBuilder("%6d  %-20.19s  %-32s  %-9s"
                .formatted(
                        entry.sequence(),
                        entry.time(),
                        entry.device() == null ? "-" : entry.device(),
                        entry.operation().name().toLowerCase(java.util.Locale.ROOT)));
        entry.details()
                .forEach((key, value) ->
                        text.append("  ").append(key).append('=').append(ShownText.oneLine(value)));
        return text.toString();
    }
}
