package dev.cairn.cli.doctor;

/**
 * What a look at one thing gave.
 *
 * @param check what was looked at: a word for scripts
 * @param message how it is, one sentence
 * @param hint what to do; empty if nothing is to be done
 */
record Finding(String check, Level level, String message, String hint) {

    /** How it is. */
    enum Level {
        OK("ok"),
        WARNING("warning"),
        PROBLEM("problem"),
        /** A problem, and what is stored is damaged. */
        DAMAGE("problem");

        private final String word;

        Level(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }
}
