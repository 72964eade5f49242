package dev.cairn.cli.rdiff;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code cairn rdiff}: what librsync's program of that name does, in the same formats; takes no repository. */
@Command(
        name = "rdiff",
        description = "Bring one file up to date by a small difference, in the formats of librsync's rdiff.",
        subcommands = {RdiffSignatureCommand.class, RdiffDeltaCommand.class, RdiffPatchCommand.class})
public final class RdiffCommand extends CommandGroup {

    @Mixin
    private final RdiffOptions options = new RdiffOptions();

    RdiffOptions options() {
        return options;
    }
}
