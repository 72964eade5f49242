package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Limits as people write them: {@code 500}, {@code 500M}, {@code 2G}, in units of 1024; {@code none} for no limit. */
public final class LimitText {

    /** What {@code none} is. */
    static final long NONE = Long.MAX_VALUE;

    private static final String UNITS = "KMGT";
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([KMGT])?(?:iB)?", Pattern.CASE_INSENSITIVE);

    private LimitText() {}

    public static long parse(String option, String text) {
        if (text.equalsIgnoreCase("none")) {
            return NONE;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage(
                    "%s: not a limit: '%s'".formatted(option, text),
                    "Write a number, with K, M, G or T behind it or without, or 'none'.");
        }
        long number = Long.parseLong(matcher.group(1));
        int shift = matcher.group(2) == null
                ? 0
                : 10 * (1 + UNITS.indexOf(matcher.group(2).toUpperCase(Locale.ROOT)));
        if (number > (NONE - 1) >> shift) {
            throw CommandFailure.usage("%s: '%s' is too much".formatted(option, text), "Write 'none' for no limit.");
        }
        return number << shift;
    }
}
