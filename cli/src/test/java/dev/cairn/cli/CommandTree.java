package dev.cairn.cli;

import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.console.Console;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;

/** All commands, as a person could ask for them. */
final class CommandTree {

    private CommandTree() {}

    static CommandLine of(Places places) {
        Console nowhere = new Console(
                Console.utf8(OutputStream.nullOutputStream()), Console.utf8(OutputStream.nullOutputStream()));
        CommandLine root = new CommandLine(new CairnCommand(nowhere, places));
        Commands.addAll(root);
        return root;
    }

    /** Those that hold no others, by their name without {@code cairn}. */
    static Map<String, CommandLine> leaves(CommandLine root) {
        Map<String, CommandLine> leaves = new TreeMap<>();
        root.getSubcommands().values().forEach(command -> add("", command, leaves));
        return leaves;
    }

    private static void add(String before, CommandLine command, Map<String, CommandLine> leaves) {
        String name = before + command.getCommandName();
        if (command.getSubcommands().isEmpty()) {
            leaves.put(name, command);
        }
        command.getSubcommands().values().forEach(next -> add(name + " ", next, leaves));
    }
}
