package dev.cairn.cli.serve;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn tenant}: whose repositories a server keeps. */
@Command(
        name = "tenant",
        description = "The tenants of a server. Works on its data folder, while it runs too.",
        subcommands = {TenantAddCommand.class, TenantListCommand.class, TenantQuotaCommand.class})
public final class TenantCommand extends CommandGroup {}
