package dev.cairn.cli.retention;

import dev.cairn.cas.Branch;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;

/** The name of a branch as an argument. */
final class BranchArgument {

    private BranchArgument() {}

    /** The branch of that name. */
    static Branch require(Repository repository, String name) {
        return repository
                .store()
                .branch(wellFormed(name))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.FAILED, "no branch '" + name + "'", "'cairn branch list' shows which there are."));
    }

    /** A name that a branch may have. */
    static String wellFormed(String name) {
        try {
            return Branch.requireName(name);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    String.valueOf(e.getMessage()),
                    "Letters, digits and . _ - / are allowed; it does not begin with a dash.");
        }
    }
}
