package dev.cairn.docs;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The messages and enums of Protocol Buffers that stand in a text, comments and white space left out. */
final class ProtobufText {
    private static final Pattern COMMENT = Pattern.compile("//[^\n]*");
    private static final Pattern DEFINITION = Pattern.compile("\\b(message|enum) +(\\w+) *\\{");

    private ProtobufText() {}

    /** The outermost definitions of {@code text}, each as its name and its fields. */
    static SortedMap<String, String> definitions(String text) {
        String bare = COMMENT.matcher(text).replaceAll("");
        SortedMap<String, String> definitions = new TreeMap<>();
        Matcher definition = DEFINITION.matcher(bare);
        int at = 0;
        while (definition.find(at)) {
            int end = closing(bare, definition.end());
            String kept = definitions.put(
                    definition.group(2),
                    definition.group(1) + " "
                            + bare.substring(definition.end(), end)
                                    .replaceAll("\\s+", " ")
                                    .strip());
            if (kept != null) {
                throw new AssertionError(definition.group(2) + " is defined twice");
            }
            at = end + 1;
        }
        return definitions;
    }

    private static int closing(String text, int from) {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new AssertionError("a definition without an end");
    }
}
