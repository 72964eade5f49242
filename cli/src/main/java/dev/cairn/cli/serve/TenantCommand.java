package dev.cairn.cli.serve;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn tenant}: whose repositories a server keeps. */
@Command(
        name = "tenant",
        description = "The tenants of a server. Works on its data folder, while it runs too.",
        subcommands = {TenantAddCommand.class, TenantListCommand.class, TenantQuotaCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn tenant add ada",
            "  cairn tenant quota ada --bytes 200G",
            "Next: 'cairn device enrol --tenant ada' lets a device in."
        })
public final class TenantCommand extends CommandGroup {}
