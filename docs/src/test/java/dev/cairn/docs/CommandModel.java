package dev.cairn.docs;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** The commands and options that the command line has, as its classes declare them: whatever package they stand in. */
final class CommandModel {

    private final Map<String, CommandSpec> commands = new TreeMap<>();
    private final Set<String> everywhere = new HashSet<>(Set.of("-h", "--help"));

    private CommandModel(List<Class<?>> declared) {
        Set<Class<?>> below = declared.stream()
                .flatMap(type -> Stream.of(type.getAnnotation(Command.class).subcommands()))
                .collect(Collectors.toSet());
        for (Class<?> type : declared) {
            Command command = type.getAnnotation(Command.class);
            if (!command.name().isEmpty() && !below.contains(type)) {
                if (command.name().equals("cairn")) {
                    addGlobal(type);
                } else {
                    commands.put(command.name(), CommandSpec.forAnnotatedObject(type));
                }
            }
        }
    }

    /** The model of the classes of the command line. */
    static CommandModel ofProject() {
        List<Class<?>> declared = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter().importPackages("dev.cairn.cli")) {
            if (type.isAnnotatedWith(Command.class)) {
                declared.add(type.reflect());
            }
        }
        return new CommandModel(declared);
    }

    private void addGlobal(Class<?> root) {
        for (JavaField field : new ClassFileImporter().importClass(root).getFields()) {
            if (field.isAnnotatedWith(Mixin.class)) {
                CommandSpec.forAnnotatedObject(field.getRawType().reflect())
                        .options()
                        .forEach(option -> everywhere.addAll(List.of(option.names())));
            }
        }
    }

    /** The names of the commands below the root. */
    Set<String> names() {
        return commands.keySet();
    }

    /** The options that every command takes. */
    Set<String> everywhere() {
        return everywhere;
    }

    /**
     * What is wrong with a command line; empty if nothing is. What stands behind {@code --} is not looked at, nor is whether the
     * arguments are as many as there must be.
     *
     * @param line such as {@code cairn key add --new-password}
     */
    List<String> faults(String line) {
        List<String> words = List.of(line.split(" +"));
        CommandSpec spec = words.size() < 2 ? null : commands.get(words.get(1));
        if (spec == null) {
            return List.of("no such command: " + line);
        }
        int at = 2;
        while (at < words.size()) {
            CommandLine below = spec.subcommands().get(words.get(at));
            if (below == null) {
                break;
            }
            spec = below.getCommandSpec();
            at++;
        }
        if (!spec.subcommands().isEmpty()) {
            return List.of("no such command: " + line);
        }
        Set<String> options = new HashSet<>(everywhere);
        spec.options().forEach(option -> options.addAll(List.of(option.names())));
        return words.subList(at, words.size()).stream()
                .takeWhile(word -> !word.equals("--"))
                .filter(word -> word.startsWith("-") && word.length() > 1 && !options.contains(word))
                .map(word -> "no option " + word + ": " + line)
                .toList();
    }
}
