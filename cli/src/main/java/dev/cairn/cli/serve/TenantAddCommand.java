package dev.cairn.cli.serve;

import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.server.Tenants;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn tenant add}. */
@Command(
        name = "add",
        description = "Add a tenant.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn tenant add ada", "Next: 'cairn device enrol --tenant ada' lets a device in."})
final class TenantAddCommand extends ServerDataCommand {

    @Parameters(paramLabel = "NAME", description = "Small letters, digits and . _ -")
    private String name = "";

    @Override
    protected ExitCode run() throws IOException {
        boolean isNew;
        try {
            Tenants tenants = Tenants.open(dataFolder());
            isNew = dryRun().isWanted()
                    ? !tenants.names().contains(RepositoryName.requireName(name, "tenant"))
                    : tenants.add(name);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn tenant add --help'.");
        }
        console()
                .done(
                        () -> dryRun().mark(Console.object())
                                .put("tenant", name)
                                .put("added", isNew)
                                .put("seconds", seconds()),
                        () -> isNew
                                ? dryRun().said("Would add", "Added") + " tenant " + name + "."
                                : "There is a tenant " + name + " already.");
        if (dryRun().isWanted()) {
            return ExitCode.DONE;
        }
        console().message("Next: cairn device enrol --tenant " + name);
        return ExitCode.DONE;
    }
}
