package dev.cairn.cli.profile;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn profile}: the profiles of the file of configuration. */
@Command(
        name = "profile",
        description = "Named sets of options in a file, used with 'cairn -P NAME COMMAND'.",
        subcommands = {ProfileListCommand.class, ProfileShowCommand.class})
public final class ProfileCommand extends CommandGroup {}
