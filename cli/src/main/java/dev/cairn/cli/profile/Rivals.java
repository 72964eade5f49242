package dev.cairn.cli.profile;

import java.util.List;
import java.util.Set;

/** Options of which one stands in for the others: where a nearer place gives any of them, those of a farther one do not count. */
enum Rivals {
    KEY(Set.of("--key-file", "--password-file", "--password-command", "--recovery-code-file")),
    TOLD(Set.of("--quiet", "--verbose")),
    SOURCES(Set.of(ProfileKey.ARGUMENTS, "--files-from", "--files-from0", "--stdin", "--stdin-from-command"));

    /** Variables by which the environment gives a key, even where they are empty. */
    static final List<String> KEY_VARIABLES = List.of("CAIRN_KEY_FILE", "CAIRN_PASSWORD_FILE", "CAIRN_PASSWORD");

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> options;

    Rivals(Set<String> options) {
        this.options = options;
    }

    Set<String> options() {
        return options;
    }

    boolean isAnyOf(Set<String> given) {
        return options.stream().anyMatch(given::contains);
    }
}
