package dev.cairn.cli.rdiff;

import dev.cairn.cli.command.CommandGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code cairn rdiff}: what librsync's program of that name does, in the same formats; takes no repository. */
@Command(
        name = "rdiff",
        description = "Bring one file up to date by a small difference, in the formats of librsync's rdiff.",
        subcommands = {RdiffSignatureCommand.class, RdiffDeltaCommand.class, RdiffPatchCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn rdiff signature old.img old.sig",
            "  cairn rdiff delta old.sig new.img change.delta",
            "  cairn rdiff patch old.img change.delta new.img",
            "Signature where the old file is, delta where the new one is, patch where the old one is."
        })
public final class RdiffCommand extends CommandGroup {

    @Mixin
    private final RdiffOptions options = new RdiffOptions();

    RdiffOptions options() {
        return options;
    }
}
