package dev.cairn.cli.profile;

import dev.cairn.cli.configuration.FilePlace;
import dev.cairn.cli.configuration.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands of a profile that run at one moment, one after the other.
 *
 * @param name the key: {@code before}
 * @param commands each with its arguments
 * @param place where the profile says so
 */
public record Hook(String name, List<List<String>> commands, FilePlace place) {

    private static final String FORM = "a command as a text, or as a list of texts, or a list of such lists";

    public Hook {
        commands = List.copyOf(commands);
    }

    /** A text is for the shell; a list is a program and its arguments; a list of lists is several of them. */
    static Hook of(String name, Setting value) {
        return switch (value) {
            case Setting.Text text -> new Hook(name, List.of(shell(name, text)), value.place());
            case Setting.Items items -> new Hook(name, commands(name, items), value.place());
            case Setting.Whole _, Setting.Flag _, Setting.Other _, Setting.Table _ -> throw value.unlike(name, FORM);
        };
    }

    private static List<List<String>> commands(String name, Setting.Items items) {
        boolean several = items.items().stream().anyMatch(item -> item instanceof Setting.Items);
        if (!several) {
            return List.of(program(name, items));
        }
        List<List<String>> commands = new ArrayList<>();
        for (Setting item : items.items()) {
            commands.add(item instanceof Setting.Text text ? shell(name, text) : program(name, item));
        }
        return commands;
    }

    private static List<String> shell(String name, Setting.Text text) {
        requireCommand(name, text.text(), text);
        return List.of("/bin/sh", "-c", text.text());
    }

    private static List<String> program(String name, Setting value) {
        List<String> words = value.asTexts(name);
        requireCommand(name, words.isEmpty() ? "" : words.getFirst(), value);
        return words;
    }

    private static void requireCommand(String name, String first, Setting value) {
        if (first.isBlank()) {
            throw value.place().wrong("'%s' names no command".formatted(name), "Write " + FORM + ".");
        }
    }
}
