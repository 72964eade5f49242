package dev.cairn.cli.retention;

import picocli.CommandLine.Command;

/** {@code cairn tag remove}. */
@Command(name = "remove", description = "Remove tags from a snapshot, those that it was made with too.")
final class TagRemoveCommand extends TagChangeCommand {

    @Override
    boolean isTagged() {
        return false;
    }
}
