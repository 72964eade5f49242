package dev.cairn.cli.text;

/** Text of foreign origin, made fit to be shown on a line of a terminal. */
public final class ShownText {

    private ShownText() {}

    /** {@code text} with control characters, and what reorders or hides text, written as escapes. */
    public static String oneLine(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean plain = type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.SURROGATE
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR;
            if (plain) {
                shown.appendCodePoint(c);
            } else {
                shown.append("\\u{%x}".formatted(c));
            }
        });
        return shown.toString();
    }
}
