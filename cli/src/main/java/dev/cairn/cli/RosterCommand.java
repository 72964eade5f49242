package dev.cairn.cli;

import picocli.CommandLine.Command;

/** {@code cairn roster}: the replicas that sign a repository's snapshots. */
@Command(
        name = "roster",
        description = "The replicas that sign snapshots.",
        subcommands = {RosterListCommand.class, RosterRevokeCommand.class})
final class RosterCommand extends CommandGroup {}
