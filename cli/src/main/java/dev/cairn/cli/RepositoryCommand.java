package dev.cairn.cli;

/** A command that works on a repository of this machine. */
abstract class RepositoryCommand extends TimedCommand {

    final RepositoryAccess access() {
        return new RepositoryAccess(cairn().global(), cairn().places());
    }
}
