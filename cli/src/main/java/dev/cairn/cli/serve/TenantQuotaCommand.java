package dev.cairn.cli.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.LimitText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.server.Quota;
import dev.cairn.server.Quotas;
import dev.cairn.server.Scope;
import dev.cairn.server.Tenants;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn tenant quota}: shows and sets what a tenant, or one of its repositories, may use. */
@Command(
        name = "quota",
        description = "Show or set what a tenant, or one repository, may use. A running server follows at once.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn tenant quota ada",
            "  cairn tenant quota ada --bytes 200G",
            "Next: 'cairn device enrol --tenant ada' lets a device in."
        })
final class TenantQuotaCommand extends ServerDataCommand {

    @Parameters(paramLabel = "TENANT", description = "Whose quota it is.")
    private String tenant = "";

    @Option(names = "--repository", paramLabel = "R", description = "Of this repository alone; else of all together.")
    private String repository = "";

    @Option(names = "--bytes", paramLabel = "N", description = "Bytes of records: 500M, 20G, or none for no limit.")
    private @Nullable String bytes;

    @Option(names = "--objects", paramLabel = "N", description = "Chunks, pages and snapshots.")
    private @Nullable String objects;

    @Option(names = "--branches", paramLabel = "N", description = "Branches of a repository.")
    private @Nullable String branches;

    @Option(names = "--requests", paramLabel = "N", description = "Requests under way at once.")
    private @Nullable String requests;

    @Override
    protected ExitCode run() throws IOException {
        Quota set = quota();
        console()
                .result(
                        () -> json(set),
                        () -> dryRun().said("Would be: ", "")
                                + "%s: bytes %s, objects %s, branches %s, requests at once %s"
                                        .formatted(
                                                repository.isEmpty() ? tenant : tenant + "/" + repository,
                                                set.bytes() == Quota.NONE ? "unlimited" : SizeText.of(set.bytes()),
                                                text(set.objects()),
                                                text(set.branches()),
                                                text(set.requests())));
        if (!settings().tenantQuota().equals(Quota.UNLIMITED)) {
            console().message("Where it has none, the server's file says what a tenant may use.");
        }
        return ExitCode.DONE;
    }

    private Quota quota() throws IOException {
        try {
            Scope scope = new Scope(tenant, repository);
            if (!Tenants.open(dataFolder()).names().contains(tenant)) {
                throw new CommandFailure(
                        ExitCode.FAILED, "no tenant '" + tenant + "'", "'cairn tenant list' shows which there are.");
            }
            Quotas quotas = Quotas.open(dataFolder());
            if (bytes == null && objects == null && branches == null && requests == null) {
                return quotas.get(scope);
            }
            return dryRun().isWanted() ? changed(quotas.get(scope)) : quotas.update(scope, this::changed);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn tenant quota --help'.");
        }
    }

    private Quota changed(Quota before) {
        return new Quota(
                limit("--bytes", bytes, before.bytes()),
                limit("--objects", objects, before.objects()),
                limit("--branches", branches, before.branches()),
                limit("--requests", requests, before.requests()));
    }

    private static long limit(String option, @Nullable String text, long before) {
        return text == null ? before : LimitText.parse(option, text);
    }

    private static String text(long limit) {
        return limit == Quota.NONE ? "unlimited" : "%,d".formatted(limit);
    }

    private ObjectNode json(Quota set) {
        ObjectNode node = dryRun().mark(Console.object()).put("tenant", tenant).put("repository", repository);
        put(node, "bytes", set.bytes());
        put(node, "objects", set.objects());
        put(node, "branches", set.branches());
        put(node, "requests", set.requests());
        return node.put("seconds", seconds());
    }

    /** Null where there is no limit. */
    private static void put(ObjectNode node, String field, long limit) {
        if (limit == Quota.NONE) {
            node.putNull(field);
        } else {
            node.put(field, limit);
        }
    }
}
