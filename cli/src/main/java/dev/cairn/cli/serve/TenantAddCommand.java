package dev.cairn.cli.serve;

import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.server.Tenants;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code cairn tenant add}. */
@Command(name = "add", description = "Add a tenant.")
final class TenantAddCommand extends ServerDataCommand {

    @Parameters(paramLabel = "NAME", description = "Small letters, digits and . _ -")
    private String name = "";

    @Override
    protected ExitCode run() {
        boolean isNew;
        try {
            isNew = Tenants.open(dataFolder()).add(name);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "See 'cairn tenant add --help'.");
        }
        console()
                .result(
                        () -> Console.object()
                                .put("tenant", name)
                                .put("added", isNew)
                                .put("seconds", seconds()),
                        () -> isNew ? "Added tenant " + name + "." : "There is a tenant " + name + " already.");
        console().message("Next: cairn device enrol --tenant " + name);
        return ExitCode.DONE;
    }
}
