package dev.cairn.cli.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import dev.cairn.replicator.protocol.LogHead;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.server.AuditEntry;
import dev.cairn.server.AuditTrail;
import dev.cairn.server.Tenants;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn log}: what devices did on a server. */
@Command(
        name = "log",
        description =
                "What devices did on a server: its data folder is read, whether it runs or not. Every hash is checked.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn log",
            "  cairn log default/home --verify",
            "Next: 'cairn device revoke DEVICE' shuts out whoever did what he should not."
        })
public final class LogCommand extends ServerDataCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "TENANT/REPOSITORY",
            description = "Whose log; without it that of the server itself: who was let in.")
    private @Nullable String repository;

    @Option(names = "--verify", description = "Show no entries, only whether the chain of hashes is whole.")
    private boolean verify;

    @Option(
            names = "--known",
            paramLabel = "NUMBER:HASH",
            description = "An entry that was seen before, as clients remember it: it must be there still.")
    private @Nullable String known;

    /** Whoever knows other tools looks for the history of a repository here. */
    private Tenants tenants() throws IOException {
        try {
            return Tenants.open(dataFolder());
        } catch (NoRepositoryException e) {
            throw new NoRepositoryException(
                    dataFolder() + " (it is no server's data folder)",
                    "The log is a server's: name its folder with --data. The history of a repository is shown by"
                            + " 'cairn snapshots'.");
        }
    }

    @Override
    protected ExitCode run() throws IOException {
        RepositoryName name = name();
        Tenants tenants = tenants();
        LogHead seen = known();
        boolean[] isFound = new boolean[1];
        AuditTrail.Head head = AuditTrail.open(dataFolder()).read(name, (entry, hash) -> {
            if (!verify) {
                console().entry(() -> json(entry, hash), () -> text(entry));
            }
            if (seen != null && entry.sequence() == seen.sequence()) {
                requireSame(seen, hash);
                isFound[0] = true;
            }
        });
        if (name != null
                && head.sequence() == 0
                && !tenants.repositories(name.tenant()).contains(name.repository())) {
            throw new NoRepositoryException(
                    name + " on the server of " + dataFolder(), "'cairn tenant list' shows those that there are.");
        }
        if (seen != null && !isFound[0]) {
            throw new CommandFailure(
                    ExitCode.ROLLBACK,
                    "entry %d is not in the log, which goes to entry %d".formatted(seen.sequence(), head.sequence()),
                    "If the log was longer before, it was cut. Old entries go when there are many.");
        }
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

    private static void requireSame(LogHead seen, String hash) {
        if (!hash.equals(seen.hash())) {
            throw new CommandFailure(
                    ExitCode.ROLLBACK,
                    "the log was written anew: entry %d has the hash %s".formatted(seen.sequence(), hash),
                    "Its hashes agree with each other, but it is not the log that was seen before.");
        }
    }

    private @Nullable LogHead known() {
        if (known == null) {
            return null;
        }
        int colon = known.indexOf(':');
        try {
            return new LogHead(Long.parseLong(known.substring(0, Math.max(0, colon))), known.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "not an entry of a log: '" + known + "'",
                    "Write its number, a colon and 64 hex digits, as they stand in the file of what was seen of the"
                            + " remote.");
        }
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

    private static ObjectNode json(AuditEntry entry, String hash) {
        ObjectNode node = Console.object()
                .put("sequence", entry.sequence())
                .put("time", entry.time().toString())
                .put("device", entry.device() == null ? null : entry.device().toString())
                .put("operation", entry.operation().name().toLowerCase(java.util.Locale.ROOT));
        node.put("hash", hash);
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
