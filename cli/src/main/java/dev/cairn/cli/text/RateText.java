package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.replicator.net.RateLimits;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rates as people write them: {@code 500K}, {@code 1.5M}, {@code 1G}, in KiB, MiB and GiB a second; a bare number is in KiB a second, as
 * sizes of chunks are in KiB.
 */
public final class RateText {

    private static final Pattern FORM =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([KMG])?(?:iB)?(?:/s)?", Pattern.CASE_INSENSITIVE);

    private RateText() {}

    /** Bytes a second. */
    public static long parse(String option, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage(
                    "%s: not a rate: '%s'".formatted(option, text),
                    "Write KiB a second, or a number and K, M or G, such as 500K or 2M. Leave the option out for no"
                            + " limit.");
        }
        String unit = matcher.group(2) == null ? "K" : matcher.group(2);
        int shift = switch (unit) {
            case "M", "m" -> 20;
            case "G", "g" -> 30;
            default -> 10;
        };
        double bytes = Double.parseDouble(matcher.group(1)) * (1L << shift);
        if (bytes < RateLimits.BYTES_PER_SECOND_MIN || bytes > RateLimits.BYTES_PER_SECOND_MAX) {
            throw CommandFailure.usage(
                    "%s: '%s' is not between 8K and 1024G".formatted(option, text),
                    "Leave the option out for no limit; with less than 8 KiB a second requests would time out.");
        }
        return Math.round(bytes);
    }
}
