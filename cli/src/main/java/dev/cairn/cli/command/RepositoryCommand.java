package dev.cairn.cli.command;

/** A command that works on a repository of this machine. */
public abstract class RepositoryCommand extends TimedCommand {

    protected final RepositoryAccess access() {
        return RepositoryAccess.of(cairn());
    }
}
