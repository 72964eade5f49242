package dev.cairn.bench.run;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) as plain Java values: maps in the order of their members, lists, strings, {@link Double}s and whole numbers as
 * {@link Long}s, booleans, null.
 */
final class Json {

    private static final String INDENT = "    ";

    private Json() {}

    /**
     * Reads one value, which must be all there is.
     *
     * @throws IllegalArgumentException with the place, if it is not JSON, or nested more than {@value JsonReader#DEPTH_MAX} deep
     */
    static @Nullable Object read(String text) {
        return new JsonReader(text).document();
    }

    /** Writes a value, with an indented line for each member, lists of numbers on one. */
    static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, "\n", out);
        return out.append('\n').toString();
    }

    private static void write(@Nullable Object value, String newLine, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> {
                String separator = "{" + newLine + INDENT;
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    out.append(separator);
                    string(String.valueOf(member.getKey()), out);
                    out.append(": ");
                    write(member.getValue(), newLine + INDENT, out);
                    separator = "," + newLine + INDENT;
                }
                out.append(map.isEmpty() ? "{}" : newLine + "}");
            }
            case List<?> list -> {
                boolean flat = list.stream().allMatch(item -> item instanceof Number || item instanceof String);
                String lineBreak = flat ? "" : newLine + INDENT;
                String separator = "[" + lineBreak;
                for (Object item : list) {
                    out.append(separator);
                    write(item, newLine + INDENT, out);
                    separator = (flat ? ", " : ",") + lineBreak;
                }
                out.append(list.isEmpty() ? "[]" : flat ? "]" : newLine + "]");
            }
            // JSON has no other numbers; JMH writes this as a string too.
            case Double number when !Double.isFinite(number) -> string(number.toString(), out);
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            case String text -> string(text, out);
            default -> throw new IllegalArgumentException("no JSON value: " + value.getClass());
        }
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                // A script element of a page ends at its first end tag, wherever that stands.
                case '<' -> out.append("\\u003c");
                default -> {
                    if (c < 0x20 || c == 0x2028 || c == 0x2029) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
