package dev.cairn.cli.text;

import java.util.Locale;

/** Numbers of things for people: {@code 1 file}, {@code 2,104 files}. */
public final class CountText {

    private CountText() {}

    /** The number and the noun, with an s where it is not one. */
    public static String of(long count, String noun) {
        return String.format(Locale.ROOT, count == 1 ? "%,d %s" : "%,d %ss", count, noun);
    }
}
