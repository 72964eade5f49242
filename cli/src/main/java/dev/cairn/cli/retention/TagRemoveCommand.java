package dev.cairn.cli.retention;

import picocli.CommandLine.Command;

/** {@code cairn tag remove}. */
@Command(
        name = "remove",
        description = "Remove tags from a snapshot, those that it was made with too.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn tag remove main release-1", "Next: 'cairn snapshots' shows the tags that are left."})
final class TagRemoveCommand extends TagChangeCommand {

    @Override
    boolean isTagged() {
        return false;
    }
}
