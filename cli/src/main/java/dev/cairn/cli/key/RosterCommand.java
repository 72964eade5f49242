package dev.cairn.cli.key;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn roster}: the replicas that sign a repository's snapshots. */
@Command(
        name = "roster",
        description = "The replicas that sign snapshots.",
        subcommands = {RosterListCommand.class, RosterRevokeCommand.class})
public final class RosterCommand extends CommandGroup {}
