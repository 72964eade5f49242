package dev.cairn.cas.gc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time by the calendar, such as {@code 1y6mo} or {@code 2w12h}. A day is a day of the zone, however many hours it
 * has.
 *
 * @param text as it was written
 */
public record RetentionSpan(String text, int years, int months, int weeks, int days, int hours) {

    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,4})y)?(?:(\\d{1,5})mo)?(?:(\\d{1,5})w)?(?:(\\d{1,6})d)?(?:(\\d{1,7})h)?");

    /**
     * Reads years (y), months (mo), weeks (w), days (d) and hours (h), in this order, each at most once. There is no {@code m}:
     * elsewhere on the command line it means minutes.
     *
     * @throws IllegalArgumentException if it is not of that form, or no time at all
     */
    public static RetentionSpan parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("not a span of time: '" + text + "'");
        }
        RetentionSpan span = new RetentionSpan(
                text, part(matcher, 1), part(matcher, 2), part(matcher, 3), part(matcher, 4), part(matcher, 5));
        if (span.years + span.months + span.weeks + span.days + span.hours == 0) {
            throw new IllegalArgumentException("no time at all: '" + text + "'");
        }
        return span;
    }

    private static int part(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** The point in time that lies this span before {@code time}. */
    Instant before(Instant time, ZoneId zone) {
        try {
            ZonedDateTime then = time.atZone(zone)
                    .minusYears(years)
                    .minusMonths(months)
                    .minusWeeks(weeks)
                    .minusDays(days)
                    .minusHours(hours);
            return then.toInstant();
        } catch (DateTimeException | ArithmeticException e) {
            return Instant.MIN;
        }
    }
}
