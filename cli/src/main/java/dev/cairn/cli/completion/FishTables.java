package dev.cairn.cli.completion;

import dev.cairn.cli.completion.Outline.Flag;
import dev.cairn.cli.completion.Outline.Operand;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What fish is told of each command: a line {@code complete} for each command, option and operand. */
final class FishTables {

    private FishTables() {}

    static String script(Outline program) {
        String commands =
                program.all().skip(1).map(command -> quoted(command.pathText())).collect(Collectors.joining(" "));
        String valued = program.all().flatMap(FishTables::valued).collect(Collectors.joining(" "));
        return Template.filled(
                "cairn.fish",
                Map.of(
                        "LISTS",
                        "set -g __cairn_commands %s%nset -g __cairn_valued %s%n".formatted(commands, valued),
                        "COMMANDS",
                        program.all().map(FishTables::lines).collect(Collectors.joining())));
    }

    /** {@code PATH:OPTION} for each option that takes a value. */
    private static Stream<String> valued(Outline command) {
        return command.flags().stream()
                .filter(Flag::takesValue)
                .flatMap(flag -> flag.names().stream())
                .map(name -> quoted(command.pathText() + ":" + name));
    }

    private static String lines(Outline command) {
        StringBuilder text = new StringBuilder();
        String place = "__cairn_at " + (command.path().isEmpty() ? "''" : "'" + command.pathText() + "'");
        for (Outline child : command.children()) {
            text.append("complete -c cairn -n %s -a %s -d %s%n"
                    .formatted(quoted(place), quoted(child.name()), quoted(child.summary())));
        }
        String anywhere = command.path().isEmpty() ? "" : " -n " + quoted(place);
        for (Flag flag : command.flags()) {
            text.append("complete -c cairn%s%s%s -d %s%n"
                    .formatted(
                            anywhere,
                            names(flag),
                            flag.takesValue() ? value(flag.value()) : "",
                            quoted(flag.summary())));
        }
        for (int i = 0; i < command.operands().size(); i++) {
            Operand operand = command.operands().get(i);
            if (operand.value().source() != Candidates.Source.NOTHING) {
                String here = place + " " + i + (operand.repeats() ? "" : " " + i);
                text.append("complete -c cairn -n %s%s%n".formatted(quoted(here), offered(operand.value())));
            }
        }
        return text.toString();
    }

    private static String names(Flag flag) {
        return flag.names().stream()
                .map(name -> name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1))
                .collect(Collectors.joining());
    }

    private static String value(Candidates value) {
        return (value.source() == Candidates.Source.FILES ? " -r" : " -x") + offered(value);
    }

    private static String offered(Candidates value) {
        return switch (value.source()) {
            case NOTHING -> "";
            case WORDS -> " -a " + quoted(String.join(" ", value.words()));
            case FILES -> " -F";
            case FOLDERS -> " -a '(__fish_complete_directories)'";
            case PLACES -> " -a '(__cairn_places)'";
            case BRANCHES, SNAPSHOTS, REMOTES, TAGS, PROFILES ->
                " -a '(__cairn_names " + value.source().name().toLowerCase(Locale.ROOT) + ")'";
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
