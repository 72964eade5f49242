package dev.cairn.cli.manual;

import java.util.regex.Pattern;

/** Text in the language of man(7), written line by line. For one thread. */
final class Roff {

    /** The blanks between two sentences. */
    static final Pattern SENTENCE_END = Pattern.compile("(?<=[.?!]) +(?=[A-Z])");

    private final StringBuilder text = new StringBuilder();

    /** The heading of a section. */
    Roff section(String title) {
        return raw(".SH " + title);
    }

    /** A line of running text. */
    Roff line(String line) {
        return raw(lineStart(escaped(line)));
    }

    /** A line that is in the language already. */
    Roff raw(String line) {
        text.append(line).append('\n');
        return this;
    }

    /** Running text with the sentences on lines of their own, where a formatter puts its wider blanks by itself. */
    Roff sentences(String sentences) {
        SENTENCE_END.splitAsStream(sentences.strip()).forEach(this::line);
        return this;
    }

    static String bold(String word) {
        return "\\fB" + escaped(word) + "\\fR";
    }

    static String italic(String word) {
        return "\\fI" + escaped(word) + "\\fR";
    }

    /** What stands for exactly these characters: a hyphen stays one that can be copied, a quote a straight one. */
    static String escaped(String plain) {
        StringBuilder escaped = new StringBuilder(plain.length() + 16);
        plain.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> escaped.append("\\(rs");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                default -> {
                    if (c < 0x7F) {
                        escaped.append((char) c);
                    } else {
                        escaped.append("\\[u%04X]".formatted(c));
                    }
                }
            }
        });
        return escaped.toString();
    }

    private static String lineStart(String escaped) {
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
