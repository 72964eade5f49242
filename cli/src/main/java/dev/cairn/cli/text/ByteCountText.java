package dev.cairn.cli.text;

import dev.cairn.cli.failure.CommandFailure;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of files as people write them: a bare number is bytes; {@code K}, {@code M}, {@code G}, {@code T} and {@code KiB} and so on
 * are powers of 1024; {@code kB}, {@code MB} and so on, which is how sizes are shown, powers of 1000.
 */
public final class ByteCountText {

    private static final String UNITS = "KMGT";
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,19}(?:\\.\\d{1,6})?) ?(?:([KMGT])(iB|B)?|B)?", Pattern.CASE_INSENSITIVE);

    private ByteCountText() {}

    public static long parse(String option, String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            String unit = matcher.group(2);
            String suffix = matcher.group(3);
            int power = unit == null ? 0 : 1 + UNITS.indexOf(unit.toUpperCase(Locale.ROOT));
            BigDecimal step = BigDecimal.valueOf("B".equalsIgnoreCase(suffix) ? 1000 : 1024);
            BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(step.pow(power));
            if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return bytes.longValue();
            }
        }
        throw CommandFailure.usage(
                "%s: not a size: '%s'".formatted(option, ShownText.oneLine(text)),
                "Write a number of bytes, or a number and K, M, G or T, such as 500K or 2G.");
    }
}
