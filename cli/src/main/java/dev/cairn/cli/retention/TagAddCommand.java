package dev.cairn.cli.retention;

import picocli.CommandLine.Command;

/** {@code cairn tag add}. */
@Command(
        name = "add",
        description = "Add tags to a snapshot.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn tag add main release-1", "Next: 'cairn snapshots --tag release-1' lists them."})
final class TagAddCommand extends TagChangeCommand {

    @Override
    boolean isTagged() {
        return true;
    }
}
