package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Times as people write them: how long ago ({@code 90m}, {@code 36h}, {@code 2d}, {@code 3w}), {@code now}, {@code today}, {@code
 * yesterday}, a day ({@code 2026-11-01}, which is its beginning) or a time ({@code 2026-11-01T10:00}, with {@code Z} or {@code +01:00}
 * behind it if it is not that of this machine). And times as they are shown to people.
 *
 * @param zone of times that name none
 */
public record TimeText(Instant now, ZoneId zone) {

    private static final DateTimeFormatter SHOWN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhdw])");

    /** As of this moment, on this machine. */
    public static TimeText ofNow() {
        return new TimeText(Instant.now(), ZoneId.systemDefault());
    }

    /** A time in this machine's zone, to the second, for tables. */
    public static String shown(Instant time) {
        return SHOWN.format(time);
    }

    /** A time, and how long ago that is; {@code never} for none. */
    public static String age(@Nullable Instant time) {
        if (time == null) {
            return "never";
        }
        Duration age = Duration.between(time, Instant.now());
        String shown = time.truncatedTo(ChronoUnit.SECONDS).toString();
        return "%s (%s ago)"
                .formatted(
                        shown,
                        age.toDays() > 0
                                ? CountText.of(age.toDays(), "day")
                                : CountText.of(Math.max(0, age.toHours()), "hour"));
    }

    /**
     * The time that {@code text} names. {@code today} and a day are their midnight; {@code yesterday} is 24 hours ago.
     *
     * @param option for the message
     * @throws CommandFailure if it names none
     */
    public Instant parse(String option, String text) {
        Matcher ago = AGO.matcher(text);
        try {
            if (ago.matches()) {
                return now.minus(duration(Long.parseLong(ago.group(1)), ago.group(2)));
            }
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "now" -> now;
                case "today" ->
                    LocalDate.ofInstant(now, zone).atStartOfDay(zone).toInstant();
                case "yesterday" -> now.minus(Duration.ofDays(1));
                default -> absolute(text);
            };
        } catch (DateTimeException | ArithmeticException e) {
            throw CommandFailure.usage(
                    "%s: not a time: '%s'".formatted(option, ShownText.oneLine(text)),
                    "Write how long ago, such as 36h, 2d or 3w, or yesterday, 2026-11-01 or 2026-11-01T10:00.");
        }
    }

    private static Duration duration(long number, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(Math.multiplyExact(7, number));
        };
    }

    private Instant absolute(String text) {
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
        DateTimeParseException failure = null;
        for (Function<String, Instant> form : List.<Function<String, Instant>>of(
                day -> LocalDate.parse(day).atStartOfDay(zone).toInstant(),
                local -> LocalDateTime.parse(local).atZone(zone).toInstant(),
                exact -> OffsetDateTime.parse(exact).toInstant())) {
            try {
                return form.apply(iso);
            } catch (DateTimeParseException e) {
                failure = e;
            }
        }
        throw Objects.requireNonNull(failure);
    }
}
