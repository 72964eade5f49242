package dev.cairn.cli.key;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;

/** {@code cairn key}: what opens a repository, and what its records are sealed under. */
@Command(
        name = "key",
        description = "Key slots, recovery codes, and the epochs of seal keys.",
        subcommands = {
            KeyListCommand.class,
            KeyAddCommand.class,
            KeyRemoveCommand.class,
            KeyRecoveryCommand.class,
            KeyRotateCommand.class,
            KeyGenerateCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key list",
            "  cairn key recovery",
            "Next: 'cairn push' tells the remotes of what was changed."
        })
public final class KeyCommand extends CommandGroup {}
