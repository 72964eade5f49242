package dev.cairn.cli.remote;

import picocli.CommandLine.Option;

/** What to do where a remote shows an older or another history than was seen there before. */
final class RollbackOptions {

    @Option(
            names = "--accept-rollback",
            description = "Go on although the remote shows an older or another history than was seen there before,"
                    + " and remember that instead.")
    private boolean accept;

    boolean isAccepted() {
        return accept;
    }
}
