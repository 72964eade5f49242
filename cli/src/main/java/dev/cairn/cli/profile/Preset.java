package dev.cairn.cli.profile;

import dev.cairn.cli.configuration.Setting;

/**
 * What a profile says for one option of a command.
 *
 * @param key as it stands in the file
 * @param option the longest name of the option, or {@link ProfileKey#ARGUMENTS}
 * @param isPath whether it names files or folders
 */
record Preset(String key, String option, Setting value, boolean isPath) {

    /** Whether it must not be shown: a command may hold a secret, and a code is one. */
    boolean isSecret() {
        return option.equals("--password-command") || option.equals("--enrol");
    }
}
