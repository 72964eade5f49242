package dev.cairn.cli.console;

import dev.cairn.cas.repository.Repository;

/** Shows secrets that were just made: key files, and the recovery code, the one thing that even {@code -q} prints. */
public final class RecoveryNotice {

    private RecoveryNotice() {}

    public static void print(Console console, Repository.Created created) {
        created.keyFile().ifPresent(file -> keyFile(console, file.toString()));
        print(console, created.recoveryCode());
    }

    /** A key file was made, or put in its place. */
    public static void keyFile(Console console, String file) {
        console.message("Key file: " + file + " (who has it can read everything)");
    }

    public static void print(Console console, String code) {
        if (!console.json()) {
            console.always(
                    "Recovery code, shown once; keep it on paper, apart from this machine:\n\n    " + code + "\n");
        }
    }
}
