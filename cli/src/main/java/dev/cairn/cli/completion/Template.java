package dev.cairn.cli.completion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The part of a script that is the same for every command line; it has a line {@code @NAME@} for each table. */
final class Template {

    private Template() {}

    /** The template beside this class, with its tables in place of their marks. */
    static String filled(String name, Map<String, String> tables) {
        String text;
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the jar", e);
        }
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
