package dev.cairn.cli.completion;

import dev.cairn.cli.text.ResourceText;
import java.util.Map;

/** The part of a script that is the same for every command line; it has a line {@code @NAME@} for each table. */
final class Template {

    private Template() {}

    /** The template beside this class, with its tables in place of their marks. */
    static String filled(String name, Map<String, String> tables) {
        String text = ResourceText.beside(Template.class, name);
        for (Map.Entry<String, String> table : tables.entrySet()) {
            String mark = "@" + table.getKey() + "@\n";
            if (!text.contains(mark)) {
                throw new IllegalStateException(name + " has no line " + mark.strip());
            }
            text = text.replace(mark, table.getValue());
        }
        return text;
    }
}
