package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}; a bare number is seconds. */
public final class DurationText {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)?");

    private DurationText() {}

    /** As {@link #parse(String)}; what is wrong names the option that has it. */
    public static Duration parse(String option, String text) {
        return parsed(option + ": ", text);
    }

    public static Duration parse(String text) {
        return parsed("", text);
    }

    private static Duration parsed(String where, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage(
                    where + "not a duration: '" + ShownText.oneLine(text) + "'",
                    "Write a number and a unit, such as 30s or 5m.");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
