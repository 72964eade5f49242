package dev.cairn.cli.completion;

import dev.cairn.cli.completion.Outline.Flag;
import dev.cairn.cli.completion.Outline.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What zsh is told of each command: a function with the specifications that {@code _arguments} takes. */
final class ZshTables {

    private ZshTables() {}

    static String script(Outline program) {
        String functions = program.all()
                .filter(command -> !command.path().isEmpty())
                .map(ZshTables::function)
                .collect(Collectors.joining("\n"));
        return Template.filled(
                "cairn.zsh",
                Map.of(
                        "GLOBAL",
                        "    local -a global=(\n" + specifications(program.flags()) + "    )\n",
                        "PROGRAM",
                        choice(program, false),
                        "FUNCTIONS",
                        functions));
    }

    private static String functionName(Outline command) {
        return "_cairn__" + String.join("__", command.path()).replace('-', '_');
    }

    private static String function(Outline command) {
        if (!command.children().isEmpty()) {
            return functionName(command) + "() {\n" + choice(command, true) + "}\n";
        }
        StringBuilder text = new StringBuilder(functionName(command))
                .append("() {\n    _arguments -S : $global \\\n")
                .append(specifications(command.flags()).replace("\n", " \\\n"));
        for (Operand operand : command.operands()) {
            text.append("        %s \\%n"
                    .formatted(quoted((operand.repeats() ? "*" : "") + ":" + message(operand.label()) + ":"
                            + action(operand.value()))));
        }
        return text.append("        && return 0\n}\n").toString();
    }

    /** The body of a function that completes a command's name, and hands over to the command that was named. */
    private static String choice(Outline command, boolean local) {
        StringBuilder text = new StringBuilder();
        if (local) {
            text.append("    local curcontext=$curcontext state state_descr line\n    typeset -A opt_args\n");
        }
        text.append("    _arguments -C -A '-*' -S : $global ': :->command' '*:: :->rest' && return 0\n")
                .append("    case $state in\n        command)\n            local -a commands=(\n");
        for (Outline child : command.children()) {
            text.append("                %s%n".formatted(quoted(child.name() + ":" + child.summary())));
        }
        text.append("            )\n            _describe -t commands command commands\n            ;;\n")
                .append("        rest)\n            case $words[1] in\n");
        for (Outline child : command.children()) {
            text.append("                %s) %s ;;%n".formatted(child.name(), functionName(child)));
        }
        return text.append("            esac\n            ;;\n    esac\n").toString();
    }

    /** A line for each name of each option. */
    private static String specifications(List<Flag> flags) {
        List<String> lines = new ArrayList<>();
        for (Flag flag : flags) {
            String others = flag.repeats() ? "*" : "(" + String.join(" ", flag.names()) + ")";
            for (String name : flag.names()) {
                String glue = !flag.takesValue() ? "" : name.startsWith("--") ? "=" : "+";
                String value = flag.takesValue() ? ":" + message(flag.label()) + ":" + action(flag.value()) : "";
                lines.add("        " + quoted(others + name + glue + "[" + explanation(flag.summary()) + "]" + value));
            }
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String action(Candidates value) {
        return switch (value.source()) {
            case NOTHING -> " ";
            case WORDS -> "(" + String.join(" ", value.words()) + ")";
            case FILES -> "_files";
            case FOLDERS -> "_files -/";
            case PLACES -> " _cairn_places";
            case BRANCHES, SNAPSHOTS, REMOTES, TAGS, PROFILES ->
                " _cairn_names " + value.source().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String message(String label) {
        return label.replace(":", "\\:");
    }

    private static String explanation(String summary) {
        return summary.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
