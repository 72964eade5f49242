package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte counts for people: decimal units, three digits. */
public final class SizeText {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})([KMGT])?(?:iB)?", Pattern.CASE_INSENSITIVE);

    private SizeText() {}

    /** Sizes as people write them: bytes, or a number and K, M, G or T, in KiB, MiB, GiB and TiB. */
    public static long parse(String option, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage(
                    "%s: not a size: '%s'".formatted(option, text),
                    "Write bytes, or a number and K, M, G or T, such as 500M or 2G.");
        }
        String unit = matcher.group(2) == null ? "" : matcher.group(2).toUpperCase(Locale.ROOT);
        int shift = 10 * ("KMGT".indexOf(unit) + 1);
        return Long.parseLong(matcher.group(1)) << (unit.isEmpty() ? 0 : shift);
    }

    public static String of(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        String form = unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, form, value, UNITS[unit]);
    }
}
