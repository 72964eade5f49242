package dev.cairn.cli.key;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn roster}: the replicas that sign a repository's snapshots. */
@Command(
        name = "roster",
        description = "The replicas that sign snapshots.",
        subcommands = {RosterListCommand.class, RosterRevokeCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  cairn roster list", "  cairn roster revoke 3f9a1c0b", "Next: 'cairn push' tells the remotes."})
public final class RosterCommand extends CommandGroup {}
