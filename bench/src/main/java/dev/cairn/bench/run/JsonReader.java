package dev.cairn.bench.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one JSON text, strictly. */
final class JsonReader {

    /** The deepest nesting: results have eight levels. */
    static final int DEPTH_MAX = 64;

    private final String text;
    private int at;
    private int depth;

    JsonReader(String text) {
        this.text = text;
    }

    @Nullable
    Object document() {
        Object value = value();
        space();
        if (at < text.length()) {
            throw fault("the end");
        }
        return value;
    }

    private @Nullable Object value() {
        space();
        if (at == text.length()) {
            throw fault("a value");
        }
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object() {
        enter();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        space();
        if (!taken('}')) {
            do {
                space();
                int start = at;
                String name = string();
                space();
                take(':');
                if (members.containsKey(name)) {
                    at = start;
                    throw fault("another name than before");
                }
                members.put(name, value());
                space();
            } while (taken(','));
            take('}');
        }
        depth--;
        return members;
    }

    private List<@Nullable Object> array() {
        enter();
        List<@Nullable Object> items = new ArrayList<>();
        space();
        if (!taken(']')) {
            do {
                items.add(value());
                space();
            } while (taken(','));
            take(']');
        }
        depth--;
        return items;
    }

    private void enter() {
        at++;
        depth++;
        if (depth > DEPTH_MAX) {
            throw fault("at most " + DEPTH_MAX + " levels");
        }
    }

    private String string() {
        take('"');
        StringBuilder string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c < 0x20) {
                throw fault("no control character");
            }
            at++;
            string.append(c == '\\' ? escaped() : c);
        }
        take('"');
        return string.toString();
    }

    private char escaped() {
        if (at == text.length()) {
            throw fault("an escape");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
                    throw fault("four hex digits");
                }
                at += 4;
                yield (char) Integer.parseInt(text, at - 4, at, 16);
            }
            default -> throw fault("an escape");
        };
    }

    private Number number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.matches("-?(0|[1-9][0-9]{0,17})")) {
            return Long.valueOf(digits);
        }
        if (digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) {
            return Double.valueOf(digits);
        }
        at = start;
        throw fault("a value");
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw fault("a value");
        }
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean taken(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private void take(char wanted) {
        if (!taken(wanted)) {
            throw fault("'" + wanted + "'");
        }
    }

    private IllegalArgumentException fault(String expected) {
        String found = at == text.length() ? "the end" : "'" + text.charAt(at) + "'";
        return new IllegalArgumentException("expected %s, found %s at character %d".formatted(expected, found, at));
    }
}
