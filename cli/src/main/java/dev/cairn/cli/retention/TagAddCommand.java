package dev.cairn.cli.retention;

import picocli.CommandLine.Command;

/** {@code cairn tag add}. */
@Command(name = "add", description = "Add tags to a snapshot.")
final class TagAddCommand extends TagChangeCommand {

    @Override
    boolean isTagged() {
        return true;
    }
}
