package dev.cairn.cli.profile;

import dev.cairn.cli.configuration.FilePlace;
import dev.cairn.cli.text.ShownText;

/** Paths in a profile: whole, or below the home, since the folder that a command happens to run in says nothing. */
final class ConfiguredPath {

    private static final String HOME = "~";

    private ConfiguredPath() {}

    static void require(String key, String path, FilePlace place) {
        if (!path.startsWith("/") && !path.equals(HOME) && !path.startsWith(HOME + "/") && !path.equals("-")) {
            throw place.wrong(
                    "'%s' is to be a whole path, and this is '%s'".formatted(key, ShownText.oneLine(path)),
                    "Begin it with / or with ~/, which is the home folder.");
        }
    }

    /** With the home folder in place of {@code ~}. */
    static String expand(String path, String home) {
        return path.equals(HOME) || path.startsWith(HOME + "/") ? home + path.substring(HOME.length()) : path;
    }
}
