package dev.cairn.server;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The details of an entry of the log, in the order in which they are given. */
final class AuditDetails {

    private AuditDetails() {}

    /** Pairs of a key and a value; what is null is left out, constants stand in small letters. */
    static Map<String, String> of(@Nullable Object... pairs) {
        Map<String, String> details = new LinkedHashMap<>();
        for (int i = 0; i + 1 < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            if (value != null) {
                details.put(
                        String.valueOf(pairs[i]),
                        value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value.toString());
            }
        }
        return details;
    }
}
