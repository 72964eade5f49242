package dev.cairn.cli;

import dev.cairn.cas.repository.Repository;

/** Shows the recovery code of a repository that was just made: the one thing that even {@code -q} prints. */
final class RecoveryNotice {

    private RecoveryNotice() {}

    static void print(Console console, Repository.Created created) {
        created.keyFile().ifPresent(file -> console.message("Key file: " + file + " (who has it can read everything)"));
        print(console, created.recoveryCode());
    }

    static void print(Console console, String code) {
        if (!console.json()) {
            console.always(
                    "Recovery code, shown once; keep it on paper, apart from this machine:\n\n    " + code + "\n");
        }
    }
}
